"""Trouble with requests, ordered over HTTP, as a user of boto3 meets it."""

import time
import urllib.error
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

CAPACITY = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
QUOTA = "You’ve reached the limit on the number of vCPUs you can run concurrently"  # noqa: RUF001 - ECS writes this


def error_of(call: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    response: dict[str, Any] = dict(caught.value.response)
    return response["Error"]["Code"], response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]


def calls(cloud: Any) -> dict[str, Any]:
    stack = cloud.stack
    return {
        "RunTask": cloud.launch,
        "DescribeTasks": lambda: cloud.ecs.describe_tasks(cluster=stack.cluster, tasks=["0" * 32]),
        "ListTasks": lambda: cloud.ecs.list_tasks(cluster=stack.cluster),
        "StopTask": lambda: cloud.ecs.stop_task(cluster=stack.cluster, task="0" * 32),
        "GetLogEvents": lambda: cloud.logs.get_log_events(logGroupName=stack.log_group, logStreamName="none"),
        "PutObject": lambda: cloud.s3.put_object(Bucket=stack.bucket, Key="trouble/a", Body=b"a" * 300_000),
        "GetObject": lambda: cloud.s3.get_object(Bucket=stack.bucket, Key="trouble/a"),
        "ListObjectsV2": lambda: cloud.s3.list_objects_v2(Bucket=stack.bucket),
        "ReceiveMessage": lambda: cloud.client("sqs").receive_message(QueueUrl=f"{cloud.endpoint}/1/q"),
        "GetCallerIdentity": lambda: cloud.client("sts").get_caller_identity(),
        "DescribeSubnets": lambda: cloud.client("ec2").describe_subnets(),
    }


@pytest.mark.parametrize(
    ("op", "throttle", "error_500", "denied"),
    [
        *((op, "ThrottlingException", "ServerException", "AccessDeniedException") for op in ("RunTask", "StopTask")),
        *((op, "ThrottlingException", "ServerException", "AccessDeniedException") for op in ("ListTasks",)),
        ("DescribeTasks", "ThrottlingException", "ServerException", "AccessDeniedException"),
        ("GetLogEvents", "ThrottlingException", "InternalFailure", "AccessDeniedException"),
        ("ReceiveMessage", "ThrottlingException", "InternalFailure", "AccessDeniedException"),
        ("PutObject", "SlowDown", "InternalError", "AccessDenied"),
        ("GetObject", "SlowDown", "InternalError", "AccessDenied"),
        ("ListObjectsV2", "SlowDown", "InternalError", "AccessDenied"),
        ("GetCallerIdentity", "Throttling", "InternalFailure", "AccessDenied"),
        ("DescribeSubnets", "RequestLimitExceeded", "InternalFailure", "UnauthorizedOperation"),
    ],
)
def test_each_operation_fails_with_the_codes_of_its_service(
    trouble: Any, op: str, throttle: str, error_500: str, denied: str
) -> None:
    trouble.order(*({"op": op, "kind": kind} for kind in ("throttle", "error_500", "denied")))
    call = calls(trouble)[op]
    assert [error_of(call)[0] for _ in range(3)] == [throttle, error_500, denied]
    assert trouble.order(method="GET") == []


def test_the_texts_are_those_of_ecs(trouble: Any) -> None:
    trouble.order(*({"op": "RunTask", "kind": kind} for kind in ("throttle", "error_500", "denied", "ec2_throttle")))
    assert error_of(trouble.launch) == ("ThrottlingException", "Rate exceeded", 400)
    assert error_of(trouble.launch) == ("ServerException", "Internal Error", 500)
    assert "is not authorized to perform: ecs:RunTask on resource" in error_of(trouble.launch)[1]
    code, message, _ = error_of(trouble.launch)
    assert (code, message.partition(" (")[2]) == ("InvalidParameterException", "ErrorCode: RequestLimitExceeded)")


@pytest.mark.parametrize(("kind", "reason"), [("capacity", CAPACITY), ("vcpu_quota", QUOTA)])
def test_a_launch_without_room_is_an_answer_with_failures_which_its_token_repeats(
    trouble: Any, kind: str, reason: str
) -> None:
    trouble.order({"op": "RunTask", "kind": kind})
    token = f"token-{kind}"
    for _ in range(2):
        answer = trouble.launch(clientToken=token)
        assert (answer["tasks"], [item["reason"] for item in answer["failures"]]) == ([], [reason])
    assert trouble.launch(clientToken=f"{token}-2")["tasks"]


def test_a_launch_without_room_can_be_an_error_too(trouble: Any) -> None:
    trouble.order({"op": "RunTask", "kind": "capacity", "code": 400})
    assert error_of(trouble.launch)[:2] == ("ClientException", CAPACITY)


@pytest.mark.parametrize(
    ("op", "code", "text", "status"),
    [
        ("RunTask", "BlockedException", "Your AWS account was blocked.", 400),
        ("RunTask", "UnsupportedFeatureException", "The specified task isn't supported in this Region.", 400),
        ("RunTask", "InvalidParameterException", "The requested CPU configuration is above your limit.", 400),
        ("DescribeTasks", "ExpiredTokenException", "The security token included in the request is expired", 400),
        ("PutObject", "ServiceUnavailable", "Service is unable to handle request.", 503),
        ("GetCallerIdentity", "InvalidClientTokenId", "The security token included in the request is invalid", 403),
    ],
)
def test_any_other_error_of_the_field_can_be_ordered(trouble: Any, op: str, code: str, text: str, status: int) -> None:
    trouble.order({"op": op, "kind": "error", "error": code, "text": text, "code": status})
    assert error_of(calls(trouble)[op]) == (code, text, status)


def test_a_lost_reply_leaves_the_task_behind_which_the_same_token_finds(trouble: Any) -> None:
    trouble.order({"op": "RunTask", "kind": "reply_lost"})
    with pytest.raises(ConnectionClosedError):
        trouble.launch(clientToken="lost", startedBy="lost-reply")
    found = trouble.ecs.list_tasks(cluster=trouble.stack.cluster, startedBy="lost-reply")["taskArns"]
    found += trouble.ecs.list_tasks(cluster=trouble.stack.cluster, startedBy="lost-reply", desiredStatus="STOPPED")[
        "taskArns"
    ]
    again = trouble.launch(clientToken="lost", startedBy="lost-reply")["tasks"]
    assert [task["taskArn"] for task in again] == list(dict.fromkeys(found))


def test_a_lost_reply_leaves_the_object_behind(trouble: Any) -> None:
    trouble.order({"op": "PutObject", "kind": "reply_lost", "match": "trouble/lost"})
    put = {"Bucket": trouble.stack.bucket, "Body": b"x" * 300_000}
    trouble.s3.put_object(**put, Key="trouble/other")
    with pytest.raises(ConnectionClosedError):
        trouble.s3.put_object(**put, Key="trouble/lost")
    assert trouble.s3.head_object(Bucket=put["Bucket"], Key="trouble/lost")["ContentLength"] == 300_000


def test_a_lost_reply_leaves_the_task_stopped_and_asking_to_stop_again_says_so(trouble: Any) -> None:
    arn = trouble.run("import time; time.sleep(60)")
    trouble.await_status(arn, "RUNNING")
    trouble.order({"op": "StopTask", "kind": "reply_lost"}, {"op": "DescribeTasks", "kind": "reply_lost"})
    stop = {"cluster": trouble.stack.cluster, "task": arn}
    with pytest.raises(ConnectionClosedError):
        trouble.ecs.stop_task(**stop, reason="first")
    with pytest.raises(ConnectionClosedError):
        trouble.describe(arn)
    again = trouble.ecs.stop_task(**stop, reason="second")["task"]
    assert (again["desiredStatus"], again["stopCode"], again["stoppedReason"]) == ("STOPPED", "UserInitiated", "first")
    trouble.await_status(arn, "STOPPED")


def test_a_refused_stop_leaves_the_task_running(trouble: Any) -> None:
    arn = trouble.run("import time; time.sleep(60)")
    trouble.await_status(arn, "RUNNING")
    trouble.order(*({"op": "StopTask", "kind": kind, "match": arn} for kind in ("throttle", "error_500", "denied")))
    stop = {"cluster": trouble.stack.cluster, "task": arn}
    codes = [error_of(lambda: trouble.ecs.stop_task(**stop))[0] for _ in range(3)]
    assert codes == ["ThrottlingException", "ServerException", "AccessDeniedException"]
    assert trouble.describe(arn)["desiredStatus"] == "RUNNING"
    trouble.ecs.stop_task(**stop)


def test_a_slow_answer_comes_late_and_right(trouble: Any) -> None:
    trouble.order({"op": "ListTasks", "kind": "slow", "seconds": 0.4})
    began = time.monotonic()
    assert "taskArns" in calls(trouble)["ListTasks"]()
    assert time.monotonic() - began >= 0.4


def test_a_client_that_retries_gets_through_a_throttle(trouble: Any) -> None:
    trouble.order({"op": "ListTasks", "kind": "throttle"})
    retrying = trouble.session.client(
        "ecs", endpoint_url=trouble.endpoint, config=Config(retries={"total_max_attempts": 2, "mode": "standard"})
    )
    answer = retrying.list_tasks(cluster=trouble.stack.cluster)
    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_orders_strike_what_they_match_as_often_as_they_say(trouble: Any) -> None:
    left = trouble.order({"op": "RunTask", "kind": "throttle", "times": 2, "match": "strike-me"})
    assert [(fault["op"], fault["times"]) for fault in left] == [("RunTask", 2)]
    assert trouble.launch(startedBy="leave-me")["tasks"]
    assert error_of(lambda: trouble.launch(startedBy="strike-me"))[0] == "ThrottlingException"
    assert [fault["times"] for fault in trouble.order(method="GET")] == [1]
    assert trouble.order(method="DELETE") == []
    assert trouble.launch(startedBy="strike-me")["tasks"]


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ({"op": "RunTask", "kind": "melt"}, "RunTask has no kind melt; it has capacity, denied,"),
        ({"op": "StopTask", "kind": "capacity"}, "StopTask has no kind capacity"),
        ({"op": "runtask", "kind": "throttle"}, "did you mean RunTask"),
        ({"op": "RunTasks", "kind": "throttle"}, "neither an operation of AWS"),
        (
            {"op": "PutBucketCors", "kind": "throttle"},
            "not supported by the local cloud: trouble with S3's PutBucketCors",
        ),
        ({"op": "PutMetricData", "kind": "throttle"}, "not supported by the local cloud: trouble with PutMetricData"),
        ({"op": "task", "kind": "exit", "running": True}, "exit takes no running; besides times and match it takes"),
        ({"op": "RunTask", "kind": "throttle", "seconds": 3, "after_s": 1}, "throttle takes no after_s and no seconds"),
        ({"op": "RunTask", "kind": "reply_lost", "text": "x"}, "reply_lost takes no text; it takes times and match"),
        ({"op": "RunTask", "kind": "slow", "seconds": -1}, "seconds is a time in seconds, 0 or more, not -1"),
        ({"op": "task", "kind": "oom", "after_s": -0.5}, "after_s is a time in seconds, 0 or more, not -0.5"),
        ({"op": "RunTask"}, "an order needs kind"),
        ({"op": "RunTask", "kind": "slow", "second": 3}, "second: unknown; an order has after_s, code,"),
        ({"op": "RunTask", "kind": "error"}, "error needs the code of the answer in the field error"),
        ({"op": "RunTask", "kind": "error", "error": "X", "code": 700}, "code is the HTTP status of an error"),
        ({"op": "RunTask", "kind": "throttle", "times": 0}, "times is 1 or more"),
        ({"op": "RunTask", "kind": "throttle", "times": "2"}, "times is a whole number, not "),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused_and_says_why(
    trouble: Any, order: dict[str, Any], text: str
) -> None:
    with pytest.raises(urllib.error.HTTPError) as caught:
        trouble.order({"op": "ListTasks", "kind": "throttle"}, order)
    assert caught.value.code == 400
    assert text in caught.value.read().decode()
    assert trouble.order(method="GET") == []
