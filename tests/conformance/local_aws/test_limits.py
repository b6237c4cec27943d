"""With AWS's rates switched on, and with the delay between a launch and its being seen."""

from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory, images_file: Any, cloud: Any) -> Any:
    from local_cloud.aws.process import LocalAwsProcess  # noqa: PLC0415 - beside its one use

    folder = tmp_path_factory.mktemp("limited")
    with LocalAwsProcess(folder, images_file, start_delay_s=0.0, throttle="aws", visible_after_s=2.0) as server:
        yield cloud.elsewhere(server.endpoint)


def test_more_requests_than_the_burst_are_throttled_as_ecs_throttles(limited: Any) -> None:
    def many() -> None:
        for _ in range(2_000):
            limited.ecs.list_tasks(cluster=limited.stack.cluster)

    with pytest.raises(ClientError) as caught:
        many()
    response: dict[str, Any] = dict(caught.value.response)
    assert response["Error"] == {"Code": "ThrottlingException", "Message": "Rate exceeded"}
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert limited.ecs.describe_clusters(clusters=["reporting"])["clusters"]


def test_a_task_is_missing_at_first_and_then_there(limited: Any) -> None:
    arn = limited.run("")
    cluster = limited.stack.cluster

    def asked() -> Any:
        try:
            return limited.ecs.describe_tasks(cluster=cluster, tasks=[arn])
        except ClientError:
            return {"failures": [], "tasks": []}  # the bucket is still filling

    first = limited.until(lambda: (answer := asked())["failures"] + answer["tasks"], "an answer")
    assert first == [{"arn": arn, "reason": "MISSING"}]
    assert limited.until(lambda: asked()["tasks"], "the task is there")
