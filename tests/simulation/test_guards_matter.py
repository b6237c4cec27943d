# long: every guard of the loops in one list
"""Each guard of the executor, taken away once: the promise that rests on it must go red."""

import itertools
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from contract.job import JobRow
from contract.outcome import Blame, Verdict
from contract.task_spec import TaskSpec
from executor.board import Board
from executor.budgets import Budget
from executor.core import launch
from executor.core.budget import Spent
from executor.core.causes import EMPTY, Catalogue, Text
from executor.core.failures import Evidence, claims_success, judge
from executor.core.stopping import StopCause, stop_reason
from executor.loops.cancel import Cancel
from executor.loops.launch import Launch
from executor.loops.reconcile import Reconcile
from executor.whereabouts import Whereabouts
from executor.writer import Writer
from tests.simulation import test_executors_that_die as dying
from tests.simulation import test_jobs_to_their_end as jobs
from tests.simulation import test_launch_rates as rates
from tests.simulation import test_launches_by_cause as causes
from tests.simulation import test_one_bad_deployment as deployment
from tests.simulation import test_outages as outages
from tests.simulation import test_take_over as taking
from tests.simulation.world import World
from tests.unit.executor import test_causes as refusals


async def _nothing(_self: object) -> None:
    return None


@pytest.fixture
def nobody_compares(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second guard out of the way: comparing tasks and rows would find the first task in time, too."""
    monkeypatch.setattr(Reconcile, "tick", _nothing)


@pytest.mark.usefixtures("nobody_compares")
async def test_p2_without_the_write_ahead_a_second_task_starts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Launch.tick

    async def without_write_ahead(self: Launch) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Writer, "drain", _nothing)
            patch.setattr(Writer, "write_first", _nothing)
            await whole(self)

    monkeypatch.setattr(Launch, "tick", without_write_ahead)
    with pytest.raises(AssertionError):
        await dying.test_p2_p5_a_task_outlives_its_token_and_a_dead_executor_and_stays_the_only_one(world)


@pytest.mark.usefixtures("nobody_compares")
async def test_p2_without_looking_for_an_earlier_task_a_second_one_starts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Board.begin

    def without_finding(self: Board, fence: int, jobs: list[JobRow]) -> None:
        whole(self, fence, jobs)
        self.to_find.clear()

    monkeypatch.setattr(Board, "begin", without_finding)
    with pytest.raises(AssertionError):
        await dying.test_p2_p5_a_task_outlives_its_token_and_a_dead_executor_and_stays_the_only_one(world)


async def test_p2_with_a_new_token_for_every_call_a_lost_reply_starts_a_second_task(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, numbers = launch.order, itertools.count()

    def with_new_token(job: JobRow, *rest: object) -> launch.LaunchOrder:
        order = whole(job, *rest)  # type: ignore[arg-type]  # handed on as it came
        return order.model_copy(update={"run_task": order.run_task | {"clientToken": f"token-{next(numbers)}"}})

    monkeypatch.setattr(launch, "order", with_new_token)
    with pytest.raises(AssertionError):
        await outages.test_p2_a_lost_reply_of_run_task_is_one_task_all_the_same(world)


async def test_p2_without_asking_what_became_of_the_intent_a_job_without_a_row_is_launched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_is_missing(_self: Writer, _fence: int, _changes: object) -> set[str]:
        return set()

    monkeypatch.setattr(Writer, "_missing", nothing_is_missing)
    with pytest.raises(AssertionError):
        await outages.test_p2_p23_a_job_whose_row_is_gone_is_not_launched_without_its_intent(world)


async def test_p11_without_counting_what_runs_the_cap_is_exceeded(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.claim.room_to_claim", lambda limits, _open_jobs, _tokens: limits.max_claim)
    monkeypatch.setattr("executor.loops.launch.room_to_launch", lambda *_room: sys.maxsize)
    with pytest.raises(AssertionError, match="caps_never_exceeded"):
        await jobs.test_p11_a_hundred_jobs_never_run_more_than_the_cap_at_once(world)


async def test_p8_without_telling_whose_fault_it_was_the_users_attempts_are_used(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def always_the_report(evidence: Evidence, catalogue: Catalogue) -> Verdict:
        return judge(evidence, catalogue).model_copy(update={"blame": Blame.REPORT})

    monkeypatch.setattr("executor.core.settle.judge", always_the_report)
    with pytest.raises(AssertionError):
        await jobs.test_p8_a_spot_interruption_is_retried_and_uses_none_of_the_users_attempts(world)


async def test_p8_without_the_breaker_one_bad_deployment_burns_the_queue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.core.breaker.failed", lambda breaker, _verdict, _now: breaker)
    with pytest.raises(AssertionError):
        await deployment.test_p8_p10_a_missing_image_does_not_burn_the_queue(world)


async def test_p10_without_a_longer_wait_the_first_job_is_the_only_one_that_tries(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.core.settle.wait_s", lambda _breaker, _dice: 0.0)
    with pytest.raises(AssertionError):
        await deployment.test_p10_while_launches_are_held_back_one_job_at_a_time_is_tried_and_not_always_the_same(world)


async def test_p10_without_a_budget_a_poison_job_never_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("executor.core.settle.budget.after_failure", lambda *_, **__: Spent(0, 0, may_retry=True))
    with pytest.raises(AssertionError):
        await jobs.test_p10_a_poison_job_ends_within_its_budget_and_starves_nobody(world)


@pytest.mark.parametrize("text", [text for text in refusals.STOPPED if text.cause.cause_id == "secret_not_found"])
def test_p9_without_the_catalogue_a_row_does_not_say_why(text: Text, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "CATALOGUE", EMPTY)
    with pytest.raises(AssertionError):
        refusals.test_p9_each_text_of_a_stopped_task_comes_through_to_the_row(text)


async def test_p12_without_a_token_for_each_launch_the_account_throttles(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def always(_self: Budget) -> None:
        return None

    monkeypatch.setattr(Budget, "take", always)
    monkeypatch.setattr(Budget, "ahead", lambda _self, _seconds: 200)
    with pytest.raises(AssertionError):
        await rates.test_p12_jobs_are_launched_as_fast_as_the_account_allows_and_never_throttled(world)


async def test_p12_without_a_token_for_each_stop_the_account_throttles(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def at_once(self: Cancel, cluster: str, arn: str, cause: StopCause) -> None:
        await self._launcher.stop_task(cluster, arn, stop_reason(cause))

    monkeypatch.setattr(Cancel, "_tell", at_once)
    with pytest.raises(AssertionError):
        await rates.test_p12_stops_and_launches_together_stay_inside_the_accounts_rate(world)


async def test_p12_without_the_catalogue_a_throttle_in_disguise_ends_the_job(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.causes.load", lambda _own_file: EMPTY)
    with pytest.raises(AssertionError):
        await rates.test_p12_a_throttle_in_disguise_costs_nothing_but_time(world)


async def test_p2_without_remembering_what_is_unwritten_it_is_sent_before_its_intent(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Launch._intended

    async def forgets(self: Launch, job: JobRow, specs: dict[str, TaskSpec]) -> JobRow | None:
        intended = await whole(self, job, specs)
        if world.store.faults._unreached["write"] < 6:
            self._intents._unwritten.clear()
        return intended

    monkeypatch.setattr(Launch, "_intended", forgets)
    with pytest.raises(AssertionError):
        await causes.test_p2_nothing_is_sent_before_its_intent_is_on_the_row_however_often_the_write_fails(world)


async def test_p2_without_the_start_marker_what_ran_and_was_forgotten_is_launched_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(_self: Whereabouts, _job: object) -> None:
        return None

    monkeypatch.setattr(Whereabouts, "_left_behind", nobody)
    with pytest.raises(AssertionError):
        await causes.test_p2_p6_what_ran_and_was_forgotten_is_known_by_its_start_marker_and_not_launched_again(world)


async def test_p2_without_asking_whose_manifest_it_is_a_late_replay_fails_the_job(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    # That a manifest of success wins over any exit code is a second guard, so both go.
    def by_exit_code(evidence: Evidence) -> bool:
        return claims_success(evidence.manifest) and evidence.exit_code in {None, 0}

    monkeypatch.setattr("executor.loops.settle.ExitCode", SimpleNamespace(ALREADY_WORKED_ON=None))
    monkeypatch.setattr("executor.loops.settle.succeeded", by_exit_code)
    monkeypatch.setattr("executor.core.settle.succeeded", by_exit_code)
    with pytest.raises(AssertionError):
        await causes.test_p2_a_replay_after_its_token_died_meets_the_start_marker_and_is_no_failure_of_the_job(
            world, monkeypatch
        )


async def test_p8_without_a_new_token_after_a_refusal_the_refusal_is_replayed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launch, "launch_token", lambda installation, job_id, attempt, _try: f"{job_id}-{attempt}")
    with pytest.raises(AssertionError):
        await jobs.test_p8_a_launch_without_room_waits_and_uses_none_of_the_users_attempts(world)


async def test_p1_without_asking_for_a_late_claim_its_jobs_are_forgotten(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.claim.LANDS_WITHIN_S", 0.0)
    with pytest.raises(AssertionError):
        await outages.test_p1_a_claim_that_lands_after_nobody_waited_for_it_is_found(new_world)


async def test_p3_p17_without_waiting_for_the_old_leaders_statement_a_claim_is_made_twice(
    new_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.lead.quiet_in_s", lambda _before, _won_from: 0.0)
    with pytest.raises(AssertionError):
        await taking.test_p3_p17_a_claim_that_waits_for_a_lock_while_another_takes_over_doubles_nothing(
            new_world, taking.SeesItsBeginning
        )


async def test_p3_without_looking_at_the_trust_a_statement_may_outlive_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Board, "may_send", lambda self, _now_s: self.fence is not None)
    with pytest.raises(AssertionError):
        await taking.test_p3_nothing_is_written_while_the_lease_is_trusted_for_less_than_a_statement_takes(world)


async def test_p17_without_standing_back_two_leases_take_the_fence_from_each_other_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.lead.stand_back_s", lambda _times, _dice: 0.0)
    with pytest.raises(AssertionError):
        await taking.test_p17_two_buckets_on_one_queue_double_nothing_and_leave_each_other_time_to_work(world)
