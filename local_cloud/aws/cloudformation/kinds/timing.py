"""Scalable targets with their scheduled actions, and schedules of EventBridge Scheduler."""

from typing import Any, Final

from botocore.exceptions import ClientError

from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind, Made, Properties, camel, is_code, tag_map

_TARGET: Final = ("ServiceNamespace", "ResourceId", "ScalableDimension")
_GONE: Final = ("ObjectNotFoundException", "ResourceNotFoundException")


def _make_target(hands: Hands, properties: Properties) -> Made:
    client, which = hands.client("application-autoscaling"), {name: properties[name] for name in _TARGET}
    limits = {name: int(properties[name]) for name in ("MinCapacity", "MaxCapacity")}
    rest = {name: properties[name] for name in ("SuspendedState", "RoleARN") if name in properties}
    answer = client.register_scalable_target(**which, **limits, **rest, Tags=tag_map(properties))
    for action in properties.get("ScheduledActions") or []:
        numbers = {name: int(value) for name, value in action.get("ScalableTargetAction", {}).items()}
        client.put_scheduled_action(**which, **{**action, "ScalableTargetAction": numbers})
    name = f"{which['ResourceId']}|{which['ScalableDimension']}|{which['ServiceNamespace']}"
    return Made(name, {"Id": name, "ScalableTargetARN": str(answer["ScalableTargetARN"])})


def _change_target(hands: Hands, _made: Made, before: Properties, after: Properties) -> Made:
    made, which = _make_target(hands, after), {name: after[name] for name in _TARGET}
    wanted = {one["ScheduledActionName"] for one in after.get("ScheduledActions") or []}
    for gone in {one["ScheduledActionName"] for one in before.get("ScheduledActions") or []} - wanted:
        hands.client("application-autoscaling").delete_scheduled_action(**which, ScheduledActionName=gone)
    return made


def _delete_target(hands: Hands, _made: Made, properties: Properties) -> None:
    which = {name: properties[name] for name in _TARGET}
    try:
        hands.client("application-autoscaling").deregister_scalable_target(**which)
    except ClientError as error:
        if not is_code(error, *_GONE):
            raise


SCALABLE_TARGET = Kind(
    knows=frozenset({*_TARGET, "MinCapacity", "MaxCapacity", "RoleARN", "SuspendedState", "ScheduledActions", "Tags"}),
    make=_make_target,
    change=_change_target,
    delete=_delete_target,
    fixed=frozenset(_TARGET),
)


def _make_schedule(hands: Hands, properties: Properties) -> Made:
    arn = hands.client("scheduler").create_schedule(**_request(properties))["ScheduleArn"]
    return Made(str(properties["Name"]), {"Arn": str(arn)})


def _change_schedule(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    hands.client("scheduler").update_schedule(**_request(after))
    return made


def _delete_schedule(hands: Hands, made: Made, properties: Properties) -> None:
    group = {"GroupName": properties["GroupName"]} if "GroupName" in properties else {}
    try:
        hands.client("scheduler").delete_schedule(Name=made.physical_id, **group)
    except ClientError as error:
        if not is_code(error, *_GONE):
            raise


def _request(properties: Properties) -> dict[str, Any]:
    """What the API takes, which writes a few names within a target in another way than templates do."""
    target = dict(properties["Target"])
    if tasks := dict(target.get("EcsParameters") or {}):
        if network := tasks.get("NetworkConfiguration"):
            tasks["NetworkConfiguration"] = {"awsvpcConfiguration": network["AwsvpcConfiguration"]}
        if strategy := tasks.get("CapacityProviderStrategy"):
            tasks["CapacityProviderStrategy"] = [
                {key: value if key == "capacityProvider" else int(value) for key, value in camel(one).items()}
                for one in strategy
            ]
        if "TaskCount" in tasks:
            tasks["TaskCount"] = int(tasks["TaskCount"])
        target["EcsParameters"] = tasks
    if policy := target.get("RetryPolicy"):
        target["RetryPolicy"] = {key: int(value) for key, value in policy.items()}
    return {**properties, "Target": target}


SCHEDULE = Kind(
    knows=frozenset(
        {
            "Name", "GroupName", "Description", "ScheduleExpression", "ScheduleExpressionTimezone", "StartDate",
            "EndDate", "FlexibleTimeWindow", "State", "Target",
        }
    ),
    make=_make_schedule,
    change=_change_schedule,
    delete=_delete_schedule,
    fixed=frozenset({"Name", "GroupName"}),
)  # fmt: skip
