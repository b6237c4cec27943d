"""Each guard of cancels, deadlines and caps, taken away once: the promise that rests on it must go red."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contract.job import JobRow
from contract.outcome import ExitCode
from contract.policy import Caps
from contract.states import JobState
from executor.board import Board
from executor.core import settle, stopping
from executor.core.failures import Evidence, succeeded
from executor.core.launch_answers import LaunchAnswer
from executor.core.stopping import NO_TASK_AFTER_S, StopCause
from executor.core.tasks import TaskView
from executor.loops.cancel import Cancel
from executor.ports import Launcher
from executor.testing import memory_store
from executor.testing.memory_queue import Asked
from tests.simulation import test_cancels as cancels
from tests.simulation import test_cancels_under_way as under_way
from tests.simulation import test_caps as caps
from tests.simulation import test_deadlines as deadlines
from tests.simulation.world import World


async def test_p16_without_asking_again_a_lost_stop_is_never_carried_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.cancel.STOP_AGAIN_S", 1e9)
    with pytest.raises(AssertionError):
        await cancels.test_p16_a_stop_that_gets_lost_is_asked_for_again(world)


async def test_p16_without_waiting_for_the_end_of_the_task_a_cancelled_job_still_works(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ended_at_once(self: Cancel, job: JobRow, _arn: str, _cause: StopCause) -> None:
        self._end(job)

    monkeypatch.setattr(Cancel, "_stop", ended_at_once)
    with pytest.raises(AssertionError, match="cancelled_means_stopped"):
        await cancels.test_p16_a_running_job_is_cancelled_only_once_its_task_has_stopped(world)


async def test_p16_without_waiting_for_a_launch_on_its_way_its_task_is_an_orphan(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.cancel.NO_TASK_AFTER_S", 0.0)
    with pytest.raises(AssertionError):
        await under_way.test_p16_a_launch_on_its_way_is_waited_for_and_its_task_stopped(world, monkeypatch)


async def test_p16_without_counting_a_call_that_is_under_way_its_task_is_an_orphan(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("executor.loops.sending.inf", 0.0)
    with pytest.raises(AssertionError):
        await under_way.test_p16_the_task_of_a_launch_that_is_answered_after_the_cancel_is_stopped_at_once(
            world, monkeypatch, NO_TASK_AFTER_S + 30
        )


async def test_p16_without_remembering_that_nothing_was_started_a_refused_launch_is_looked_for_in_vain(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cancel, "_never_sent", lambda _cancel, job: job.launch_token is None)
    with pytest.raises(AssertionError, match="not within"):
        await under_way.test_p16_a_launch_that_is_refused_after_the_cancel_ends_the_job_at_once(world, monkeypatch)


async def test_p16_without_telling_what_was_overtaken_a_cancel_is_forgotten_for_minutes(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_it_is(job: JobRow, *, cancelled: bool) -> JobRow | None:
        return job if job.status in {JobState.CLAIMED, JobState.CANCELLING} else None

    monkeypatch.setattr(memory_store, "told", as_it_is)
    with pytest.raises(AssertionError, match="not within"):
        await under_way.test_p16_a_cancel_that_a_write_overtakes_before_it_is_read_is_carried_out_at_once(
            world, monkeypatch, 1.5
        )


async def test_p16_without_a_claim_for_what_was_overtaken_a_cancel_waits_for_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = property(lambda _board: set(), lambda _board, _overtaken: None)
    monkeypatch.setattr(Board, "overtaken", nothing, raising=False)
    with pytest.raises(AssertionError, match="not within"):
        await under_way.test_p16_a_cancel_that_a_planned_retry_overtakes_is_carried_out_although_there_is_no_room(
            world, monkeypatch, 7.5
        )


async def test_p16_without_knowing_what_was_sent_the_task_of_a_lost_answer_is_an_orphan(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forgetful(launcher: Launcher, run_task: Mapping[str, Any], *_known: object) -> LaunchAnswer:
        return await launcher.run(run_task)

    monkeypatch.setattr("executor.loops.launch.send", forgetful)
    with pytest.raises(AssertionError):
        await under_way.test_p16_a_task_whose_launch_was_never_answered_is_found_and_stopped(world)


async def test_p16_without_asking_ecs_for_the_task_of_an_intent_it_runs_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing_there(self: Cancel, job: JobRow) -> None:
        self._end(job)

    monkeypatch.setattr(Cancel, "_seek", nothing_there)
    with pytest.raises(AssertionError):
        await under_way.test_p16_a_task_whose_launch_was_never_answered_is_found_and_stopped(world)


async def test_p16_without_looking_at_the_manifest_first_a_report_that_was_made_is_thrown_away(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_by_exit_code(evidence: Evidence) -> bool:
        return succeeded(evidence) and evidence.exit_code == ExitCode.DONE

    monkeypatch.setattr(settle, "succeeded", only_by_exit_code)
    with pytest.raises(AssertionError):
        await cancels.test_p16_a_manifest_that_came_before_the_stop_wins(world, 5.0)


async def test_p15_without_the_executors_own_deadline_a_hanging_runner_runs_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_job: JobRow, _task: TaskView) -> None:
        return None

    monkeypatch.setattr(stopping, "overdue", never)
    with pytest.raises(AssertionError):
        await deadlines.test_p15_a_runner_that_hangs_is_stopped_and_charged_to_the_report(world)


async def test_p13_by_the_executors_own_clock_a_task_is_stopped_early(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = stopping.overdue

    def with_clock_ahead(job: JobRow, task: TaskView) -> StopCause | None:
        at = None if task.seen_at is None else task.seen_at + timedelta(minutes=10)
        return whole(job, replace(task, seen_at=at))

    monkeypatch.setattr(stopping, "overdue", with_clock_ahead)
    with pytest.raises(AssertionError):
        await deadlines.test_p13_an_executor_whose_clock_is_wrong_stops_nothing_early_and_nothing_late(
            world, monkeypatch, 600.0
        )


async def test_p11_without_the_caps_a_type_takes_more_places_than_it_may(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def first_come_first_served(due: Iterable[Asked], *_rules: object) -> list[str]:
        return [asked.request.request_id for asked in due]

    monkeypatch.setattr(memory_store, "choose", first_come_first_served)
    with pytest.raises(AssertionError, match="caps_never_exceeded"):
        await caps.test_p11_the_caps_of_types_and_requesters_hold_and_everything_gets_its_turn(world, Caps(per_type=3))
