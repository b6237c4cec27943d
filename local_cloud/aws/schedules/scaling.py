"""Application Auto Scaling for the desired count of ECS services: targets, and actions that set it by the clock.

At its time an action gives the target its limits, and a count outside of them is brought to the nearer one. Policies
that follow a metric are not done here, because no metric is measured.
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.schedules.clockwork import Clockwork, Entry
from local_cloud.aws.schedules.expressions import read
from local_cloud.aws.schedules.scaling_target import DIMENSION, Target
from local_cloud.aws.services.api import ServiceApi

_SERVICE_ROLE: Final = "ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
_ANY: Final = (0, 2**31)
_ACTION_FIELDS: Final = ("Schedule", "Timezone", "StartTime", "EndTime", "ScalableTargetAction")

Params = Mapping[str, Any]


class Scaling:
    """Targets by place and resource.

    Args:
        services: the services whose count is set.
        clockwork: what acts when it is time.
    """

    def __init__(self, services: ServiceApi, clockwork: Clockwork) -> None:
        self._services = services
        self._clockwork = clockwork
        self._targets: dict[tuple[Place, str], Target] = {}

    def forget(self) -> None:
        """Forget all targets; their schedules are the clockwork's to forget."""
        self._targets.clear()

    def register(self, params: Params, place: Place) -> Target:
        """Make a target, or give one other limits.

        Raises:
            RefusedError: there is no such service, or the limits are none.
        """
        resource = _resource(params)
        if self._count(resource, place) is None:
            raise invalid(f"ECS service doesn't exist: {resource}")
        there = self._targets.get((place, resource))
        low, high = _limits(params, (there.low, there.high) if there else None)
        role = f"arn:aws:iam::{place.account}:role/aws-service-role/{_SERVICE_ROLE}"
        target = there or Target(place, resource, low, high, _arn(place), self._clockwork.now(), role)
        target.low, target.high = low, high
        target.suspended |= params.get("SuspendedState") or {}
        target.tags |= params.get("Tags") or {}
        self._targets[place, resource] = target
        return target

    def deregister(self, params: Params, place: Place) -> None:
        """Forget a target, with its actions; the service keeps its count.

        Raises:
            RefusedError: there is none.
        """
        target = self.target(params, place)
        for name in list(target.actions):
            self._clockwork.remove(str(target.actions.pop(name)["ScheduledActionARN"]))
        del self._targets[place, target.resource_id]

    def target(self, params: Params, place: Place) -> Target:
        """Find a target.

        Raises:
            RefusedError: there is none.
        """
        resource = _resource(params)
        found = self._targets.get((place, resource))
        if found is None:
            raise RefusedError(
                "ObjectNotFoundException",
                f"No scalable target found for service namespace: ecs, resource ID: {resource}, "
                f"scalable dimension: {DIMENSION}",
            )
        return found

    def targets(self, params: Params, place: Place) -> list[Target]:
        """The targets of a place, or those of them that are asked for by `ResourceIds` or `ResourceId`."""
        _namespace(params)
        wanted = params.get("ResourceIds") or ([params["ResourceId"]] if params.get("ResourceId") else None)
        found = [one for one in list(self._targets.values()) if one.place == place]
        return [one for one in found if wanted is None or one.resource_id in wanted]

    def by_arn(self, arn: str, place: Place) -> Target:
        """Find a target by its ARN.

        Raises:
            RefusedError: there is none.
        """
        for one in list(self._targets.values()):
            if one.arn == arn and one.place == place:
                return one
        raise RefusedError("ResourceNotFoundException", f"The resource {arn} doesn't exist.")

    def put_action(self, params: Params, place: Place) -> None:
        """Give a target an action, or an action another time or other limits.

        Raises:
            RefusedError: there is no such target, or the action makes no sense.
        """
        target, name = self.target(params, place), str(params.get("ScheduledActionName") or "")
        if not name:
            raise invalid("ScheduledActionName is required")
        fresh = {key: params[key] for key in _ACTION_FIELDS if params.get(key) is not None}
        action = {"Timezone": "UTC", "CreationTime": self._clockwork.now(), **target.actions.get(name, {}), **fresh}
        arn = f"arn:aws:autoscaling:{place.region}:{place.account}:scheduledAction:{uuid.uuid4()}"
        whole = f"{arn}:resource/ecs/{target.resource_id}:scheduledActionName/{name}"
        action = {"ScheduledActionName": name, "ScheduledActionARN": whole, **action}
        limits = action.get("ScalableTargetAction") or {}
        if not {"MinCapacity", "MaxCapacity"} & set(limits):
            raise invalid("ScalableTargetAction needs MinCapacity or MaxCapacity")
        _limits(limits, _ANY)
        entry = self._entry(target, action)
        target.actions[name] = action
        self._clockwork.put(str(action["ScheduledActionARN"]), entry)

    def delete_action(self, params: Params, place: Place) -> None:
        """Take an action from a target.

        Raises:
            RefusedError: there is none.
        """
        name, found = str(params.get("ScheduledActionName")), self.targets(params, place)
        action = found[0].actions.pop(name, None) if found else None
        if action is None:
            raise RefusedError("ObjectNotFoundException", f"No scheduled action found: {name}")
        self._clockwork.remove(str(action["ScheduledActionARN"]))

    def _entry(self, target: Target, action: Params) -> Entry:
        try:
            timing = read(str(action.get("Schedule") or ""), str(action["Timezone"]))
        except ValueError as error:
            raise invalid(f"Invalid schedule expression: {error}") from error
        now = self._clockwork.now()
        begins, ends = action.get("StartTime"), action.get("EndTime")
        return Entry(timing, lambda at: self._scale(target, action, at), begins or now, now, begins, ends)

    def _scale(self, target: Target, action: Params, at: datetime) -> str:
        count, name = self._count(target.resource_id, target.place), action["ScheduledActionName"]
        if target.suspended["ScheduledScalingSuspended"] or count is None:
            return (
                f"{name}: nothing, for scheduled scaling is suspended" if count is not None else f"{name}: no service"
            )
        limits = action["ScalableTargetAction"]
        target.low = int(limits.get("MinCapacity", target.low))
        target.high = int(limits.get("MaxCapacity", target.high))
        wanted = min(max(count, target.low), target.high)
        if wanted != count:
            self._services.update({**target.service, "desiredCount": wanted}, target.place)
        target.activities.appendleft(
            {
                **target.names(),
                "ActivityId": str(uuid.uuid4()),
                "Description": f"Setting desired count to {wanted}.",
                "Cause": f"scheduled action {name} gave the limits {target.low} and {target.high}",
                "StartTime": at,
                "EndTime": at,
                "StatusCode": "Successful",
                "StatusMessage": f"Successfully set desired count to {wanted}.",
            }
        )
        return f"{name}: {target.resource_id} from {count} to {wanted}"

    def _count(self, resource: str, place: Place) -> int | None:
        _, cluster, service = resource.split("/")
        try:
            answer = json.loads(self._services.describe({"cluster": cluster, "services": [service]}, place))
        except RefusedError:
            return None
        found = [one for one in answer["services"] if one["status"] == "ACTIVE"]
        return int(found[0]["desiredCount"]) if found else None


def invalid(message: str) -> RefusedError:
    """Make the refusal of what Application Auto Scaling does not accept."""
    return RefusedError("ValidationException", message)


def _namespace(params: Params) -> None:
    namespace, dimension = params.get("ServiceNamespace"), params.get("ScalableDimension") or DIMENSION
    if (namespace, dimension) != ("ecs", DIMENSION):
        raise invalid(f"not supported by the local cloud: {dimension} of {namespace}; {DIMENSION} of ecs is")


def _resource(params: Params) -> str:
    _namespace(params)
    resource = str(params.get("ResourceId") or "")
    if len(resource.split("/")) != 3 or not resource.startswith("service/"):
        raise invalid("Unsupported service namespace, resource type or scalable dimension")
    return resource


def _limits(params: Params, before: tuple[int, int] | None) -> tuple[int, int]:
    low, high = params.get("MinCapacity"), params.get("MaxCapacity")
    if before is None and (low is None or high is None):
        raise invalid("Both minCapacity and maxCapacity are required for a target that is new")
    before = before or (0, 0)
    low, high = before[0] if low is None else low, before[1] if high is None else high
    if not 0 <= int(low) <= int(high):
        raise invalid(f"Minimum capacity {low} and maximum capacity {high}: 0 or more, and the minimum not above")
    return int(low), int(high)


def _arn(place: Place) -> str:
    return f"arn:aws:application-autoscaling:{place.region}:{place.account}:scalable-target/{uuid.uuid4().hex}"
