"""The default event bus of moto, as the place where events of ECS go."""

import copy
import traceback
from typing import Any

from moto.events.models import events_backends

from local_cloud.aws.fargate.world import Place


class MotoEventBus:
    """Moto's rules and their targets, asked from the inside: PutEvents is not for events of AWS's own."""

    def listens(self, place: Place) -> bool:
        """Whether any rule is there to send an event on."""
        return bool(self._rules(place))

    def send(self, place: Place, event: dict[str, Any]) -> None:
        """Match an event with the rules and send it to their targets; one target's failure is not another's."""
        for rule in self._rules(place):
            try:
                one_of_its_own = copy.deepcopy(event)  # moto writes into what it is given
                rule.send_to_targets({**one_of_its_own, "ingestion-time": event["time"]})  # and asks for this
            except Exception:  # noqa: BLE001 - a target that is gone is EventBridge's loss, not ours
                traceback.print_exc()

    def _rules(self, place: Place) -> list[Any]:
        bus = events_backends[place.account][place.region].event_buses["default"]
        return [rule for rule in list(bus.rules.values()) if rule.state == "ENABLED" and rule.targets]
