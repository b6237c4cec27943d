"""A cluster counts what runs in it and stays as long as anything does; a definition has a size that is sold."""

import uuid
from typing import Any

import pytest


@pytest.fixture
def cluster(cloud: Any) -> str:
    """The name of a cluster of one's own."""
    name = f"c-{uuid.uuid4().hex[:8]}"
    cloud.ecs.create_cluster(clusterName=name)
    return name


def counts(cloud: Any, cluster: str) -> tuple[int, int, int]:
    """Tasks that run, tasks on their way, services."""
    (found,) = cloud.ecs.describe_clusters(clusters=[cluster])["clusters"]
    return found["runningTasksCount"], found["pendingTasksCount"], found["activeServicesCount"]


def test_a_cluster_with_a_running_task_counts_it_and_cannot_be_deleted(cloud: Any, cluster: str) -> None:
    ecs = cloud.ecs
    arn = cloud.run("import time; time.sleep(60)", cluster=cluster, launchType="FARGATE")
    cloud.until(lambda: counts(cloud, cluster) == (1, 0, 0), "the task is counted")
    with pytest.raises(ecs.exceptions.ClusterContainsTasksException, match="while Tasks are active"):
        ecs.delete_cluster(cluster=cluster)
    ecs.stop_task(cluster=cluster, task=arn)
    cloud.until(lambda: counts(cloud, cluster) == (0, 0, 0), "the task is counted no more")
    stopped = {"cluster": cluster, "tasks": [arn]}
    cloud.until(lambda: ecs.describe_tasks(**stopped)["tasks"][0]["lastStatus"] == "STOPPED", "the task has stopped")
    assert ecs.delete_cluster(cluster=cluster)["cluster"]["status"] == "INACTIVE"


def test_a_cluster_with_a_service_counts_it_and_cannot_be_deleted(cloud: Any, cluster: str) -> None:
    ecs = cloud.ecs
    ecs.create_service(
        cluster=cluster,
        serviceName="executor",
        taskDefinition=cloud.stack.task_definition,
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": list(cloud.stack.subnets)}},
    )
    assert counts(cloud, cluster) == (0, 0, 1)
    with pytest.raises(ecs.exceptions.ClusterContainsServicesException, match="while Services are active"):
        ecs.delete_cluster(cluster=cluster)
    ecs.delete_service(cluster=cluster, service="executor")
    cloud.until(lambda: counts(cloud, cluster) == (0, 0, 0), "the service is counted no more")
    assert ecs.delete_cluster(cluster=cluster)["cluster"]["status"] == "INACTIVE"


def test_a_cluster_that_is_not_there_cannot_be_deleted(cloud: Any) -> None:
    with pytest.raises(cloud.ecs.exceptions.ClusterNotFoundException):
        cloud.ecs.delete_cluster(cluster="none")


@pytest.mark.parametrize("size", [{"memory": "333"}, {"cpu": "300"}, {"cpu": "256", "memory": "4096"}])
def test_a_size_that_fargate_does_not_sell_is_not_registered(cloud: Any, size: dict[str, str]) -> None:
    with pytest.raises(cloud.ecs.exceptions.ClientException, match="No Fargate configuration exists for given values"):
        cloud.register({"name": "report"}, **size)
