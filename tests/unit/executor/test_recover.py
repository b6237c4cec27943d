"""What a job's state was, from what its attempts left in S3."""

from datetime import date
from typing import Any

import pytest

from contract.events import JobEvent
from contract.ids import calendar_job_id, result_prefix
from contract.manifest import Manifest, ReportFailure, StartMarker
from contract.states import JobState
from executor.core.recover import Attempt, Folder, Rebuilt, backfills, folder_of, rebuilt
from executor.recovery.carrying_out import HOLDER, RecoveryError, carry_out
from executor.recovery.plan import Plan
from tests.jobs import ARN, NOW, job
from tests.unit.executor.test_failures import manifest

FAILURE = ReportFailure(kind="QueryFailed", message="no such table")


def failed_with(exit_code: int) -> Manifest:
    return manifest("failed", exit_code).model_copy(update={"failure": FAILURE})


def failed() -> Manifest:
    return failed_with(12)


def left(number: int, found: Manifest | None, *wrong: str, arn: str = ARN) -> Attempt:
    return Attempt(number, f"s3://b/{number}/", StartMarker(task_arn=arn, started_at=NOW), found, wrong)


def told(*attempts: Attempt, cancelled: bool = False) -> Rebuilt:
    return rebuilt(job(JobState.QUEUED), attempts, cancelled=cancelled)


def test_an_attempt_that_failed_before_one_that_succeeded_is_counted_and_told() -> None:
    found = told(left(1, failed()), left(2, manifest()))
    assert (found.job.status, found.job.attempt, found.job.user_failures) == (JobState.SUCCEEDED, 2, 1)
    assert (found.job.result_uri, found.job.failure_class) == ("s3://b/2/", None)
    assert [one.attempt for one in found.results] == [1, 2]
    assert [(one.attempt, one.event) for one in found.events] == [
        (1, JobEvent.STARTED),
        (1, JobEvent.RETRY_PLANNED),
        (2, JobEvent.STARTED),
        (2, JobEvent.SUCCEEDED),
    ]


def test_p4_a_manifest_whose_files_are_not_there_makes_no_job_succeeded() -> None:
    found = told(left(1, manifest(), "report.csv is not there"))
    assert found.job.status is JobState.FAILED
    assert found.results[0].verdict is not None
    assert "report.csv is not there" in found.results[0].verdict.diagnosis


def test_a_failure_that_may_be_tried_for_ever_comes_back_as_an_end() -> None:
    for code in (10, 12, 13, 14, 15, 143):
        found = told(left(1, failed_with(code)))
        assert (code, found.job.status) == (code, JobState.FAILED)
        assert found.job.finished_at == failed().finished_at


def test_a_cancel_ends_what_failed_and_not_what_succeeded() -> None:
    assert told(left(1, failed()), cancelled=True).job.status is JobState.CANCELLED
    assert told(left(1, manifest()), cancelled=True).job.status is JobState.SUCCEEDED


@pytest.mark.parametrize("cancelled", [False, True])
def test_p7_a_task_that_may_live_is_kept_with_its_attempt(cancelled: bool) -> None:
    found = told(left(1, failed()), left(2, None), cancelled=cancelled)
    assert (found.job.status, found.job.attempt, found.job.task_arn) == (JobState.LAUNCHED, 2, ARN)
    assert (found.job.launched_at, found.job.finished_at, found.job.failure_class) == (NOW, None, None)


def test_p2_a_task_that_left_no_arn_is_looked_for_before_anything_is_launched() -> None:
    found = told(left(3, None, arn="my-container"))
    assert (found.job.status, found.job.attempt, found.job.task_arn) == (JobState.CLAIMED, 3, None)


def test_a_folder_is_known_by_the_files_of_the_contract_alone() -> None:
    prefix = result_prefix("SALES_REPORT", date(2026, 3, 1), "job-1", 2)
    for name in ("started.json", "manifest.json", "failure.json"):
        assert folder_of(prefix + name) == Folder(prefix, "SALES_REPORT", date(2026, 3, 1), "job-1", 2)
    adhoc = folder_of(result_prefix("SALES_REPORT", None, "job-1", 1) + "manifest.json")
    assert adhoc is not None
    assert adhoc.business_date is None
    for key in (prefix + "report.csv", prefix + "startedXjson", "reports/SALES_REPORT/latest.json"):
        assert folder_of(key) is None
    assert folder_of("reports/SALES_REPORT/2026-13-01/job-1/1/manifest.json") is None


def test_backfills_are_offered_for_reports_of_this_installation_that_nobody_asked_for_any_more() -> None:
    first, last = date(2026, 2, 23), date(2026, 3, 1)

    def of(installation: str) -> Folder:
        return Folder("p/", "WEEKLY", last, calendar_job_id(installation, "WEEKLY", first), 1)

    call = "CALL backfill_reports('WEEKLY', '2026-02-23'::DATE, '2026-03-01'::DATE);"
    assert backfills([of("ours"), of("ours")], frozenset(), "ours") == (call,)
    assert backfills([of("theirs")], frozenset(), "ours") == ()
    assert backfills([of("ours")], frozenset({of("ours").job_id}), "ours") == ()
    assert backfills([Folder("p/", "WEEKLY", None, "job-1", 1)], frozenset(), "ours") == ()


class Rivals:
    """A queue whose leader row says what it is told to, look by look, and which adds nothing."""

    def __init__(self, *leaders: tuple[int, str]) -> None:
        self.leaders, self.sent = list(leaders), list[str]()

    def rows(self, name: str, **_values: object) -> list[dict[str, Any]]:
        self.sent.append(name)
        if name == "leader":
            fence, holder = self.leaders.pop(0)
            return [{"fence": fence, "holder": holder}]
        return [{"number of rows inserted": 0}]


@pytest.mark.parametrize(
    ("leaders", "says", "writes"),
    [
        ([(8, "an executor")], "nothing was put back", False),
        ([(8, HOLDER), (9, "an executor")], "0 of 1 states", True),
    ],
)
def test_p3_an_executor_that_takes_the_queue_back_is_told_of(
    leaders: list[tuple[int, str]],
    says: str,
    writes: bool,
) -> None:
    queue = Rivals(*leaders)
    plan = Plan(7, (told(left(1, manifest())),), (), ())
    with pytest.raises(RecoveryError, match=says):
        carry_out(queue, plan)
    assert ("recover_state" in queue.sent, "recover_leader" in queue.sent) == (writes, False)
