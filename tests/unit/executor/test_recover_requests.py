"""What was asked for, from what its attempts left in S3, when the intake is lost, too."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from contract.ids import calendar_job_id, result_prefix
from contract.manifest import Manifest, StartMarker
from contract.states import JobState
from executor.core.causes import EMPTY
from executor.core.recover import Attempt, Folder
from executor.core.recover_requests import between, is_of_the_calendar, request_again
from executor.recovery.carrying_out import Done, carry_out
from executor.recovery.plan import Plan, planned
from executor.recovery.traces import Traces
from tests.jobs import ARN, NOW
from tests.unit.executor.test_failures import manifest

DAY = date(2026, 3, 1)
CALENDAR = calendar_job_id("ours", "SALES_REPORT", DAY)
SO_FAR = calendar_job_id("ours", "SALES_REPORT", DAY, date(2026, 3, 5))


def folder(job_id: str, attempt: int = 1, day: date | None = DAY, report_type: str = "SALES_REPORT") -> Folder:
    return Folder(result_prefix(report_type, day, job_id, attempt), report_type, day, job_id, attempt)


def ended(of: Folder, **other: Any) -> Manifest:
    return manifest().model_copy(update={"job_id": of.job_id, "attempt": of.attempt, "files": (), **other})


def left(found: Manifest | None, started_at: datetime = NOW) -> Attempt:
    return Attempt(1, "s3://b/1/", StartMarker(task_arn=ARN, started_at=started_at), found)


def test_the_calendar_of_this_installation_is_known_by_its_ids() -> None:
    for job_id in (CALENDAR, SO_FAR):
        assert is_of_the_calendar(folder(job_id), "ours")
        assert not is_of_the_calendar(folder(job_id), "theirs")
    for job_id in ("job-1", CALENDAR.replace("2026-03-01", "2026-13-01"), CALENDAR[:-1] + "x"):
        assert not is_of_the_calendar(folder(job_id), "ours")


def test_a_request_says_what_its_manifest_says_and_when_it_first_started() -> None:
    last = ended(folder("job-1", 2), report_version=7, trace_id="t-7")
    found = request_again(folder("job-1"), [left(ended(folder("job-1"))), left(last, NOW - timedelta(hours=1))], "r-1")
    assert found is not None
    assert (found.request_id, found.job_id, found.report_version, found.trace_id) == ("r-1", "job-1", 7, "t-7")
    assert (found.business_date, found.params, found.enqueued_at) == (DAY, {}, NOW - timedelta(hours=1))


def test_p7_nothing_is_made_up_for_a_job_that_may_be_alive() -> None:
    assert request_again(folder("job-1"), [left(ended(folder("job-1"))), left(None)], "r-1") is None


def test_what_is_missing_between_the_first_and_the_last_period_is_one_call_a_type() -> None:
    later = calendar_job_id("ours", "SALES_REPORT", date(2026, 3, 9))
    calls = between([folder(later, day=date(2026, 3, 9)), folder(CALENDAR), folder("job-1")])
    assert calls == ("CALL backfill_reports('SALES_REPORT', '2026-03-01'::DATE, '2026-03-09'::DATE);",)


class Bucket:
    """What attempts left, by their prefixes."""

    def __init__(self, *folders: Folder, alive: tuple[Folder, ...] = ()) -> None:
        self.folders = {f"s3://b/{one.prefix}": one for one in (*folders, *alive)}
        self.alive = alive

    async def manifest(self, uri: str) -> Manifest | None:
        return None if self.folders[uri] in self.alive else ended(self.folders[uri])

    async def start_marker(self, _uri: str) -> StartMarker:
        return StartMarker(task_arn=ARN, started_at=NOW)


class Empty:
    """A queue without a request: the answers of its statements, and what was written."""

    def __init__(self, **answers: list[dict[str, Any]]) -> None:
        self.written = list[str]()
        self.answers: dict[str, list[dict[str, Any]]] = {"installation": [{"installation": "ours"}], **answers}

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        if "rows" in values or name == "recover_leader":
            self.written.append(name)
            return [{"number of rows inserted": str(values.get("rows", "x")).count('"job_id"') or 1}]
        return self.answers.get(name, [])


async def plan(queue: Empty, bucket: Bucket, installations: frozenset[str] = frozenset({"ours"})) -> Plan:
    artifacts: Any = bucket
    return await planned(queue, Traces(tuple(bucket.folders.values()), installations), artifacts, "b", EMPTY)


async def test_p23_requests_come_back_after_their_states_and_before_the_leader() -> None:
    queue, bucket = Empty(), Bucket(folder(CALENDAR), folder("job-1", day=None))
    found = await plan(queue, bucket)
    assert {one.job_id for one in found.requests} == {CALENDAR, "job-1"}
    assert [one.job_id for one in found.of_the_calendar] == [CALENDAR]
    assert {one.job.status for one in found.jobs} == {JobState.SUCCEEDED}
    assert found.undefined == ("SALES_REPORT",)
    assert not found.nothing_to_do
    done = carry_out(queue, found)
    assert queue.written[-3:] == ["recover_state", "recover_requests", "recover_leader"]
    assert (done.states, done.requests, done.leader) == (2, 2, True)


async def test_a_state_that_is_there_gets_its_request_back_under_its_own_id() -> None:
    rows = [
        {"job_id": CALENDAR, "request_id": "r-of-state", "ended": True},
        {"job_id": "job-1", "request_id": "r-open", "ended": False},
    ]
    queue = Empty(recover_unasked=rows, leader=[{"fence": 4, "holder": "x"}], recover_types=[{"report_type": "OTHER"}])
    found = await plan(queue, Bucket(folder(CALENDAR), folder("job-1")))
    assert [one.request_id for one in found.requests] == ["r-of-state"]
    assert found.jobs == ()
    assert found.unended == ("job-1",), "what is open might be launched again, with parameters that are not its own"


async def test_a_task_that_may_run_is_told_and_its_period_is_offered_again() -> None:
    alive = folder(CALENDAR)
    found = await plan(Empty(), Bucket(alive=(alive,)))
    assert (found.requests, found.jobs, found.unended) == ((), (), (CALENDAR,))
    assert found.backfills == ("CALL backfill_reports('SALES_REPORT', '2026-03-01'::DATE, '2026-03-01'::DATE);",)


@pytest.mark.parametrize(
    ("installations", "ownerless"), [({"ours"}, ()), (set(), ()), ({"ours", "theirs"}, ("job-1",))]
)
async def test_in_a_shared_bucket_only_what_the_calendar_signed_is_ours(
    installations: set[str], ownerless: tuple[str, ...]
) -> None:
    theirs = replace(folder(calendar_job_id("theirs", "SALES_REPORT", DAY)))
    found = await plan(Empty(), Bucket(folder(CALENDAR), folder("job-1"), theirs), frozenset(installations))
    assert CALENDAR in {one.job_id for one in found.requests}
    assert ("job-1" in found.ownerless) == bool(ownerless)
    assert (theirs.job_id in found.ownerless) == bool(ownerless)


async def test_what_is_asked_for_or_pruned_is_left_alone() -> None:
    known = [{"job_id": CALENDAR}]
    found = await plan(Empty(recover_known=known, leader=[{"fence": 4, "holder": "x"}]), Bucket(folder(CALENDAR)))
    assert found == Plan(4, (), (), ())
    assert found.nothing_to_do
    assert Done(0, 0, 0, leader=False).requests == 0
