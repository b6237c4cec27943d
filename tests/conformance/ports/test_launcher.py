# long: one launcher, every way in which RunTask can answer
"""Launching tasks. Each claim is asked of the fake and of a local ECS."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from contract.outcome import Blame, ExitCode
from executor.adapters.cloudwatch_logs import CloudWatchLogs
from executor.adapters.ecs_launcher import EcsLauncher
from executor.adapters.s3_artifacts import S3Artifacts
from executor.adapters.s3_lease import S3Lease
from executor.causes import load
from executor.core.launch_answers import Accepted, Refused, Throttled, Unknown, refusal_verdict, understood
from executor.core.tasks import TaskView
from executor.port_errors import CloudUnavailableError, ThrottledError
from executor.testing.fake_launcher import FakeLauncher
from executor.testing.task_life import Ending
from executor.testing.virtual_clock import VirtualClock
from local_cloud.aws.bootstrap import StackOutputs
from tests.conformance.ports.aws import DONE, FAILS, STAYS, Fargate, LocalFargate, order_trouble
from tests.conformance.ports.conftest import Clients


def fresh() -> tuple[str, str]:
    name = uuid.uuid4().hex
    return name, f"reporting/ports/{name}/1"


async def accepted(fargate: Fargate, request: dict[str, Any]) -> TaskView:
    answer = await fargate.launcher.run(request)
    assert isinstance(answer, Accepted)
    return answer.task


async def test_an_accepted_launch_answers_with_its_task(fargate: Fargate) -> None:
    token, tag = fresh()
    task = await accepted(fargate, fargate.request(DONE, token, tag))
    assert f":task/{fargate.cluster}/" in task.arn
    assert (task.started_by, task.stopped) == (tag, False)
    assert task.created_at is not None


async def test_p2_the_same_bytes_again_are_the_same_task(fargate: Fargate) -> None:
    token, tag = fresh()
    request = fargate.request(DONE, token, tag)
    first, second = await accepted(fargate, request), await accepted(fargate, request)
    await fargate.until_stopped(first.arn)
    third = await accepted(fargate, request)
    assert first.arn == second.arn == third.arn
    assert len(await fargate.launcher.find(fargate.cluster, tag)) == 1


async def test_p2_a_token_that_was_used_for_something_else_answers_with_the_task_that_exists(fargate: Fargate) -> None:
    token, tag = fresh()
    first = await accepted(fargate, fargate.request(DONE, token, tag))
    again = await accepted(fargate, fargate.request(FAILS, token, tag))
    assert again.arn == first.arn


async def test_another_token_is_another_task(fargate: Fargate) -> None:
    token, tag = fresh()
    first = await accepted(fargate, fargate.request(DONE, token, tag))
    second = await accepted(fargate, fargate.request(DONE, token[::-1], tag))
    assert first.arn != second.arn


async def test_a_stopped_task_shows_the_exit_code_of_its_container(fargate: Fargate) -> None:
    token, tag = fresh()
    task = await accepted(fargate, fargate.request(FAILS, token, tag))
    stopped = await fargate.until_stopped(task.arn)
    container = stopped.container("report")
    assert container is not None
    assert container.exit_code == 12
    assert stopped.stop_code == "EssentialContainerExited"
    assert stopped.stopped
    assert stopped.started_at is not None
    assert stopped.stopped_at is not None


async def test_a_running_task_has_no_exit_code(fargate: Fargate) -> None:
    token, tag = fresh()
    task = await accepted(fargate, fargate.request(STAYS, token, tag))
    running = await fargate.until_running(task.arn)
    container = running.container("report")
    assert container is not None
    assert (running.stopped, running.runs, container.exit_code) == (False, True, None)


async def test_tasks_are_found_by_their_tag_running_first_then_stopped(fargate: Fargate) -> None:
    (one, tag), (other, other_tag) = fresh(), fresh()
    stopped = await accepted(fargate, fargate.request(DONE, one, tag))
    await fargate.until_stopped(stopped.arn)
    running = await accepted(fargate, fargate.request(STAYS, one[::-1], tag))
    await accepted(fargate, fargate.request(DONE, other, other_tag))
    found = await fargate.launcher.find(fargate.cluster, tag)
    assert [task.arn for task in found] == [running.arn, stopped.arn]
    assert await fargate.launcher.find(fargate.cluster, "reporting/ports/nobody/1") == []


async def test_a_task_that_ecs_does_not_know_is_left_out(fargate: Fargate) -> None:
    token, tag = fresh()
    task = await accepted(fargate, fargate.request(DONE, token, tag))
    unknown = task.arn[:-4] + "ffff"
    found = await fargate.launcher.describe(fargate.cluster, [task.arn, unknown])
    assert list(found) == [task.arn]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"cluster": "no-such-cluster"}, "Cluster"),
        ({"taskDefinition": "no-such-family:1"}, "TaskDefinition"),
        ({"overrides": {"containerOverrides": [{"name": "other"}]}}, "other"),
        ({"overrides": {"cpu": "256", "memory": "513"}}, "Fargate"),
    ],
)
async def test_a_wrong_request_is_refused_for_good_and_says_why(
    clients: Clients, change: dict[str, Any], says: str
) -> None:
    token, tag = fresh()
    logs = CloudWatchLogs(clients.logs, clients.stack.log_group, "report")
    request = LocalFargate(clients.stack, clients.ecs, logs).request(DONE, token, tag)
    answer = understood(await EcsLauncher(clients.ecs).run(request | change), load())
    assert isinstance(answer, Refused)
    assert answer.permanent
    assert says in answer.reason


@pytest.mark.parametrize(
    ("trouble", "becomes", "says"),
    [
        ({"kind": "throttle"}, Throttled, "Rate exceeded"),
        ({"kind": "ec2_throttle"}, Throttled, "ErrorCode"),
        ({"kind": "error_500"}, Unknown, "ServerException"),
        ({"kind": "capacity"}, Refused, "Capacity is unavailable"),
        ({"kind": "capacity", "code": 400}, Refused, "Capacity is unavailable"),
        ({"kind": "vcpu_quota"}, Refused, "vCPUs"),
        ({"kind": "vcpu_quota", "code": 400}, Refused, "vCPUs"),
        ({"kind": "reply_lost"}, Unknown, ""),
    ],
)
async def test_p12_each_trouble_of_runtask_is_understood(
    aws_stack: tuple[str, StackOutputs], clients: Clients, trouble: dict[str, Any], becomes: type, says: str
) -> None:
    order_trouble(aws_stack[0], {"op": "RunTask", **trouble})
    token, tag = fresh()
    logs = CloudWatchLogs(clients.logs, clients.stack.log_group, "report")
    request = LocalFargate(clients.stack, clients.ecs, logs).request(DONE, token, tag)
    answer = understood(await EcsLauncher(clients.ecs).run(request), load())
    assert isinstance(answer, becomes)
    assert says in getattr(answer, "reason", "")
    if isinstance(answer, Refused):
        assert refusal_verdict(answer, load()).blame is Blame.NOBODY
        return
    # The same bytes again, and there is one task whatever became of the first.
    assert isinstance(await EcsLauncher(clients.ecs).run(request), Accepted)
    assert len(await EcsLauncher(clients.ecs).find(clients.stack.cluster, tag)) == 1


@pytest.mark.parametrize("op", ["DescribeTasks", "ListTasks"])
async def test_p12_a_throttled_question_asks_for_patience(
    aws_stack: tuple[str, StackOutputs], clients: Clients, op: str
) -> None:
    order_trouble(aws_stack[0], {"op": op, "kind": "throttle"})
    launcher, cluster = EcsLauncher(clients.ecs), clients.stack.cluster
    with pytest.raises(ThrottledError, match="Rate exceeded"):
        await (launcher.find(cluster, "tag") if op == "ListTasks" else launcher.describe(cluster, ["0" * 32]))


async def test_when_nobody_answers_a_launch_is_unknown_and_every_question_is_an_outage() -> None:
    arguments: dict[str, Any] = {
        "aws_access_key_id": "A" * 20,
        "aws_secret_access_key": "x",
        "region_name": "us-east-1",
        "endpoint_url": "http://127.0.0.1:9",
        "config": AioConfig(retries={"total_max_attempts": 1}),
    }
    async with get_session().create_client("ecs", **arguments) as ecs:
        answer = await EcsLauncher(ecs).run({"taskDefinition": "f:1", "clientToken": "t"})
        with pytest.raises(CloudUnavailableError, match="DescribeTasks"):
            await EcsLauncher(ecs).describe("c", ["arn"])
        with pytest.raises(CloudUnavailableError, match="StopTask"):
            await EcsLauncher(ecs).stop_task("c", "arn", "reporting: cancelled")
        with pytest.raises(CloudUnavailableError, match="ListTasks"):
            await EcsLauncher(ecs).find("c", "tag")
    async with get_session().create_client("s3", **arguments) as s3:
        with pytest.raises(CloudUnavailableError, match="manifest"):
            await S3Artifacts(s3, "b", "i").manifest("s3://b/p/")
        with pytest.raises(CloudUnavailableError, match="lease"):
            await S3Lease(s3, "b", "i").read()
    assert isinstance(answer, Unknown)


async def test_the_fake_replays_a_refusal_with_its_token_and_accepts_a_new_one() -> None:
    clock = VirtualClock()
    launcher = FakeLauncher(clock.now, lambda _arn, _request: Ending())
    launcher.answer_next(Refused("Capacity is unavailable at this time"))
    stack = {"cluster": "c", "overrides": {"containerOverrides": [{"name": "report"}]}, "startedBy": "me"}
    request = {**stack, "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}], "clientToken": "one"}
    assert isinstance(await launcher.run(request), Refused)
    assert isinstance(await launcher.run(request), Refused)
    assert isinstance(await launcher.run(request | {"clientToken": "two"}), Accepted)


async def test_p16_a_task_that_is_told_to_stop_stops_and_says_why_however_often_it_is_told(fargate: Fargate) -> None:
    token, tag = fresh()
    task = await accepted(fargate, fargate.request(STAYS, token, tag))
    await fargate.until_running(task.arn)
    for _ in range(2):
        await fargate.launcher.stop_task(fargate.cluster, task.arn, "reporting: cancelled")
    stopped = await fargate.until_stopped(task.arn)
    assert (stopped.stop_code, stopped.stopped_reason) == ("UserInitiated", "reporting: cancelled")
    container = stopped.container("report")
    assert container is not None
    assert container.exit_code == ExitCode.STOPPED
    await fargate.launcher.stop_task(fargate.cluster, task.arn, "reporting: again")
    assert (await fargate.until_stopped(task.arn)).stopped_reason == "reporting: cancelled"


async def test_a_task_that_ecs_does_not_know_is_none_to_stop(fargate: Fargate) -> None:
    token, tag = fresh()
    task = await accepted(fargate, fargate.request(DONE, token, tag))
    await fargate.launcher.stop_task(fargate.cluster, task.arn[:-4] + "ffff", "reporting: cancelled")


async def test_p13_what_is_said_of_a_task_carries_the_time_of_ecs(fargate: Fargate) -> None:
    token, tag = fresh()
    task = await accepted(fargate, fargate.request(STAYS, token, tag))
    running = await fargate.until_running(task.arn)
    assert running.seen_at is not None
    assert running.started_at is not None
    assert timedelta(seconds=-2) < running.seen_at - running.started_at < timedelta(seconds=60)
    await fargate.launcher.stop_task(fargate.cluster, task.arn, "reporting: cancelled")


async def test_p7_every_task_that_shall_run_is_listed_with_its_tag_and_its_age(fargate: Fargate) -> None:
    started = [await accepted(fargate, fargate.request(STAYS, *fresh())) for _ in range(2)]
    arns, page = await fargate.launcher.list_running(fargate.cluster)
    while page is not None:
        more, page = await fargate.launcher.list_running(fargate.cluster, page)
        arns += more
    assert {task.arn for task in started} <= set(arns)
    found = await fargate.launcher.describe(fargate.cluster, [task.arn for task in started])
    for task in started:
        view = found[task.arn]
        assert (view.started_by, view.stopped) == (task.started_by, False)
        assert view.created_at is not None
        assert view.seen_at is not None
        assert 0 <= (view.seen_at - view.created_at).total_seconds() + 1 < 60
        await fargate.launcher.stop_task(fargate.cluster, task.arn, "reporting: test")
