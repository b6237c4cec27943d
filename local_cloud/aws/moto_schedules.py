"""Schedules over moto: what would act at a time of its own is refused, because nothing here ever fires it.

Rules with an event pattern are moto's as they are; the events of tasks reach their targets.
"""

from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.responses import EventsHandler
from moto.scheduler.responses import EventBridgeSchedulerResponse


class HonestEventsResponse(EventsHandler):
    """The endpoint of EventBridge."""

    def put_rule(self) -> tuple[str, dict[str, Any]]:
        """Answer PutRule; rules that go by the clock are refused."""
        if self._get_param("ScheduleExpression"):
            raise ValidationException("not supported by the local cloud: ScheduleExpression of events:PutRule")
        return super().put_rule()


class HonestSchedulerResponse(EventBridgeSchedulerResponse):
    """The endpoint of EventBridge Scheduler."""

    def create_schedule(self) -> str:
        """Refuse CreateSchedule."""
        raise NotImplementedError("The create_schedule action has not been implemented")

    def update_schedule(self) -> str:
        """Refuse UpdateSchedule."""
        raise NotImplementedError("The update_schedule action has not been implemented")
