"""The one kind of target that schedules of EventBridge Scheduler have here: tasks of ECS."""

import json
from collections.abc import Mapping
from typing import Any, Final

NOT_DONE: Final = "not supported by the local cloud: "
_OF_TARGET: Final = frozenset({"Arn", "RoleArn", "Input", "RetryPolicy", "EcsParameters"})
_OF_TASKS: Final = frozenset(
    {
        "TaskDefinitionArn", "TaskCount", "LaunchType", "PlatformVersion", "NetworkConfiguration", "Group",
        "ReferenceId", "CapacityProviderStrategy", "EnableECSManagedTags", "EnableExecuteCommand", "PropagateTags",
        "Tags",
    }
)  # fmt: skip
_PRINCIPAL: Final = "scheduler.amazonaws.com"


def problem(target: Mapping[str, Any], trust: str | None) -> str | None:
    """Why a target cannot be taken; None for one that can.

    Args:
        target: as CreateSchedule has it.
        trust: the trust policy of its role, JSON; None when there is no such role.
    """
    tasks = target.get("EcsParameters") or {}
    if ":ecs:" not in str(target.get("Arn")) or ":cluster/" not in str(target.get("Arn")) or not tasks:
        return f"{NOT_DONE}a target of a schedule that is no ECS cluster with EcsParameters"
    if others := sorted({*(set(target) - _OF_TARGET), *(set(tasks) - _OF_TASKS)}):
        return f"{NOT_DONE}{', '.join(others)} of a schedule's target"
    if trust is None or not any(_trusts(one) for one in _statements(json.loads(trust))):
        return "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    try:
        overrides = json.loads(target.get("Input") or "{}")
    except ValueError:
        overrides = None
    return None if isinstance(overrides, dict) else "Input of the target is no JSON object"


def run_task(name: str, target: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of RunTask for a target.

    Args:
        name: of the schedule.
        target: as CreateSchedule has it.
    """
    tasks = target["EcsParameters"]
    asked = {
        "cluster": target["Arn"],
        "taskDefinition": tasks["TaskDefinitionArn"],
        "count": tasks.get("TaskCount"),
        "launchType": tasks.get("LaunchType"),
        "platformVersion": tasks.get("PlatformVersion"),
        "group": tasks.get("Group"),
        "referenceId": tasks.get("ReferenceId"),
        "capacityProviderStrategy": tasks.get("CapacityProviderStrategy"),
        "enableECSManagedTags": tasks.get("EnableECSManagedTags"),
        "enableExecuteCommand": tasks.get("EnableExecuteCommand"),
        "propagateTags": tasks.get("PropagateTags"),
        "networkConfiguration": _network(tasks.get("NetworkConfiguration") or {}),
        "tags": [{"key": str(one["Key"]), "value": str(one["Value"])} for one in tasks.get("Tags") or []],
        "overrides": json.loads(target.get("Input") or "{}"),
        "startedBy": f"chronos-schedule/{name}"[:128],
    }
    return {key: value for key, value in asked.items() if value not in (None, {}, [])}


def _network(given: Mapping[str, Any]) -> dict[str, Any]:
    inner = given.get("awsvpcConfiguration") or {}
    return (
        {"awsvpcConfiguration": {f"{key[:1].lower()}{key[1:]}": value for key, value in inner.items()}} if inner else {}
    )


def _statements(policy: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = policy.get("Statement") or []
    return [found] if isinstance(found, dict) else list(found)


def _trusts(statement: Mapping[str, Any]) -> bool:
    who = (statement.get("Principal") or {}).get("Service") or []
    return statement.get("Effect") == "Allow" and _PRINCIPAL in ([who] if isinstance(who, str) else who)
