"""Schedules over moto: EventBridge Scheduler's act; rules of EventBridge that go by the clock are refused.

Moto keeps schedules and groups and answers for them. Rules with an event pattern are moto's as they are; the events of
tasks reach their targets.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

from moto.events.exceptions import ValidationException as InvalidRule
from moto.events.responses import EventsHandler
from moto.iam.models import iam_backends
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import Schedule
from moto.scheduler.responses import EventBridgeSchedulerResponse

from local_cloud.aws.fargate.engine import FargateEngine
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.schedules import ecs_target
from local_cloud.aws.schedules.clockwork import Clockwork, Entry
from local_cloud.aws.schedules.expressions import Timing, read
from local_cloud.aws.schedules.runner import Runner

DEFAULT_GROUP: Final = "default"
_INSTANT: Final = timedelta(microseconds=1)


class HonestEventsResponse(EventsHandler):
    """The endpoint of EventBridge."""

    def put_rule(self) -> tuple[str, dict[str, Any]]:
        """Answer PutRule; rules that go by the clock are refused."""
        if self._get_param("ScheduleExpression"):
            raise InvalidRule("not supported by the local cloud: ScheduleExpression of events:PutRule")
        return super().put_rule()


class ActingSchedulerResponse(EventBridgeSchedulerResponse):
    """The endpoint of EventBridge Scheduler."""

    clockwork: ClassVar[Clockwork]
    engine: ClassVar[FargateEngine]

    def create_schedule(self) -> str:
        """Answer CreateSchedule."""
        timing = self._checked()
        if (self._get_param("GroupName") or DEFAULT_GROUP) not in self.scheduler_backend.schedule_groups:
            raise ScheduleGroupNotFound(str(self._get_param("GroupName")))
        answer = super().create_schedule()
        now = self.clockwork.now()
        self._act(timing, anchor=now, looked=now - _INSTANT)  # an interval begins with its first act
        return answer

    def update_schedule(self) -> str:
        """Answer UpdateSchedule; what is not said is as of a new schedule."""
        timing, before = self._checked(), self._schedule()
        expression, arn = before.schedule_expression, before.arn
        answer = super().update_schedule()
        fresh = self._schedule()
        fresh.state = fresh.state or "ENABLED"
        there, now = self.clockwork.entry(arn), self.clockwork.now()
        keeps = there is not None and expression == fresh.schedule_expression
        self._act(timing, anchor=there.anchor if there and keeps else now, looked=now if keeps else now - _INSTANT)
        return answer

    def delete_schedule(self) -> str:
        """Answer DeleteSchedule."""
        arn, answer = self._schedule().arn, super().delete_schedule()
        Runner.stop(self.clockwork, arn)
        return answer

    def delete_schedule_group(self) -> str:
        """Answer DeleteScheduleGroup; its schedules go with it."""
        name = self.uri.split("?")[0].split("/")[-1]
        group = self.scheduler_backend.get_schedule_group(name)
        for schedule in group.schedules.values():
            Runner.stop(self.clockwork, schedule.arn)
        return super().delete_schedule_group()

    def _schedule(self) -> Schedule:
        group = self._get_param("GroupName") or self._get_param("groupName")
        return self.scheduler_backend.get_schedule(group, self.uri.split("?")[0].split("/")[-1])

    def _checked(self) -> Timing:
        target: Mapping[str, Any] = self._get_param("Target") or {}
        role = str(target.get("RoleArn"))
        roles = iam_backends[self.current_account]["aws"].roles.values()
        trust = next((str(one.assume_role_policy_document) for one in roles if one.arn == role), None)
        if (self._get_param("ActionAfterCompletion") or "NONE") != "NONE":
            raise ValidationException("not supported by the local cloud: ActionAfterCompletion of a schedule")
        if problem := ecs_target.problem(target, trust):
            raise ValidationException(problem)
        try:
            zone = self._get_param("ScheduleExpressionTimezone") or "UTC"
            return read(str(self._get_param("ScheduleExpression")), str(zone))
        except ValueError as error:
            raise ValidationException(f"Invalid Schedule Expression: {error}") from error

    def _act(self, timing: Timing, *, anchor: datetime, looked: datetime) -> None:
        schedule = self._schedule()
        if schedule.state == "DISABLED":
            Runner.stop(self.clockwork, schedule.arn)
            return
        begins, ends = _moment(schedule.start_date), _moment(schedule.end_date)
        place = Place(self.current_account, self.region)
        runner = Runner(self.engine, self.clockwork, schedule, place)
        self.clockwork.put(schedule.arn, Entry(timing, runner.run, begins or anchor, looked, begins, ends))


def _moment(given: Any) -> datetime | None:
    return None if given is None else datetime.fromtimestamp(float(given), UTC)


def scheduler_response(engine: FargateEngine, clockwork: Clockwork) -> type[ActingSchedulerResponse]:
    """Make the response class that is bound to one Fargate."""
    members: dict[str, Any] = {
        "engine": engine,
        "clockwork": clockwork,
        "__doc__": ActingSchedulerResponse.__doc__,
    }
    return type("BoundSchedulerResponse", (ActingSchedulerResponse,), members)
