"""From the evidence to the verdict: one case at least for each class, with texts seen in the field."""

import re
from pathlib import Path

import pytest

from contract.manifest import Manifest, ReportFailure
from contract.outcome import Blame, CodeRan, FailureClass, Verdict
from executor.causes import load
from executor.core.causes import Scope
from executor.core.failures import Evidence, judge, succeeded
from executor.core.launch_answers import Refused, refusal_verdict
from executor.core.stopping import StopCause, stop_reason
from executor.core.tasks import ContainerView, TaskView
from tests.jobs import ARN, NOW, stopped

ROOT = Path(__file__).parents[3]


def manifest(status: str = "succeeded", exit_code: int = 0) -> Manifest:
    return Manifest.model_validate(
        {"status": status, "exit_code": exit_code, "job_id": "j", "attempt": 1, "report_type": "T", "report_version": 1}
        | {"trace_id": "t", "task_arn": ARN, "started_at": NOW, "finished_at": NOW}
        | {"seconds": 1.0, "cpu_seconds": 1.0, "peak_memory_mb": 1.0}
    )


def never_started(reason: str) -> TaskView:
    return TaskView(
        ARN, "STOPPED", stop_code="TaskFailedToStart", stopped_reason=reason, containers=(ContainerView("report"),)
    )


def verdict(task: TaskView | None, left: Manifest | None = None) -> Verdict:
    return judge(Evidence("report", task, left), load())


SPOT = stopped(143, stop_code="SpotInterruption", stopped_reason="Your Spot Task was interrupted.")
BY_USER = stopped(143, stop_code="UserInitiated", stopped_reason="Task stopped by user")
MEMORY = stopped(137, container_reason="OutOfMemoryError: Container killed due to memory usage")
CASES = {
    FailureClass.REPORT_ERROR: verdict(stopped(10)),
    FailureClass.BAD_PARAMETERS: verdict(stopped(11)),
    FailureClass.QUERY_FAILED: verdict(stopped(12)),
    FailureClass.SNOWFLAKE_UNREACHABLE: verdict(stopped(13)),
    FailureClass.S3_UNWRITABLE: verdict(stopped(14)),
    FailureClass.DEADLINE: verdict(stopped(15)),
    FailureClass.START_DEADLINE: verdict(stopped(None, stopped_reason=stop_reason(StopCause.START_DEADLINE))),
    FailureClass.OUT_OF_MEMORY: verdict(MEMORY),
    FailureClass.NO_MANIFEST: verdict(stopped(0)),
    FailureClass.STOPPED: verdict(BY_USER),
    FailureClass.START_FAILED: verdict(
        never_started(
            "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref r:latest"
        )
    ),
    FailureClass.LAUNCH_REFUSED: refusal_verdict(
        Refused("ClusterNotFoundException: Cluster not found.", permanent=True, said_as=Scope.RUNTASK_EXCEPTION), load()
    ),
    FailureClass.CAPACITY: refusal_verdict(
        Refused("Capacity is unavailable at this time. Please try again later or in a different availability zone"),
        load(),
    ),
    FailureClass.THROTTLED: verdict(never_started("CannotPullContainerError: toomanyrequests: Rate exceeded")),
    FailureClass.SPOT_INTERRUPTION: verdict(SPOT),
    FailureClass.LOST: verdict(None),
    FailureClass.NEVER_RAN: judge(Evidence("report", None, None, code_ran=False)),
    FailureClass.FILES_MISSING: judge(Evidence("report", stopped(0), manifest(), wrong_files=("a.csv is not there",))),
    FailureClass.CRASHED: verdict(stopped(139)),
}
REPORT = {"REPORT_ERROR", "BAD_PARAMETERS", "QUERY_FAILED", "DEADLINE", "OUT_OF_MEMORY", "NO_MANIFEST", "CRASHED"} | {
    "FILES_MISSING"
}
FINAL = {"BAD_PARAMETERS", "QUERY_FAILED", "OUT_OF_MEMORY", "LAUNCH_REFUSED"}


@pytest.mark.parametrize("failure_class", FailureClass)
def test_p9_each_class_is_recognised_and_says_why_and_what_to_do(failure_class: FailureClass) -> None:
    found = CASES[failure_class]
    assert found.failure_class is failure_class
    assert found.diagnosis
    assert found.remedy
    assert (found.blame is Blame.REPORT) == (failure_class in REPORT)
    assert found.retry_helps == (failure_class not in FINAL)


@pytest.mark.parametrize("failure_class", FailureClass)
def test_the_reference_page_says_of_each_class_what_the_code_does(failure_class: FailureClass) -> None:
    page = (ROOT / "docs/reference/failures.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| `{failure_class}` \|(.*)\|$", page, re.MULTILINE)
    _, budget, retried, remedy = (cell.strip() for cell in row.split("|"))
    assert budget == CASES[failure_class].blame
    assert remedy
    if failure_class is not FailureClass.LAUNCH_REFUSED:
        otherwise = "with more memory" if CASES[failure_class].with_change else "no"
        assert retried == ("yes" if CASES[failure_class].retry_helps else otherwise)


@pytest.mark.parametrize(
    ("reason", "failure_class"),
    [
        ("ResourceInitializationError: unable to pull secrets or registry auth", FailureClass.START_FAILED),
        ("Timeout waiting for network interface provisioning to complete.", FailureClass.START_FAILED),
        ("CannotPullContainerError: pull image manifest has been retried 5 time(s): EOF", FailureClass.START_FAILED),
    ],
)
def test_p8_a_task_that_never_started_is_the_clouds_fault(reason: str, failure_class: FailureClass) -> None:
    found = verdict(never_started(reason))
    assert (found.failure_class, found.blame, found.retry_helps) == (failure_class, Blame.INFRASTRUCTURE, True)
    assert reason in found.diagnosis


@pytest.mark.parametrize(
    ("reason", "failure_class"),
    [
        ("TaskFailedToStart: RESOURCE:CPU", FailureClass.CAPACITY),
        ("Rate limit exceeded while preparing network interface to be attached to instance", FailureClass.THROTTLED),
        ("CannotPullContainerError: toomanyrequests: You have reached your pull rate limit.", FailureClass.THROTTLED),
    ],
)
def test_p8_p12_no_room_and_throttles_are_nobodys_fault(reason: str, failure_class: FailureClass) -> None:
    found = verdict(never_started(reason))
    assert (found.failure_class, found.blame, found.retry_helps) == (failure_class, Blame.NOBODY, True)


def test_a_failed_manifest_beside_exit_code_zero_says_what_failed() -> None:
    failed = manifest().model_copy(update={"status": "failed", "exit_code": 12})
    assert judge(Evidence("report", stopped(0), failed)).failure_class is FailureClass.QUERY_FAILED


def test_what_ecs_says_is_told_once() -> None:
    pull = "CannotPullContainerError: pull image manifest has been retried 5 time(s): not found"
    container = ContainerView("report", reason=pull)
    task = TaskView(ARN, "STOPPED", stop_code="TaskFailedToStart", stopped_reason=pull, containers=(container,))
    assert verdict(task).diagnosis.count("CannotPullContainerError") == 1
    general = "Essential container in task exited"
    assert "ECS says" not in verdict(stopped(1, stopped_reason=general)).diagnosis
    without_code = verdict(stopped(None, stop_code="EssentialContainerExited", stopped_reason=general))
    assert f"ECS says: {general}" in without_code.diagnosis  # it is all there is


def said(remedy: str | None, *, retry_helps: bool | None = None) -> Manifest:
    failure = ReportFailure(kind="K", message="m", remedy=remedy, retry_helps=retry_helps)
    return manifest("failed", 13).model_copy(update={"failure": failure})


def test_p9_what_the_container_says_to_do_goes_before_what_its_exit_code_says() -> None:
    in_general = verdict(stopped(13), said(None))
    own = verdict(stopped(13), said("open\nport 443", retry_helps=False))
    assert (own.remedy, own.retry_helps, in_general.retry_helps) == ("open port 443", False, True)
    assert own.failure_class is in_general.failure_class is FailureClass.SNOWFLAKE_UNREACHABLE
    assert in_general.remedy == verdict(stopped(13)).remedy


def test_p9_the_message_of_a_failed_query_names_the_cause_and_the_exit_code_keeps_the_class() -> None:
    left = said(None).model_copy(update={"exit_code": 12})
    assert left.failure is not None
    message = "002003 (42S02): SQL compilation error: Object 'SALES' does not exist or not authorized."
    named = left.model_copy(update={"failure": left.failure.model_copy(update={"message": message})})
    plain, found = verdict(stopped(12), left), verdict(stopped(12), named)
    assert (plain.cause_id, found.cause_id) == ("query_failed", "snowflake_object_missing")
    assert (found.failure_class, found.blame, found.retry_helps) == (
        plain.failure_class,
        plain.blame,
        plain.retry_helps,
    )
    assert "does not exist, or the role may not see it" in found.diagnosis
    assert "USAGE" in found.remedy
    own = named.model_copy(update={"failure": ReportFailure(kind="K", message=message, remedy="ask Ann")})
    assert verdict(stopped(12), own).remedy == "ask Ann"


def test_p9_every_cause_that_a_verdict_names_stands_in_the_catalogue() -> None:
    known = {cause.cause_id for cause in load().causes}
    assert {found.cause_id for found in CASES.values()} <= known


def test_what_the_container_said_is_nothing_beside_a_cause_that_ended_it() -> None:
    assert "open port" not in verdict(MEMORY, said("open port 443")).remedy
    assert "open port" not in verdict(SPOT, said("open port 443", retry_helps=False)).remedy
    assert verdict(SPOT, said("open port 443", retry_helps=False)).retry_helps


def test_the_exit_code_of_a_sidecar_is_not_the_reports() -> None:
    task = stopped(1, containers=(ContainerView("sidecar", 0), ContainerView("report", 12)))
    assert verdict(task).failure_class is FailureClass.QUERY_FAILED


def test_a_missing_exit_code_is_never_a_success() -> None:
    task = stopped(None)
    assert not succeeded(Evidence("report", task, None))
    assert verdict(task).failure_class is FailureClass.LOST


def test_success_needs_a_manifest_that_says_so() -> None:
    assert succeeded(Evidence("report", stopped(0), manifest()))
    assert not succeeded(Evidence("report", stopped(0), None))
    assert not succeeded(Evidence("report", stopped(0), manifest("failed", 10)))


@pytest.mark.parametrize("task", [stopped(1), stopped(None), SPOT, BY_USER, MEMORY])
def test_p6_what_was_finished_counts_however_the_container_ended_afterwards(task: TaskView) -> None:
    assert succeeded(Evidence("report", task, manifest()))


def test_p4_a_manifest_whose_files_are_not_as_it_says_is_no_success() -> None:
    left = manifest()
    lie = Evidence("report", stopped(0), left, wrong_files=tuple(f"f{n}.csv is not there" for n in range(5)))
    assert not succeeded(lie)
    assert "f0.csv is not there; f1.csv is not there; f2.csv is not there; 2 more." in judge(lie).diagnosis


def test_p6_a_forgotten_task_without_a_start_marker_never_ran_and_one_with_it_is_lost() -> None:
    found = [judge(Evidence("report", None, None, code_ran=ran)).failure_class for ran in (False, True, None)]
    assert found == [FailureClass.NEVER_RAN, FailureClass.LOST, FailureClass.LOST]


def test_p6_a_forgotten_task_is_judged_by_its_manifest() -> None:
    assert succeeded(Evidence("report", None, manifest()))
    assert verdict(None, manifest("failed", 12)).failure_class is FailureClass.QUERY_FAILED


@pytest.mark.parametrize("exit_code", [None, 15, 137, 143])
def test_p15_a_task_that_we_stopped_at_its_deadline_is_charged_to_the_report_whatever_it_ended_with(
    exit_code: int | None,
) -> None:
    found = verdict(stopped(exit_code, stop_code="UserInitiated", stopped_reason=stop_reason(StopCause.DEADLINE)))
    assert (found.failure_class, found.blame) == (FailureClass.DEADLINE, Blame.REPORT)


def test_a_task_that_we_stopped_before_it_began_does_not_say_that_tasks_run() -> None:
    cancelled = verdict(stopped(None, stop_code="UserInitiated", stopped_reason=stop_reason(StopCause.CANCELLED)))
    late = verdict(stopped(None, stop_code="UserInitiated", stopped_reason=stop_reason(StopCause.START_DEADLINE)))
    assert (cancelled.code_ran, cancelled.start_up) == (CodeRan.MAYBE, False)
    assert (late.code_ran, late.start_up) == (CodeRan.NO, True)
