"""The failure catalogue: each text is known by its cause, through to the job's row."""

import re
from collections import Counter

import pytest

from contract.outcome import Blame, CodeRan, FailureClass
from contract.policy import RetryPolicy
from contract.states import JobState
from executor.causes import load
from executor.core.causes import CatalogueError, Fault, Retry, Scope, Text, read
from executor.core.failures import Evidence, judge
from executor.core.launch_answers import Errored, Refused, refusal_verdict, understood
from executor.core.settle import refused, settle
from executor.core.tasks import ContainerView, TaskView
from tests.jobs import ARN, NOW, job, stopped

CATALOGUE = load()
TEXTS = CATALOGUE.texts
STOPPED = [text for text in TEXTS if text.scope is Scope.STOPPED]
REFUSALS = [text for text in TEXTS if text.scope in {Scope.RUNTASK_EXCEPTION, Scope.RUNTASK_FAILURE}]
CAUSES = {text.cause.cause_id: text.cause for text in TEXTS}
POLICY = RetryPolicy()


def name(text: Text) -> str:
    return f"{text.scope}-{text.cause.cause_id}"


@pytest.mark.parametrize("text", TEXTS, ids=name)
def test_p9_each_example_is_known_by_its_own_cause(text: Text) -> None:
    assert CATALOGUE.find(text.scope, text.example) is text.cause


@pytest.mark.parametrize("text", STOPPED, ids=name)
def test_p9_each_text_of_a_stopped_task_comes_through_to_the_row(text: Text) -> None:
    cause = text.cause
    ran = cause.code_ran is CodeRan.YES
    task = stopped(
        None if not ran else 1,
        stop_code="EssentialContainerExited" if ran else "TaskFailedToStart",
        stopped_reason=text.example,
        started_at=NOW if ran else None,
    )
    settled = settle(
        job(JobState.LAUNCHED),
        Evidence("report", task, None),
        max_attempts=1,
        policy=POLICY,
        now=NOW,
        dice=0.5,
        catalogue=CATALOGUE,
    )
    assert settled.result is not None
    verdict = settled.result.verdict
    assert verdict is not None
    general = cause.cause_id == "essential_container_exited"
    assert settled.job.cause_id == verdict.cause_id == ("app_error" if general else cause.cause_id)
    assert settled.job.failure_class == verdict.failure_class
    # That one says no more than the exit code beside it.
    assert (text.example.splitlines()[0][:200] in verdict.diagnosis) is not general
    assert verdict.remedy
    if not general and cause.cause_id != "oom":
        assert (verdict.blame, verdict.retry_helps) == (cause.blame, cause.retry is Retry.YES)
        assert verdict.diagnosis.startswith(cause.summary)


@pytest.mark.parametrize("text", REFUSALS, ids=name)
def test_p9_each_refusal_of_runtask_comes_through_to_the_row(text: Text) -> None:
    code, _, message = text.example.partition(": ")
    said = Errored(code, message, 400) if text.scope is Scope.RUNTASK_EXCEPTION else Refused(text.example)
    answer = understood(said, CATALOGUE)
    if not isinstance(answer, Refused):
        # It is sent again with the same bytes: no fault of the request, and no end of the job.
        assert text.cause.blame is Blame.NOBODY or text.cause.code_ran is not CodeRan.NO
        return
    row = refused(job(), refusal_verdict(answer, CATALOGUE), policy=POLICY, now=NOW, dice=0.5).job
    assert row.cause_id == text.cause.cause_id
    assert row.failure_class
    assert (row.status is JobState.RETRY_WAIT) == (text.cause.retry is Retry.YES)
    assert row.infra_failures == (text.cause.blame is Blame.INFRASTRUCTURE)
    assert row.user_failures == 0


@pytest.mark.parametrize("cause_id", sorted(CAUSES))
def test_p9_each_cause_says_what_and_what_to_do(cause_id: str) -> None:
    cause = CAUSES[cause_id]
    assert re.fullmatch(r"[a-z][a-z0-9_]*", cause_id)
    for says in (cause.summary, cause.remedy):
        assert re.fullmatch(r"[A-Z].*[.]", says), says
        assert len(says) <= 250


def test_a_text_nobody_knows_is_kept_and_judged_by_stop_code_and_exit_code() -> None:
    says = "QuantumDecoherenceError: the cat is both"
    task = TaskView(ARN, "STOPPED", stop_code="TaskFailedToStart", stopped_reason=says)
    verdict = judge(Evidence("report", task, None), CATALOGUE)
    assert (verdict.failure_class, verdict.cause_id) == (FailureClass.START_FAILED, "start_failed")
    assert (verdict.blame, verdict.retry_helps, verdict.code_ran) == (Blame.INFRASTRUCTURE, True, CodeRan.NO)
    assert says in verdict.diagnosis
    ran = judge(Evidence("report", stopped(200, stopped_reason=says), None), CATALOGUE)
    assert (ran.failure_class, ran.cause_id) == (FailureClass.CRASHED, "signal_other")
    assert says in ran.diagnosis


def test_an_exit_code_of_the_contract_is_not_second_guessed_by_texts() -> None:
    task = stopped(12, container_reason="ResourceInitializationError: whatever")
    assert judge(Evidence("report", task, None), CATALOGUE).failure_class is FailureClass.QUERY_FAILED


def test_a_free_text_of_whoever_stopped_the_task_is_not_taken_for_a_cause() -> None:
    task = stopped(137, stop_code="UserInitiated", stopped_reason="image not found was the wrong guess, I restart it")
    verdict = judge(Evidence("report", task, None), CATALOGUE)
    assert (verdict.failure_class, verdict.cause_id) == (FailureClass.STOPPED, "stopped_by_user")


@pytest.mark.parametrize(
    ("log_tail", "cause_id", "failure_class"),
    [
        ("ModuleNotFoundError: No module named 'polars'", "python_import_error", FailureClass.CRASHED),
        ("MemoryError", "oom", FailureClass.OUT_OF_MEMORY),
        ("An error occurred (AccessDenied) when calling the PutObject operation: Access Denied", "s3_put_denied", None),
        ("Segmentation something", "app_error", FailureClass.CRASHED),
        (None, "app_error", FailureClass.CRASHED),
    ],
)
def test_the_last_lines_of_the_log_say_more_than_exit_code_1(
    log_tail: str | None, cause_id: str, failure_class: FailureClass | None
) -> None:
    verdict = judge(Evidence("report", stopped(1), None, log_tail), CATALOGUE)
    assert verdict.cause_id == cause_id
    assert verdict.failure_class == (failure_class or FailureClass.S3_UNWRITABLE)


def test_the_reason_of_the_container_counts_as_that_of_the_task_does() -> None:
    task = TaskView(
        ARN,
        "STOPPED",
        stop_code="TaskFailedToStart",
        stopped_reason="Task failed to start",
        containers=(ContainerView("report", None, "CannotPullContainerError: r:1: not found"),),
    )
    verdict = judge(Evidence("report", task, None), CATALOGUE)
    assert (verdict.cause_id, verdict.start_up, verdict.retry_helps) == ("image_not_found", True, False)


def test_only_what_keeps_every_job_from_starting_is_counted_against_the_deployment() -> None:
    start_up = {cause_id for cause_id, cause in CAUSES.items() if cause.start_up}
    assert {"image_not_found", "secret_not_found", "task_definition_missing", "log_group_missing"} <= start_up
    assert not {"oom", "vcpu_quota", "fargate_capacity", "bad_cpu_memory_pair", "spot_interruption"} & start_up


def test_what_costs_nothing_can_be_tried_again() -> None:
    patient = [cause for cause in CAUSES.values() if cause.fault is Fault.NOBODY and cause.code_ran is CodeRan.NO]
    assert patient
    assert all(cause.retry is Retry.YES for cause in patient)


def test_the_general_text_stands_behind_the_special_ones() -> None:
    assert Counter(text.scope for text in TEXTS)[Scope.STOPPED] == 95
    general_first = type(CATALOGUE)((STOPPED[-1], *STOPPED))
    wrong = [t for t in STOPPED if general_first.find(t.scope, f"{t.example} Essential container in task exited")]
    assert any(general_first.find(t.scope, t.example) is t.cause for t in wrong)


CAUSE_LINE = (
    "cause_id\tfamily\tfault\tretry\tcode_ran\tfailure_class\tsummary\tremedy\nx\tdns\tcloud\tyes\tno\t-\tS.\tR."
)
TEXT_HEAD = "scope\tregex\tcause_id\tcertainty\tconfidence\tsource\texample\n"


@pytest.mark.parametrize(
    ("causes", "texts", "says"),
    [
        (CAUSE_LINE.replace("cloud", "moon"), TEXT_HEAD, "causes, line 2"),
        (CAUSE_LINE.replace("dns", "phone"), TEXT_HEAD, "causes, line 2"),
        (CAUSE_LINE + "\n" + CAUSE_LINE.splitlines()[1], TEXT_HEAD, "causes, line 3: x stands there twice"),
        (CAUSE_LINE, TEXT_HEAD + "stopped\t(\tx\tcertain\tdoc\ts\te", "texts, line 2"),
        (CAUSE_LINE, TEXT_HEAD + "stopped\ta\ty\tcertain\tdoc\ts\te", "texts, line 2: 'y'"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(causes: str, texts: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=says):
        read(causes, texts)
