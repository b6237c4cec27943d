"""Application Auto Scaling by the clock, through its API and through CloudFormation."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conformance.local_aws.stacks import Stacks
from tests.conformance.local_aws.timing import DIMENSION, Timed, clock, forward_to, in_days, schedule, started_by


@pytest.fixture(scope="module")
def timed(cloud: Any) -> Any:
    made = Timed(cloud)
    made.until(1)
    yield made
    made.end()


def test_a_scheduled_action_stops_and_starts_the_tasks_of_a_service(timed: Timed) -> None:
    cloud, scaling = timed.cloud, timed.scaling
    forward_to(cloud, 7)  # between the two, whatever time it is
    arn = scaling.register_scalable_target(**timed.which, MinCapacity=0, MaxCapacity=2, Tags={"of": "me"})
    assert scaling.list_tags_for_resource(ResourceARN=arn["ScalableTargetARN"])["Tags"] == {"of": "me"}
    timed.act("start", 6, 1)
    timed.act("stop", 20, 0)
    found = scaling.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=timed.which["ResourceId"])
    assert {one["ScheduledActionName"]: one["Schedule"] for one in found["ScheduledActions"]} == {
        "start": "cron(0 6 * * ? *)",
        "stop": "cron(0 20 * * ? *)",
    }
    assert timed.counts()[0] == 1, "a target does nothing by itself"
    assert f"stop: {timed.which['ResourceId']} from 1 to 0" in forward_to(cloud, 20)
    timed.until(0)
    assert f"start: {timed.which['ResourceId']} from 0 to 1" in forward_to(cloud, 6)
    timed.until(1)
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[timed.which["ResourceId"]])[
        "ScalableTargets"
    ]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 1)
    activities = scaling.describe_scaling_activities(ServiceNamespace="ecs", ResourceId=timed.which["ResourceId"])
    told = [one["StatusMessage"] for one in activities["ScalingActivities"]]
    assert told == [f"Successfully set desired count to {count}." for count in (1, 0)]

    timed.act("later", 20, 0, StartTime=in_days(cloud, 1.5), EndTime=in_days(cloud, 2.5))
    later = [[did for did in forward_to(cloud, 19) if did.startswith("later")] for _ in range(4)]
    assert [len(did) for did in later] == [0, 0, 1, 0], "an action holds between its times only"
    forward_to(cloud, 6)

    scaling.register_scalable_target(**timed.which, SuspendedState={"ScheduledScalingSuspended": True})
    assert "stop: nothing, for scheduled scaling is suspended" in forward_to(cloud, 20)
    scaling.register_scalable_target(**timed.which, SuspendedState={"ScheduledScalingSuspended": False})
    scaling.delete_scheduled_action(**timed.which, ScheduledActionName="stop")
    assert not [did for did in forward_to(cloud, 20) if did.startswith("stop")]
    scaling.deregister_scalable_target(**timed.which)
    assert not [did for did in forward_to(cloud, 6) if did.startswith("start")]
    assert timed.counts()[0] == 1, "a service keeps its count when its target goes"


def test_what_scaling_would_not_take_is_refused_by_its_code(timed: Timed) -> None:
    scaling, which = timed.scaling, timed.which
    nowhere = {**which, "ResourceId": f"{which['ResourceId']}-not"}
    action = {"ScheduledActionName": "a", "ScalableTargetAction": {"MinCapacity": 1}}
    table = {**DIMENSION, "ServiceNamespace": "dynamodb", "ResourceId": "table/t"}
    calls: list[tuple[str, str, Callable[[], Any]]] = [
        ("ValidationException", "service doesn't exist", lambda: scaling.register_scalable_target(
            **nowhere, MinCapacity=0, MaxCapacity=1)),
        ("ValidationException", "required", lambda: scaling.register_scalable_target(**which, MinCapacity=0)),
        ("ValidationException", "not above", lambda: scaling.register_scalable_target(
            **which, MinCapacity=2, MaxCapacity=1)),
        ("ValidationException", "not supported by the local cloud", lambda: scaling.register_scalable_target(
            **{**table, "ScalableDimension": "dynamodb:table:ReadCapacityUnits"}, MinCapacity=0, MaxCapacity=1)),
        ("ObjectNotFoundException", "No scalable target found", lambda: scaling.put_scheduled_action(
            **nowhere, **action, Schedule="rate(1 day)")),
        ("ObjectNotFoundException", "No scalable target found", lambda: scaling.deregister_scalable_target(**nowhere)),
        ("ObjectNotFoundException", "No scheduled action", lambda: scaling.delete_scheduled_action(
            **nowhere, ScheduledActionName="a")),
    ]  # fmt: skip
    for code, words, call in calls:
        with pytest.raises(ClientError, match=words) as caught:
            call()
        assert caught.value.response["Error"]["Code"] == code
    scaling.register_scalable_target(**which, MinCapacity=0, MaxCapacity=1)
    with pytest.raises(ClientError, match="Invalid schedule expression: 'daily'"):
        scaling.put_scheduled_action(**which, **action, Schedule="daily")
    scaling.deregister_scalable_target(**which)


def stack_of(timed: Timed, role: str, stop: str, *, starts: bool) -> dict[str, Any]:
    """A template with hours of a service, and with a schedule."""
    actions = [{"ScheduledActionName": "stop", "Schedule": stop, "ScalableTargetAction": {"MaxCapacity": "0"}}]
    if starts:
        limits = {"MinCapacity": "1", "MaxCapacity": "1"}
        actions.append(
            {"ScheduledActionName": "start", "Schedule": "cron(0 6 * * ? *)", "ScalableTargetAction": limits}
        )
    asked = schedule(timed.cloud, role, "", Name="of-a-stack")
    tasks = asked["Target"]["EcsParameters"]
    tasks["NetworkConfiguration"] = {"AwsvpcConfiguration": tasks["NetworkConfiguration"].pop("awsvpcConfiguration")}
    target = {
        **timed.which, "MinCapacity": "0", "MaxCapacity": "2", "ScheduledActions": actions,
        "Tags": [{"Key": "of", "Value": "a stack"}],
    }  # fmt: skip
    return {
        "Resources": {
            "Hours": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": target},
            "Drain": {"Type": "AWS::Scheduler::Schedule", "Properties": asked | {"ScheduleExpression": stop}},
        },
        "Outputs": {"Drain": {"Value": {"Fn::GetAtt": ["Drain", "Arn"]}}},
    }


def test_a_stack_makes_changes_and_removes_hours_and_schedules(timed: Timed, role: str) -> None:
    cloud, scaling, stacks = timed.cloud, timed.scaling, Stacks(timed.cloud)
    assert stacks.change("timed", stack_of(timed, role, "cron(0 20 * * ? *)", starts=True)) == [
        "Add Hours",
        "Add Drain",
    ]
    assert stacks.failures("timed") == {}
    assert stacks.outputs("timed")["Drain"].endswith(":schedule/default/of-a-stack")
    forward_to(cloud, 20)
    timed.until(0)
    assert len(started_by(cloud, "of-a-stack")) == 1
    forward_to(cloud, 6)
    timed.until(1)

    changed = stacks.change("timed", stack_of(timed, role, "cron(0 21 * * ? *)", starts=False), "UPDATE")
    assert (changed, stacks.failures("timed")) == (["Modify Hours", "Modify Drain"], {})
    found = scaling.describe_scheduled_actions(ServiceNamespace="ecs", ResourceId=timed.which["ResourceId"])
    assert [one["Schedule"] for one in found["ScheduledActions"]] == ["cron(0 21 * * ? *)"]
    forward_to(cloud, 21)
    timed.until(0)
    assert len(started_by(cloud, "of-a-stack")) == 2

    stacks.delete("timed")
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    assert cloud.client("scheduler").list_schedules(NamePrefix="of-a-stack")["Schedules"] == []
    assert clock(cloud)["next"] == []
