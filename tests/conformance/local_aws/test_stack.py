"""The stack is made once, whoever asks again, and is what a deployment would be."""

from collections.abc import Iterator
from typing import Any

import pytest

from local_cloud.aws.bootstrap import create_stack
from local_cloud.aws.process import LocalAwsProcess


def again(cloud: Any, **changes: Any) -> Any:
    parameters: dict[str, Any] = {
        "bucket": cloud.stack.bucket,
        "cluster": cloud.stack.cluster,
        "family": "reporting-job",
        "image": "python:test",
        "log_group": cloud.stack.log_group,
        "environment": {"FROM_DEFINITION": "definition"},
        "cpu": 256,
        "memory_mb": 512,
    }
    return create_stack(cloud.endpoint, **{**parameters, **changes})


def test_a_second_call_finds_what_the_first_one_made(cloud: Any) -> None:
    assert again(cloud) == cloud.stack


def test_a_changed_definition_is_a_new_revision_and_only_once(cloud: Any) -> None:
    changed = again(cloud, family="grows", memory_mb=1024)
    assert changed.task_definition == "grows:1"
    assert again(cloud, family="grows", memory_mb=2048).task_definition == "grows:2"
    assert again(cloud, family="grows", memory_mb=2048).task_definition == "grows:2"


def test_the_stack_is_private_versioned_and_of_fargate(cloud: Any) -> None:
    bucket = {"Bucket": cloud.stack.bucket}
    block = cloud.s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    assert cloud.s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    definition = cloud.ecs.describe_task_definition(taskDefinition=cloud.stack.task_definition)["taskDefinition"]
    assert (definition["networkMode"], definition["requiresCompatibilities"]) == ("awsvpc", ["FARGATE"])
    (container,) = definition["containerDefinitions"]
    assert (container["name"], container["stopTimeout"]) == (cloud.stack.container, 30)
    (cluster,) = cloud.ecs.describe_clusters(clusters=[cloud.stack.cluster])["clusters"]
    assert set(cluster["capacityProviders"]) == {"FARGATE", "FARGATE_SPOT"}


def test_a_secret_reaches_the_container_and_not_the_task_definition(cloud: Any) -> None:
    stack = again(cloud, family="keeps-a-secret", secrets={"PASSWORD": "canary-17"})
    definition = cloud.ecs.describe_task_definition(taskDefinition=stack.task_definition)["taskDefinition"]
    assert "canary-17" not in str(definition)
    code = "import os, sys; sys.exit(0 if os.environ['PASSWORD'] == 'canary-17' else 1)"
    task = cloud.finish(code, taskDefinition=stack.task_definition)
    assert task["containers"][0]["exitCode"] == 0
    assert again(cloud, family="keeps-a-secret", secrets={"PASSWORD": "canary-17"}) == stack


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[LocalAwsProcess]]:
    """Two more servers, each with data of its own."""
    folder = tmp_path_factory.mktemp("others")
    images = folder / "images.json"
    images.write_text("{}")
    with LocalAwsProcess(folder / "one", images) as one, LocalAwsProcess(folder / "two", images) as two:
        yield [one, two]


def test_the_default_network_has_the_same_ids_on_every_server(cloud: Any, others: list[LocalAwsProcess]) -> None:
    for server in others:
        other = again(cloud.elsewhere(server.endpoint))
        assert (other.subnets, other.security_groups) == (cloud.stack.subnets, cloud.stack.security_groups)


def test_ids_are_drawn_at_random_once_the_network_stands(cloud: Any, others: list[LocalAwsProcess]) -> None:
    made = [
        cloud.elsewhere(server.endpoint).client("ec2").create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        for server in others
    ]
    assert made[0] != made[1]
