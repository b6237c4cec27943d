"""What becomes of a job when its attempt has ended."""

from datetime import timedelta

import pytest

from contract.events import JobEvent
from contract.job import JobRow
from contract.manifest import ReportFailure
from contract.outcome import Blame, FailureClass, Verdict
from contract.policy import Limits, RetryPolicy
from contract.states import JobState
from executor.core.backoff import delay_s
from executor.core.budget import after_failure
from executor.core.capacity import room_to_claim
from executor.core.failures import Evidence
from executor.core.launch_answers import Refused, refusal_verdict
from executor.core.settle import Settlement, event, refused, settle
from executor.core.tasks import TaskView
from tests.jobs import NOW, job, stopped
from tests.unit.executor.test_failures import manifest

POLICY = RetryPolicy(max_infra_failures=2, first_delay_s=5, max_delay_s=60)
SPOT = stopped(143, stop_code="SpotInterruption")


def outcome(row: JobRow, task: TaskView | None, *, max_attempts: int = 3, log_tail: str | None = None) -> Settlement:
    evidence = Evidence("report", task, manifest() if task and task.containers[0].exit_code == 0 else None, log_tail)
    return settle(row, evidence, max_attempts=max_attempts, policy=POLICY, now=NOW + timedelta(minutes=1), dice=0.5)


@pytest.mark.parametrize("state", [JobState.LAUNCHED, JobState.RUNNING, JobState.CANCELLING])
def test_a_manifest_and_exit_code_0_make_a_job_succeeded_from_wherever_it_was_seen_last(state: JobState) -> None:
    done = outcome(job(state), stopped(0))
    assert (done.job.status, done.job.failure_class, done.due_in_s) == (JobState.SUCCEEDED, None, None)
    assert done.job.finished_at == NOW
    assert done.result is not None
    assert done.result.exit_code == 0
    assert [entry.event for entry in done.events] == [JobEvent.SUCCEEDED]


def test_a_reports_own_failure_uses_one_of_its_attempts_and_waits() -> None:
    waiting = outcome(job(JobState.RUNNING), stopped(10), log_tail="Traceback")
    assert (waiting.job.status, waiting.job.user_failures, waiting.job.infra_failures) == (JobState.RETRY_WAIT, 1, 0)
    assert waiting.job.finished_at is None
    assert waiting.due_in_s is not None
    assert waiting.result is not None
    assert waiting.result.log_tail == "Traceback"
    assert waiting.job.progress > job(JobState.RUNNING).progress


def test_the_last_attempt_ends_the_job_with_cause_and_remedy() -> None:
    ended = outcome(job(JobState.RUNNING, user_failures=2, attempt=3), stopped(10))
    assert (ended.job.status, ended.job.failure_class) == (JobState.FAILED, FailureClass.REPORT_ERROR)
    assert ended.result is not None
    assert ended.result.verdict is not None
    assert ended.result.verdict.remedy


def test_what_a_retry_cannot_help_ends_the_job_at_once() -> None:
    assert outcome(job(JobState.RUNNING), stopped(12)).job.status is JobState.FAILED


def test_p8_an_interruption_uses_the_clouds_budget_only() -> None:
    waiting = outcome(job(JobState.RUNNING, user_failures=2), SPOT)
    assert (waiting.job.status, waiting.job.user_failures, waiting.job.infra_failures) == (JobState.RETRY_WAIT, 2, 1)


def test_p10_the_clouds_budget_ends_too() -> None:
    assert outcome(job(JobState.RUNNING, infra_failures=1), SPOT).job.status is JobState.RETRY_WAIT
    assert outcome(job(JobState.RUNNING, infra_failures=2), SPOT).job.status is JobState.FAILED


def test_p16_a_cancelled_job_is_cancelled_when_its_task_has_stopped_whatever_its_exit_code() -> None:
    for task in (stopped(143, stop_code="UserInitiated"), stopped(10), None):
        cancelled = outcome(job(JobState.CANCELLING), task)
        assert (cancelled.job.status, cancelled.due_in_s) == (JobState.CANCELLED, None)
        assert cancelled.job.user_failures == 0
        assert cancelled.job.finished_at is not None


def test_a_refused_launch_waits_on_the_same_attempt() -> None:
    verdict = refusal_verdict(Refused("Capacity is unavailable at this time"))
    waiting = refused(job(), verdict, policy=POLICY, now=NOW, dice=0.0)
    assert (waiting.job.status, waiting.job.attempt, waiting.result) == (JobState.RETRY_WAIT, 1, None)
    assert waiting.due_in_s == 2.5


def test_p8_a_refused_launch_does_not_end_a_job_that_failed_by_itself_before() -> None:
    verdict = refusal_verdict(Refused("Capacity is unavailable at this time"))
    waiting = refused(job(user_failures=1, attempt=2), verdict, policy=POLICY, now=NOW, dice=0.0)
    assert waiting.job.status is JobState.RETRY_WAIT


def test_p9_a_launch_that_is_wrong_in_itself_ends_the_job_with_the_reason() -> None:
    verdict = refusal_verdict(Refused("InvalidParameterException: no such subnet", permanent=True))
    ended = refused(job(), verdict, policy=POLICY, now=NOW, dice=0.0)
    assert (ended.job.status, ended.job.finished_at) == (JobState.FAILED, NOW)
    assert ended.result is not None
    assert ended.result.verdict is not None
    assert "no such subnet" in ended.result.verdict.diagnosis


def test_the_same_step_of_the_same_try_is_the_same_event() -> None:
    first, again = event(job(), JobEvent.LAUNCHED, NOW), event(job(), JobEvent.LAUNCHED, NOW + timedelta(1))
    assert first.event_id == again.event_id
    assert event(job(launch_try=2), JobEvent.LAUNCHED, NOW).event_id != first.event_id
    assert event(job(), JobEvent.LAUNCHED, NOW, task_arn=None, note="x").detail == {"note": "x"}


def test_long_texts_are_cut_to_what_a_row_takes() -> None:
    result = outcome(job(JobState.RUNNING), stopped(10), log_tail="ä" * 10_000 + "the end").result
    assert result is not None
    assert result.log_tail is not None
    assert len(result.log_tail.encode()) <= 4_096
    assert result.log_tail.endswith("the end")


def test_delays_double_up_to_the_cap_and_are_spread_over_their_upper_half() -> None:
    assert [delay_s(POLICY, failures, 0.0) for failures in (1, 2, 3, 4, 5, 99)] == [2.5, 5, 10, 20, 30, 30]
    assert delay_s(POLICY, 1, 0.999) < 5
    assert delay_s(POLICY, 10_000, 0.5) == 45


@pytest.mark.parametrize(
    ("blame", "user", "infra", "may_retry"),
    [
        (Blame.REPORT, 1, 0, True),
        (Blame.REPORT, 2, 9, True),
        (Blame.REPORT, 3, 0, False),
        (Blame.INFRASTRUCTURE, 0, 2, True),
        (Blame.INFRASTRUCTURE, 9, 2, True),
        (Blame.INFRASTRUCTURE, 0, 3, False),
        (Blame.NOBODY, 9, 9, True),
    ],
)
def test_only_the_budget_that_is_charged_can_be_used_up(blame: Blame, user: int, infra: int, may_retry: bool) -> None:
    before = job(user_failures=user - (blame is Blame.REPORT), infra_failures=infra - (blame is Blame.INFRASTRUCTURE))
    verdict = Verdict(
        failure_class=FailureClass.CRASHED, cause_id="x", blame=blame, retry_helps=True, diagnosis="d", remedy="r"
    )
    spent = after_failure(before, verdict, 3, POLICY)
    assert (spent.user_failures, spent.infra_failures, spent.may_retry) == (user, infra, may_retry)
    assert not after_failure(before, verdict.model_copy(update={"retry_helps": False}), 3, POLICY).may_retry


def test_p11_there_is_never_more_room_than_the_cap_leaves() -> None:
    limits = Limits(max_running=10, max_claim=4)
    assert [room_to_claim(limits, running) for running in (0, 5, 7, 10, 12)] == [4, 4, 3, 0, 0]


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("invalid identifier 'COLOUR'", "query top: invalid identifier 'COLOUR' (query id 01-2)"),
        ("query topmost is not this one", "query top: query topmost is not this one (query id 01-2)"),
        (
            "query top: total sum of column a needs numbers",
            "query top: total sum of column a needs numbers (query id 01-2)",
        ),
        ("cannot write query top as xlsx: full", "cannot write query top as xlsx: full (query id 01-2)"),
    ],
)
def test_the_error_of_a_query_names_the_query_once(message: str, says: str) -> None:
    failure = ReportFailure(kind="ProgrammingError", message=message, query="top", query_id="01-2")
    left = manifest("failed", 12).model_copy(update={"failure": failure})
    done = settle(
        job(JobState.RUNNING), Evidence("report", stopped(12), left), max_attempts=1, policy=POLICY, now=NOW, dice=0.5
    )
    assert done.result is not None
    assert done.result.error == says
