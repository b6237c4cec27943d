"""DescribeTasks and ListTasks."""

import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError


def test_a_task_is_found_by_its_arn_and_by_its_id(cloud: Any) -> None:
    arn = cloud.run()
    answer = cloud.ecs.describe_tasks(cluster=cloud.stack.cluster, tasks=[arn, arn.rsplit("/", 1)[-1]])
    assert {task["taskArn"] for task in answer["tasks"]} == {arn}


def test_an_unknown_task_is_missing_and_the_others_are_told(cloud: Any) -> None:
    arn, unknown = cloud.run(), "0" * 32
    answer = cloud.ecs.describe_tasks(cluster=cloud.stack.cluster, tasks=[unknown, arn])
    assert [task["taskArn"] for task in answer["tasks"]] == [arn]
    (failure,) = answer["failures"]
    assert failure["reason"] == "MISSING"
    assert failure["arn"].endswith(f"task/{cloud.stack.cluster}/{unknown}")


def test_a_task_belongs_to_its_cluster(cloud: Any) -> None:
    cloud.ecs.create_cluster(clusterName="elsewhere")
    arn = cloud.run()
    answer = cloud.ecs.describe_tasks(cluster="elsewhere", tasks=[arn.rsplit("/", 1)[-1]])
    assert [failure["reason"] for failure in answer["failures"]] == ["MISSING"]
    with pytest.raises(ClientError, match=r"Identifier is for cluster reporting\. Your cluster is elsewhere"):
        cloud.ecs.describe_tasks(cluster="elsewhere", tasks=[arn])


@pytest.mark.parametrize("tasks", [[], [f"{number:032d}" for number in range(101)]])
def test_one_to_a_hundred_tasks_can_be_described(cloud: Any, tasks: list[str]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        cloud.ecs.describe_tasks(cluster=cloud.stack.cluster, tasks=tasks)


def test_tags_are_told_only_when_asked_for(cloud: Any) -> None:
    arn = cloud.run(tags=[{"key": "job", "value": "j-1"}])
    assert cloud.describe(arn)["tags"] == []
    assert cloud.describe(arn, include=["TAGS"])["tags"] == [{"key": "job", "value": "j-1"}]


def test_a_tasks_tags_can_be_changed(cloud: Any) -> None:
    arn = cloud.run(tags=[{"key": "job", "value": "1"}, {"key": "old", "value": "x"}])
    cloud.ecs.tag_resource(resourceArn=arn, tags=[{"key": "job", "value": "2"}])
    cloud.ecs.untag_resource(resourceArn=arn, tagKeys=["old"])
    assert cloud.ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "job", "value": "2"}]
    assert cloud.describe(arn, include=["TAGS"])["tags"] == [{"key": "job", "value": "2"}]


def listed(cloud: Any, **parameters: Any) -> list[str]:
    arns: list[str] = cloud.ecs.list_tasks(cluster=cloud.stack.cluster, **parameters)["taskArns"]
    return arns


def test_a_task_that_ended_by_itself_is_listed_as_stopped(cloud: Any) -> None:
    started_by = f"list/{uuid.uuid4().hex}"
    arn = cloud.run("import time; time.sleep(60)", startedBy=started_by)
    assert listed(cloud, startedBy=started_by) == [arn]
    assert listed(cloud, startedBy=started_by, desiredStatus="STOPPED") == []
    cloud.ecs.stop_task(cluster=cloud.stack.cluster, task=arn)
    ended = cloud.run(startedBy=started_by)
    cloud.await_status(ended, "STOPPED")
    assert listed(cloud, startedBy=started_by) == []
    assert listed(cloud, startedBy=started_by, desiredStatus="STOPPED") == [arn, ended]


def test_started_by_goes_with_no_other_filter(cloud: Any) -> None:
    with pytest.raises(ClientError, match="startedBy"):
        listed(cloud, startedBy="x", family="reporting-job")


def test_tasks_are_listed_by_family(cloud: Any) -> None:
    definition = cloud.register({"name": "report"})
    arn = cloud.run(taskDefinition=definition)
    cloud.await_status(arn, "STOPPED")
    assert listed(cloud, family=definition.split(":")[0], desiredStatus="STOPPED") == [arn]


def test_pages_hold_every_task_once(cloud: Any) -> None:
    started_by = f"pages/{uuid.uuid4().hex}"
    arns = [task["taskArn"] for _ in range(3) for task in cloud.launch(count=5, startedBy=started_by)["tasks"]]
    for arn in arns:
        cloud.await_status(arn, "STOPPED")
    pages = cloud.ecs.get_paginator("list_tasks").paginate(
        cluster=cloud.stack.cluster,
        startedBy=started_by,
        desiredStatus="STOPPED",
        PaginationConfig={"PageSize": 4},
    )
    found = [page["taskArns"] for page in pages]
    assert [len(page) for page in found] == [4, 4, 4, 3]
    assert [arn for page in found for arn in page] == arns


@pytest.mark.parametrize("parameters", [{"maxResults": 101}, {"nextToken": "garbage!"}])
def test_paging_that_makes_no_sense_is_refused(cloud: Any, parameters: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        listed(cloud, **parameters)


def test_a_stopped_task_is_forgotten_after_the_retention_and_a_running_one_is_not(make_cloud: Any) -> None:
    _, forgetful = make_cloud(stopped_retention_s=0.3)
    runs, arn = forgetful.run("import time; time.sleep(60)"), forgetful.run()
    reasons = forgetful.until(lambda: missing(forgetful, arn), "the task is forgotten")
    assert reasons == ["MISSING"]
    assert listed(forgetful, desiredStatus="STOPPED") == []
    assert listed(forgetful) == [runs]
    with pytest.raises(ClientError, match="The referenced task was not found"):
        forgetful.ecs.stop_task(cluster=forgetful.stack.cluster, task=arn)


def missing(cloud: Any, arn: str) -> list[str]:
    answer = cloud.ecs.describe_tasks(cluster=cloud.stack.cluster, tasks=[arn])
    return [failure["reason"] for failure in answer["failures"]]
