"""RunTask refuses what ECS refuses, in words by which tools know the cause; nothing is started then."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0123456789abcdef0"]}}


def refused(cloud: Any, **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        cloud.launch(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("parameters", "code", "text"),
    [
        ({"cluster": "none"}, "ClusterNotFoundException", "Cluster not found."),
        ({"taskDefinition": "none"}, "ClientException", "TaskDefinition not found."),
        ({"taskDefinition": "reporting-job:99"}, "ClientException", "TaskDefinition not found."),
        ({"networkConfiguration": {}}, "InvalidParameterException", "Network Configuration must be provided"),
        (
            {"networkConfiguration": NETWORK},
            "InvalidParameterException",
            "The subnet ID 'subnet-0123456789abcdef0' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
        ),
        ({"count": 0}, "InvalidParameterException", "between 1 and 10"),
        ({"count": 11}, "InvalidParameterException", "between 1 and 10"),
        ({"startedBy": "x" * 129}, "InvalidParameterException", "startedBy too long"),
        ({"startedBy": "a b"}, "InvalidParameterException", "letters, numbers"),
        ({"clientToken": "x" * 65}, "InvalidParameterException", "clientToken"),
        ({"propagateTags": "SERVICE"}, "InvalidParameterException", "propagateTags"),
        (
            {"overrides": {"containerOverrides": [{"name": "other"}]}},
            "InvalidParameterException",
            "Override for container named other is not a container in the TaskDefinition.",
        ),
        (
            {"overrides": {"containerOverrides": [{"name": "report", "command": ["x" * 8192]}]}},
            "InvalidParameterException",
            "Container Overrides length must be at most 8192",
        ),
        (
            {"overrides": {"cpu": "256", "memory": "4096"}},
            "ClientException",
            "No Fargate configuration exists for given values: 256 CPU, 4096 memory",
        ),
        (
            {"launchType": "FARGATE", "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]},
            "InvalidParameterException",
            "both a launch type and capacity provider strategy",
        ),
        (
            {"capacityProviderStrategy": [{"capacityProvider": "MINE"}]},
            "InvalidParameterException",
            "capacity provider was not found",
        ),
        (
            {"capacityProviderStrategy": [{"capacityProvider": name} for name in ("FARGATE", "FARGATE_SPOT")]},
            "InvalidParameterException",
            "weight",
        ),
        ({"platformVersion": "9.9.9"}, "PlatformUnknownException", "does not exist"),
    ],
)
def test_what_ecs_would_refuse_is_refused(cloud: Any, parameters: dict[str, Any], code: str, text: str) -> None:
    got_code, message = refused(cloud, **parameters)
    assert got_code == code
    assert text in message


def test_an_inactive_definition_runs_no_more(cloud: Any) -> None:
    definition = cloud.register({"name": "report"})
    cloud.ecs.deregister_task_definition(taskDefinition=definition)
    assert refused(cloud, taskDefinition=definition) == ("ClientException", "TaskDefinition is inactive")


def test_a_capacity_provider_must_be_associated_with_the_cluster(cloud: Any) -> None:
    cloud.ecs.create_cluster(clusterName="plain")
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    code, message = refused(cloud, cluster="plain", capacityProviderStrategy=strategy)
    assert code == "InvalidParameterException"
    assert "not associated with the cluster" in message


def test_a_security_group_must_exist(cloud: Any) -> None:
    network = {"subnets": list(cloud.stack.subnets), "securityGroups": ["sg-0123456789abcdef0"]}
    code, message = refused(cloud, networkConfiguration={"awsvpcConfiguration": network})
    assert code == "InvalidParameterException"
    assert "(ErrorCode: InvalidGroup.NotFound)" in message


def test_spot_is_shown_as_the_capacity_provider(cloud: Any) -> None:
    strategy = [
        {"capacityProvider": "FARGATE", "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ]
    task = cloud.launch(capacityProviderStrategy=strategy)["tasks"][0]
    assert (task["capacityProviderName"], task["launchType"]) == ("FARGATE_SPOT", "FARGATE")


def test_several_tasks_can_be_asked_for_at_once(cloud: Any) -> None:
    answer = cloud.launch(count=3, startedBy="three/at-once")
    assert len({task["taskArn"] for task in answer["tasks"]}) == 3
    assert answer["failures"] == []
    assert {task["startedBy"] for task in answer["tasks"]} == {"three/at-once"}
