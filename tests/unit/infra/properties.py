"""What the stack promises about its safety: each promise a function that names the resources that break it."""

from collections.abc import Callable, Iterator
from typing import Final

from tests.unit.infra.template import Tree

Property = Callable[[Tree], Iterator[str]]
PROPERTIES: Final[list[Property]] = []


def promise(one: Property) -> Property:
    """Count a function among the properties."""
    PROPERTIES.append(one)
    return one


def of_type(resources: Tree, *kinds: str) -> Iterator[tuple[str, Tree]]:
    """Resources of these types, by their logical ids, with their properties."""
    for name, one in resources.items():
        if one["Type"] in {f"AWS::{kind}" for kind in kinds}:
            yield name, one["Properties"]


def containers(resources: Tree) -> Iterator[tuple[str, Tree]]:
    """Every container of every task definition."""
    for name, one in of_type(resources, "ECS::TaskDefinition"):
        yield from ((name, container) for container in one["ContainerDefinitions"])


def role_statements(resources: Tree) -> Iterator[tuple[str, Tree]]:
    """Every statement of every role, by the role."""
    for name, one in of_type(resources, "IAM::Role"):
        for policy in one["Policies"]:
            yield from ((name, statement) for statement in policy["PolicyDocument"]["Statement"])


def resource_statements(resources: Tree) -> Iterator[tuple[str, Tree]]:
    """Every statement of the policies of bucket, queues and topics."""
    for name, one in of_type(resources, "S3::BucketPolicy", "SQS::QueuePolicy", "SNS::TopicPolicy"):
        yield from ((name, statement) for statement in one["PolicyDocument"]["Statement"])
