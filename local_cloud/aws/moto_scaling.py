"""Application Auto Scaling's endpoint in moto's server, answered by our targets.

Moto keeps targets and actions, and nothing acts on them.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, BaseResponse, EmptyResult

from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.schedules.scaling import Scaling
from local_cloud.aws.schedules.scaling_target import Target

Answer = TypeVar("Answer")


class ScalingResponse(BaseResponse):
    """The operations that are done here; moto refuses all others."""

    scaling: ClassVar[Scaling]

    def __init__(self) -> None:
        """As moto makes it for every request."""
        super().__init__(service_name="application-autoscaling")
        self.automated_parameter_parsing = True

    def register_scalable_target(self) -> ActionResult:
        """Answer RegisterScalableTarget."""
        return ActionResult({"ScalableTargetARN": self._ask(self.scaling.register).arn})

    def deregister_scalable_target(self) -> ActionResult:
        """Answer DeregisterScalableTarget."""
        self._ask(self.scaling.deregister)
        return EmptyResult()

    def describe_scalable_targets(self) -> ActionResult:
        """Answer DescribeScalableTargets, in one page."""
        return ActionResult({"ScalableTargets": [_document(one) for one in self._ask(self.scaling.targets)]})

    def put_scheduled_action(self) -> ActionResult:
        """Answer PutScheduledAction."""
        self._ask(self.scaling.put_action)
        return EmptyResult()

    def delete_scheduled_action(self) -> ActionResult:
        """Answer DeleteScheduledAction."""
        self._ask(self.scaling.delete_action)
        return EmptyResult()

    def describe_scheduled_actions(self) -> ActionResult:
        """Answer DescribeScheduledActions, in one page."""
        wanted = self.params.get("ScheduledActionNames")
        found = [
            action | one.names()
            for one in self._ask(self.scaling.targets)
            for name, action in list(one.actions.items())
            if not wanted or name in wanted
        ]
        return ActionResult({"ScheduledActions": found})

    def describe_scaling_activities(self) -> ActionResult:
        """Answer DescribeScalingActivities, newest first, in one page."""
        found = [activity for one in self._ask(self.scaling.targets) for activity in one.activities]
        return ActionResult({"ScalingActivities": found})

    def list_tags_for_resource(self) -> ActionResult:
        """Answer ListTagsForResource."""
        return ActionResult({"Tags": dict(self._tagged().tags)})

    def tag_resource(self) -> ActionResult:
        """Answer TagResource."""
        self._tagged().tags.update(self.params["Tags"])
        return EmptyResult()

    def _tagged(self) -> Target:
        return self._ask(lambda params, place: self.scaling.by_arn(str(params["ResourceARN"]), place))

    def _ask(self, question: Callable[[Any, Place], Answer]) -> Answer:
        # Moto reads a moment as UTC, and does not say so.
        given = {key: _in_utc(value) for key, value in self.params.items()}
        try:
            return question(given, Place(self.current_account, self.region))
        except RefusedError as refusal:
            raise JsonRESTError(refusal.code, refusal.message) from refusal


def _in_utc(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _document(target: Target) -> dict[str, Any]:
    return {
        **target.names(),
        **target.limits(),
        "RoleARN": target.role_arn,
        "CreationTime": target.created_at,
        "SuspendedState": dict(target.suspended),
        "ScalableTargetARN": target.arn,
    }


def scaling_response(scaling: Scaling) -> type[ScalingResponse]:
    """Make the response class that is bound to these targets."""
    members: dict[str, Any] = {"scaling": scaling, "__doc__": ScalingResponse.__doc__}
    return type("BoundScalingResponse", (ScalingResponse,), members)
