"""When a task is stopped, and how that is recognised."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contract.states import JobState
from executor.core.stopping import WATCHDOG_GRACE_S, StopCause, cause_in, overdue, stop_reason
from executor.core.tasks import TaskView
from tests.jobs import ARN, NOW, job, stopped

DEADLINE = NOW + timedelta(minutes=10)


def seen(after_s: float, status: str = "RUNNING") -> TaskView:
    started_at = NOW if status == "RUNNING" else None
    return TaskView(ARN, status, started_at=started_at, seen_at=DEADLINE + timedelta(seconds=after_s))


@pytest.mark.parametrize(
    ("state", "task", "cause"),
    [
        (JobState.RUNNING, seen(WATCHDOG_GRACE_S - 1), None),
        (JobState.RUNNING, seen(WATCHDOG_GRACE_S), StopCause.DEADLINE),
        (JobState.RUNNING, replace(seen(600), seen_at=None), None),
        (JobState.RUNNING, seen(600, "STOPPED"), None),
        (JobState.LAUNCHED, seen(-1, "PENDING"), None),
        (JobState.LAUNCHED, seen(0, "PENDING"), StopCause.START_DEADLINE),
        (JobState.LAUNCHED, seen(600), None),
        (JobState.CANCELLING, seen(600), None),
    ],
)
def test_p15_a_task_is_overdue_by_the_clock_of_ecs_alone(
    state: JobState, task: TaskView, cause: StopCause | None
) -> None:
    assert overdue(job(state, deadline_at=DEADLINE, start_deadline_at=DEADLINE), task) is cause


def test_a_job_without_a_deadline_is_never_overdue() -> None:
    assert overdue(job(JobState.RUNNING), seen(10**6)) is None


@pytest.mark.parametrize("cause", StopCause)
def test_our_own_stops_are_recognised_and_nobody_elses(cause: StopCause) -> None:
    assert stop_reason(cause).startswith("reporting: ")
    assert cause_in(stopped(143, stopped_reason=stop_reason(cause)).stopped_reason) is cause
    assert cause_in("Task stopped by user") is None
    assert cause_in(None) is None
