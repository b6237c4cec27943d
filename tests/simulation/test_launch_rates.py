"""AWS's token buckets: what is launched stays inside, and what is refused costs only time."""

from collections import Counter
from typing import Any

import pytest

from contract.job import JobRow
from contract.outcome import FailureClass
from contract.states import JobState
from contract.task_spec import TaskSpec
from executor.budgets import Budget
from executor.core import launch
from executor.core.launch_answers import Errored
from executor.testing.account import Account
from tests.jobs import definition
from tests.simulation.world import World

JOBS = 400
DISGUISED = Errored(
    "InvalidParameterException",
    "Error retrieving subnet information for [subnet-1]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)",
    400,
)


def rows(world: World) -> list[JobRow]:
    return [row.job for row in world.store.state.values()]


async def test_p12_jobs_are_launched_as_fast_as_the_account_allows_and_never_throttled(world: World) -> None:
    account = world.launcher.account = Account(world.clock.now)
    executor = world.executor(max_running=JOBS)
    world.max_running = JOBS
    for _ in range(JOBS):
        world.ask()
    await world.until(lambda: len(world.launcher.tasks) == JOBS, within_s=60)
    created = sorted(task.created_at for task in world.launcher.tasks.values())
    assert account.throttled == 0
    assert executor.steps.count("after store.claim") <= JOBS / 50
    assert (created[-1] - created[0]).total_seconds() <= 1.05 * (JOBS - account.burst) / account.per_s
    await world.all_ended()
    assert {job.status for job in rows(world)} == {JobState.SUCCEEDED}


async def test_what_waits_for_its_turn_to_be_launched_is_made_ready_in_its_turn_only(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = Counter[str]()
    task_spec = launch.task_spec

    def counted(job: JobRow, *others: Any) -> TaskSpec:
        ready[job.request_id] += 1
        return task_spec(job, *others)

    monkeypatch.setattr(launch, "task_spec", counted)
    world.launcher.account = Account(world.clock.now, per_s=2.0, burst=2.0)
    world.executor(max_running=JOBS, launches_per_s=2.0, launch_burst=2)
    world.max_running = JOBS
    asked = [world.ask() for _ in range(60)]
    await world.until(lambda: len(world.launcher.tasks) == len(asked), within_s=60)
    assert max(ready.values()) <= 2  # with its intent, and when it is sent; of 60, the last waits for 55 rounds


async def test_p12_stops_and_launches_together_stay_inside_the_accounts_rate(world: World) -> None:
    account = world.launcher.account = Account(world.clock.now)
    world.define("SALES_REPORT", definition(), lambda arn, sent: world.makes_its_report(arn, sent, runs_for_s=3_600.0))
    world.executor(max_running=JOBS)
    world.max_running = JOBS
    first = [world.ask() for _ in range(60)]
    await world.until(lambda: all(world.status(asked) is JobState.RUNNING for asked in first))
    for asked in first:
        world.cancel(asked)
    second = [world.ask() for _ in range(60)]
    await world.until(lambda: all(world.status(asked) is JobState.CANCELLED for asked in first), within_s=60)
    await world.until(lambda: all(world.status(asked) is JobState.RUNNING for asked in second), within_s=60)
    assert len(world.launcher.stops) == len(first)
    assert account.throttled == 0


async def stopped_after_s(world: World) -> list[float]:
    """How long jobs that are cancelled in the midst of many launches wait until their tasks are told to stop."""
    account = world.launcher.account = Account(world.clock.now, per_s=2.0, burst=10.0)
    world.define("SALES_REPORT", definition(), lambda arn, sent: world.makes_its_report(arn, sent, runs_for_s=3_600.0))
    world.executor(max_running=JOBS, launches_per_s=2.0, launch_burst=10)
    world.max_running = JOBS
    first = [world.ask() for _ in range(5)]
    await world.until(lambda: all(world.status(asked) is JobState.RUNNING for asked in first))
    for _ in range(60):
        world.ask()
    await world.until(lambda: len(world.launcher.tasks) >= 25)
    for asked in first:
        world.cancel(asked)
    asked_at_s, waits_s = world.clock.monotonic_s(), []
    for stops in range(1, len(first) + 1):
        await world.until(lambda stops=stops: len(world.launcher.stops) >= stops)  # type: ignore[misc]  # bound here
        waits_s.append(world.clock.monotonic_s() - asked_at_s)
    await world.until(lambda: len(world.launcher.tasks) == 65)
    assert account.throttled == 0
    return waits_s


async def test_p12_p16_orders_to_stop_do_not_stand_in_line_behind_launches(world: World) -> None:
    assert max(await stopped_after_s(world)) <= 3


async def test_p16_without_going_first_the_last_order_to_stop_waits_for_many_launches(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Budget, "take_first", Budget.take)
    with pytest.raises(AssertionError):
        await test_p12_p16_orders_to_stop_do_not_stand_in_line_behind_launches(world)


async def test_p12_when_others_use_the_accounts_rate_throttles_are_few_and_cost_no_budget(world: World) -> None:
    account = world.launcher.account = Account(world.clock.now, per_s=2.0, burst=2.0)
    world.executor(max_running=JOBS)
    world.max_running = JOBS
    for _ in range(60):
        world.ask()
    await world.all_ended(within_s=600)
    assert {(job.status, job.attempt, job.infra_failures, job.user_failures) for job in rows(world)} == {
        (JobState.SUCCEEDED, 1, 0, 0)
    }
    assert account.throttled < 60


async def test_p12_a_throttle_in_disguise_costs_nothing_but_time(world: World) -> None:
    world.launcher.answer_next(DISGUISED, times=6)
    world.executor()
    asked = world.ask()
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert (job.status, job.attempt, job.launch_try, job.infra_failures) == (JobState.SUCCEEDED, 1, 1, 0)
    assert all(request == world.launcher.requests[0] for request in world.launcher.requests)
    assert job.failure_class != FailureClass.LAUNCH_REFUSED


async def test_an_executor_whose_jobs_wait_for_room_stops_as_soon_as_it_is_told(world: World) -> None:
    world.launcher.account = Account(world.clock.now, max_tasks=0)
    executor = world.executor()
    for _ in range(30):
        world.ask()
    await world.passes(120)
    told_at_s = world.clock.monotonic_s()
    await executor.ends()
    assert world.clock.monotonic_s() - told_at_s < 5


async def test_p12_long_tasks_are_looked_at_a_hundred_at_a_time_and_seldom(world: World) -> None:
    world.define("SALES_REPORT", definition(), lambda arn, sent: world.makes_its_report(arn, sent, runs_for_s=300.0))
    executor = world.executor(max_running=150)
    world.max_running = 150
    for _ in range(150):
        world.ask()
    await world.all_ended(within_s=400)
    looks = executor.steps.count("after launcher.describe")
    assert looks / 150 < 0.36  # 0.33; were what fills no look of its own not left to wait, 0.39
    ended = [row.job for row in world.store.state.values()]
    assert {job.status for job in ended} == {JobState.SUCCEEDED}
