"""What a launch is given: capacity providers by weight, tags; and what it asks for in vain."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from local_cloud.aws.fargate.capacity import share_out
from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.tags import check_tags, tags_of
from local_cloud.aws.fargate.unsupported import refuse_unsupported
from local_cloud.aws.fargate.world import Cluster, TaskDefinition

CLUSTER = Cluster(arn="arn:aws:ecs:us-east-1:123456789012:cluster/c", name="c")
DEFINITION = TaskDefinition(
    arn="arn:aws:ecs:us-east-1:123456789012:task-definition/f:1",
    family="f",
    revision=1,
    status="ACTIVE",
    network_mode="awsvpc",
    cpu="256",
    memory="512",
    containers=({"name": "report", "image": "i"},),
    tags=({"key": "team", "value": "data"}, {"key": "a", "value": "old"}),
)


def test_several_tasks_are_shared_out_by_base_and_weight_given_what_each_provider_holds() -> None:
    strategy: Any = (
        {"capacityProvider": "FARGATE", "base": 2, "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
    )
    assert Counter(share_out(strategy, 10)) == {"FARGATE": 4, "FARGATE_SPOT": 6}
    assert share_out(strategy, 3) == ["FARGATE", "FARGATE", "FARGATE_SPOT"]
    assert share_out(strategy, 2, {"FARGATE": 2, "FARGATE_SPOT": 3}) == ["FARGATE", "FARGATE_SPOT"]
    assert share_out((), 3) == []


@pytest.mark.parametrize(
    ("params", "container", "named"),
    [
        ({}, {"dependsOn": [{"containerName": "x", "condition": "START"}]}, "dependsOn of container report"),
        ({}, {"restartPolicy": {"enabled": True}}, "restartPolicy of container report"),
        ({"volumeConfigurations": [{"name": "v"}]}, {}, "volumeConfigurations"),
        (
            {"overrides": {"containerOverrides": [{"name": "report", "environmentFiles": [{"value": "s3://b/k"}]}]}},
            {},
            "environmentFiles of container report",
        ),
    ],
)
def test_what_fargate_would_do_and_is_not_done_here_is_refused_by_name(
    params: dict[str, Any], container: dict[str, Any], named: str
) -> None:
    definition = replace(DEFINITION, containers=({"name": "report", "image": "i", **container},))
    with pytest.raises(RefusedError) as caught:
        refuse_unsupported(params, definition)
    assert caught.value.message == f"not supported by the local cloud: {named}"


def test_what_only_limits_a_container_is_taken() -> None:
    container = {"name": "report", "user": "1000", "readonlyRootFilesystem": True, "restartPolicy": {"enabled": False}}
    refuse_unsupported({}, replace(DEFINITION, containers=(container,)))


@pytest.mark.parametrize(
    ("params", "tags"),
    [
        ({}, {"a": "new"}),
        ({"propagateTags": "TASK_DEFINITION"}, {"team": "data", "a": "new"}),
        ({"enableECSManagedTags": True}, {"aws:ecs:clusterName": "c", "a": "new"}),
    ],
)
def test_tags_are_the_definitions_and_those_of_ecs_and_the_calls_own_win(
    params: dict[str, Any], tags: dict[str, str]
) -> None:
    given = tags_of({"tags": [{"key": "a", "value": "new"}], **params}, DEFINITION, CLUSTER)
    assert {tag["key"]: tag["value"] for tag in given} == tags


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        ([{"key": f"k{n}", "value": ""} for n in range(51)], "more than 50"),
        ([{"key": "k" * 129, "value": ""}], "1 to 128 characters"),
        ([{"key": "k", "value": "v" * 257}], "at most 256"),
        ([{"key": "aws:x", "value": ""}], "reserved for AWS"),
    ],
)
def test_tags_beyond_ecs_s_bounds_are_refused(tags: list[dict[str, str]], text: str) -> None:
    with pytest.raises(RefusedError, match=text):
        check_tags(tags)
