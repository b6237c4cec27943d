"""The same call twice is one task."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest


def token() -> str:
    return uuid.uuid4().hex


def test_the_same_token_and_parameters_answer_with_the_first_answer(cloud: Any) -> None:
    same = token()
    first = cloud.launch("print(1)", clientToken=same)
    cloud.await_status(first["tasks"][0]["taskArn"], "STOPPED")
    second = cloud.launch("print(1)", clientToken=same)
    assert second["tasks"] == first["tasks"]


def test_sixteen_calls_at_once_with_one_token_are_one_task(cloud: Any) -> None:
    same, started_by = token(), f"race/{token()}"
    with ThreadPoolExecutor(16) as pool:
        arns = set(pool.map(lambda _: cloud.run(clientToken=same, startedBy=started_by), range(16)))
    assert len(arns) == 1
    cloud.await_status(arns.pop(), "STOPPED")
    listed = cloud.ecs.list_tasks(cluster=cloud.stack.cluster, startedBy=started_by, desiredStatus="STOPPED")[
        "taskArns"
    ]
    assert len(listed) == 1


def test_other_parameters_conflict_and_the_answer_names_the_task(cloud: Any) -> None:
    same = token()
    arn = cloud.run("print(1)", clientToken=same)
    with pytest.raises(cloud.ecs.exceptions.ConflictException) as caught:
        cloud.launch("print(2)", clientToken=same)
    assert caught.value.response["resourceIds"] == [arn]
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_token_counts_within_its_cluster_only(cloud: Any) -> None:
    cloud.ecs.create_cluster(clusterName="other", capacityProviders=["FARGATE"])
    same = token()
    assert cloud.run(clientToken=same) != cloud.run(clientToken=same, cluster="other")


def test_a_refused_call_does_not_use_its_token_up(cloud: Any) -> None:
    same = token()
    with pytest.raises(cloud.ecs.exceptions.InvalidParameterException):
        cloud.launch(clientToken=same, count=11)
    assert cloud.run(clientToken=same)
