"""Replies that get lost, statements that fail, a store or a cloud that is away."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from contract.policy import NO_CAPS, Caps
from contract.states import JobState
from executor.core.launch_answers import Errored, LaunchAnswer, Unknown
from executor.port_errors import SignInRefusedError, StoreUnavailableError
from executor.testing.memory_store import MemoryStore
from executor.testing.task_life import Ending
from tests.jobs import definition, request
from tests.simulation.world import World

HOUR_S = 3_600.0
FORBIDDEN = Errored("ClientException", "The task definition is no longer active.", 400)


async def test_p2_a_lost_reply_of_run_task_is_one_task_all_the_same(world: World) -> None:
    world.launcher.lose_replies(3)
    world.executor()
    asked = world.ask()
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert len(world.launcher.tasks) == 1
    assert len(world.launcher.requests) == 4


async def test_p2_a_run_task_that_never_arrived_is_sent_again(world: World) -> None:
    world.launcher.answer_next(Unknown("connection refused"), times=3)
    world.executor()
    asked = world.ask()
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert len(world.launcher.tasks) == 1


async def test_p2_a_refusal_counts_only_when_no_earlier_launch_can_still_arrive(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, landing = world.launcher.run, list[asyncio.Task[object]]()

    async def answers_in_disorder(sent: Mapping[str, Any]) -> LaunchAnswer:
        async def land() -> None:
            await asyncio.sleep(9)
            await whole(sent)

        if not landing:
            landing.append(asyncio.create_task(land()))
            return Unknown("nobody waited for it")
        return await whole(sent) if world.launcher.tasks else FORBIDDEN

    monkeypatch.setattr(world.launcher, "run", answers_in_disorder)
    world.executor()
    asked = world.ask()
    await world.all_ended()
    assert (world.status(asked), len(world.launcher.tasks)) == (JobState.SUCCEEDED, 1)


async def test_p2_without_waiting_for_the_earlier_launch_its_task_belongs_to_a_job_that_has_ended(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.sending.NO_TASK_AFTER_S", 0.0)
    with pytest.raises(AssertionError, match="FAILED"):
        await test_p2_a_refusal_counts_only_when_no_earlier_launch_can_still_arrive(world, monkeypatch)


async def test_p2_a_refusal_counts_in_the_end_when_nothing_arrived(world: World) -> None:
    world.launcher.answer_next(Unknown("no answer in time"))
    world.launcher.answer_next(FORBIDDEN, times=1_000)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.FAILED, within_s=150)
    assert world.launcher.tasks == {}


@pytest.mark.parametrize("away_s", [1.0, 120.0, 2 * HOUR_S])
async def test_p14_while_the_store_is_away_tasks_run_on_and_results_settle_afterwards(
    world: World, away_s: float
) -> None:
    executor = world.executor()
    asked = [world.ask() for _ in range(5)]
    await world.until(lambda: all(world.status(one) is JobState.RUNNING for one in asked))
    world.store.faults.down = True
    await asyncio.sleep(away_s)
    assert not executor.task.done()
    world.store.faults.down = False
    await world.all_ended(within_s=90)
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert len(world.launcher.tasks) == 5


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        ("fail", m)
        for m in (
            "claim",
            "claimed",
            "write",
            "next_due_s",
            "definitions",
            "open_jobs",
            "fence",
            "take_fence",
            "commands",
        )
    ]
    + [("refuse", method) for method in ("claim", "write", "restamp", "take_fence")]
    + [("lose_answer", method) for method in ("claim", "write", "restamp", "take_fence")],
)
async def test_p1_one_lost_statement_delays_a_job_by_seconds_only(world: World, kind: str, method: str) -> None:
    getattr(world.store.faults, kind)(method)
    world.executor()
    first, second = world.ask(), world.ask()
    await world.all_ended(within_s=60)
    assert {world.status(first), world.status(second)} == {JobState.SUCCEEDED}
    assert len(world.launcher.tasks) == 2


async def test_p1_a_claim_that_the_store_says_was_not_made_is_made_anew_at_once(world: World) -> None:
    world.executor()
    await world.passes(30)
    world.store.faults.refuse("claim")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is not JobState.QUEUED, within_s=8)


async def test_p1_without_that_word_a_refused_claim_would_hold_up_the_next_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.testing.faults.NothingDoneError", StoreUnavailableError)
    with pytest.raises(AssertionError, match="not within 8 s"):
        await test_p1_a_claim_that_the_store_says_was_not_made_is_made_anew_at_once(world)


async def test_p14_a_snowflake_that_refuses_the_sign_in_is_told_once_a_minute_and_nothing_is_claimed_until_it_does_not(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    executor = world.executor()
    await world.passes(30)
    monkeypatch.setattr("executor.testing.faults.StoreUnavailableError", SignInRefusedError)
    world.store.faults.down = True
    asked = world.ask()
    capsys.readouterr()
    await world.passes(HOUR_S / 6)
    said = [line for line in capsys.readouterr().out.splitlines() if '"loop": "claim"' in line and "outage" in line]
    assert 9 <= len(said) <= 13
    assert (world.status(asked), executor.task.done()) == (JobState.QUEUED, False)
    world.store.faults.down = False
    await world.all_ended(within_s=90)


async def test_p14_an_aws_that_refuses_the_sign_in_costs_a_job_nothing_but_time(world: World) -> None:
    refused = Errored("UnrecognizedClientException", "The security token included in the request is invalid.", 400)
    world.launcher.answer_next(refused, times=20)
    world.executor()
    asked = world.ask()
    await world.all_ended(within_s=HOUR_S)
    job = world.store.state[asked.request_id].job
    assert (job.status, job.attempt, job.infra_failures, job.user_failures) == (JobState.SUCCEEDED, 1, 0, 0)


class LateStore(MemoryStore):
    """Its first claim fails for the one who asked, and is carried out seconds later, just after one more request."""

    late = True

    async def claim(self, fence: int, claim_id: str, slots: int, caps: Caps = NO_CAPS) -> None:
        if not self.late:
            await super().claim(fence, claim_id, slots, caps)
            return
        self.late = False
        self._landing = asyncio.create_task(self._land(fence, claim_id, slots))
        raise StoreUnavailableError("claim: no answer in time")

    async def _land(self, fence: int, claim_id: str, slots: int) -> None:
        await asyncio.sleep(9)
        self.enqueue(request())
        await super().claim(fence, claim_id, slots)


async def test_p1_a_claim_that_lands_after_nobody_waited_for_it_is_found(new_world: Callable[..., World]) -> None:
    world = new_world(LateStore)
    world.ask()
    world.executor()
    await world.until(lambda: len(world.launcher.tasks) == 2, within_s=60)
    await world.all_ended()


async def test_p23_without_the_leader_row_nothing_is_claimed(world: World) -> None:
    world.store.leader_row = None
    executor = world.executor()
    asked = world.ask()
    await world.passes(120)
    assert world.status(asked) is JobState.QUEUED
    assert not executor.task.done()


@pytest.mark.parametrize("port", ["launcher", "artifacts", "logs", "lease"])
async def test_p14_while_aws_is_away_the_executor_waits_and_results_settle_afterwards(world: World, port: str) -> None:
    executor = world.executor()
    asked = [world.ask() for _ in range(3)]
    await world.until(lambda: all(world.status(one) is JobState.RUNNING for one in asked))
    executor.away.add(port)
    await asyncio.sleep(HOUR_S)
    assert not executor.task.done()
    executor.away.clear()
    await world.all_ended(within_s=120)
    assert {world.status(one) for one in asked} == {JobState.SUCCEEDED}
    assert len(world.launcher.tasks) == 3


async def test_p2_p23_a_job_whose_row_is_gone_is_not_launched_without_its_intent(world: World) -> None:
    intents: list[bool] = []

    def sees_its_intent(arn: str, request: Mapping[str, Any]) -> Ending:
        written = {row.job.launch_token for row in world.store.state.values()}
        intents.append(request["clientToken"] in written)
        return world.makes_its_report(arn, request)

    world.define("SALES_REPORT", definition(), sees_its_intent)
    world.executor()
    await world.passes(1)
    world.store.faults.fail("definitions")  # so that the row can vanish between claim and launch
    asked, other = world.ask(), world.ask()
    await world.until(lambda: world.status(asked) is JobState.CLAIMED)
    del world.store.state[asked.request_id]
    await world.all_ended()
    assert intents == [True, True]
    assert {world.status(asked), world.status(other)} == {JobState.SUCCEEDED}


async def test_a_retry_waits_as_long_as_planned_and_not_much_longer(world: World) -> None:
    def fails_once(arn: str, request: Mapping[str, Any]) -> Ending:
        if not world.launcher.tasks:
            return Ending(exit_code=1)
        return world.makes_its_report(arn, request)

    world.define("SALES_REPORT", definition(), fails_once)
    world.executor()
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.RETRY_WAIT)
    await world.until(lambda: world.status(asked) is JobState.CLAIMED, within_s=15)
