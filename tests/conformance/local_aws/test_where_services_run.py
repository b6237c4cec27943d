"""Where a service's tasks run: room that is missing on order, and several capacity providers."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

STAYS = "import time; time.sleep(600)"
NO_ROOM = "was unable to place a task. Reason: Capacity is unavailable at this time."


Create = Callable[..., None]


@pytest.fixture
def service(trouble: Any) -> Iterator[tuple[str, Create]]:
    """The name of a service, and how to make it; it is gone after the test."""
    name, where = f"s-{uuid.uuid4().hex[:8]}", {"cluster": trouble.stack.cluster}

    def make(**parameters: Any) -> None:
        definition = trouble.register({"name": "report", "command": ["-c", STAYS], "stopTimeout": 2})
        network = {"awsvpcConfiguration": {"subnets": list(trouble.stack.subnets)}}
        trouble.ecs.create_service(
            **where, serviceName=name, taskDefinition=definition, networkConfiguration=network, **parameters
        )

    yield name, make
    trouble.ecs.delete_service(**where, service=name, force=True)


def test_a_service_meets_the_want_of_room_that_was_ordered_and_says_so(
    trouble: Any, service: tuple[str, Create]
) -> None:
    name, create = service
    trouble.order({"op": "RunTask", "kind": "capacity", "match": name})
    create(desiredCount=1, launchType="FARGATE")

    def said() -> bool:
        (found,) = trouble.ecs.describe_services(cluster=trouble.stack.cluster, services=[name])["services"]
        return any(NO_ROOM in event["message"] for event in found["events"])

    trouble.until(said, f"an event of {name} says {NO_ROOM!r}")
    assert trouble.order(method="GET") == []


def test_a_services_tasks_are_shared_out_over_its_capacity_providers(trouble: Any, service: tuple[str, Create]) -> None:
    strategy = [
        {"capacityProvider": "FARGATE", "base": 1, "weight": 0},
        {"capacityProvider": "FARGATE_SPOT", "weight": 1},
    ]
    (name, create), cluster = service, trouble.stack.cluster
    create(desiredCount=3, capacityProviderStrategy=strategy)

    def all_three() -> Any:
        arns = trouble.ecs.list_tasks(cluster=cluster, serviceName=name)["taskArns"]
        return arns if len(arns) == 3 else None

    tasks = trouble.ecs.describe_tasks(cluster=cluster, tasks=trouble.until(all_three, "three tasks"))["tasks"]
    assert sorted(task["capacityProviderName"] for task in tasks) == ["FARGATE", "FARGATE_SPOT", "FARGATE_SPOT"]
