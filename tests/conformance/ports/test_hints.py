"""The queue of hints. Each claim is asked of the fake and of a local SQS; the last one of the whole local stack."""

import asyncio

import pytest

from executor.adapters.sqs_hints import SqsHints
from executor.core.hints import TaskChanged, read
from executor.core.launch_answers import Accepted
from executor.port_errors import CloudUnavailableError
from executor.ports import HintMessage
from tests.conformance.ports.aws import FAILS, LocalFargate
from tests.conformance.ports.conftest import Clients, HintsQueue
from tests.conformance.ports.test_launcher import fresh

PATIENCE_S = 60.0


async def come_again(queue: HintsQueue) -> list[HintMessage]:
    async with asyncio.timeout(PATIENCE_S):
        while not (found := await queue.hints.receive(0)):
            await queue.wait()
    return found


async def test_what_was_sent_is_received_and_what_was_acknowledged_does_not_come_again(hints: HintsQueue) -> None:
    bodies = {f"hint {number}" for number in range(12)}
    for body in bodies:
        await hints.send(body)
    heard: set[str] = set()
    for _ in range(2):
        messages = await hints.hints.receive(0)
        heard |= {message.body for message in messages}
        await hints.hints.done([message.receipt for message in messages])
    assert heard == bodies
    await hints.wait()
    assert await hints.hints.receive(0) == []


async def test_p5_what_was_not_acknowledged_comes_again_under_another_receipt(hints: HintsQueue) -> None:
    await hints.send("ring")
    (first,) = await hints.hints.receive(0)
    assert await hints.hints.receive(0) == []
    (again,) = await come_again(hints)
    assert (again.body, again.receipt == first.receipt) == ("ring", False)
    await hints.hints.done([again.receipt])


async def test_p24_a_queue_that_is_not_there_is_no_more_than_a_lack_of_hints(clients: Clients) -> None:
    missing = SqsHints(clients.sqs, clients.stack.hints_queue_url + "-not")
    with pytest.raises(CloudUnavailableError, match="ReceiveMessage"):
        await missing.receive(0)
    with pytest.raises(CloudUnavailableError, match="DeleteMessageBatch"):
        await missing.done(["receipt"])


async def test_the_end_of_a_task_comes_through_the_rule_of_the_local_stack(clients: Clients) -> None:
    hints = SqsHints(clients.sqs, clients.stack.hints_queue_url)
    fargate = LocalFargate(clients.stack, clients.ecs, None)  # type: ignore[arg-type]  # nobody asks for logs
    answer = await fargate.launcher.run(fargate.request(FAILS, *fresh()))
    assert isinstance(answer, Accepted)
    ended = await fargate.until_stopped(answer.task.arn)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            messages = await hints.receive(1)
            await hints.done([message.receipt for message in messages])
            told = [hint.task for hint in map(read, (one.body for one in messages)) if isinstance(hint, TaskChanged)]
            mine = [task for task in told if task.arn == answer.task.arn and task.stopped]
            if mine:
                break
    assert (mine[0].containers, mine[0].stop_code) == (ended.containers, ended.stop_code)
    assert mine[0].started_by == answer.task.started_by
