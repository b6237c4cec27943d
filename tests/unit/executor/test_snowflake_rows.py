"""Rows in and out of Snowflake."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from contract.events import JobEvent
from contract.states import JobState
from executor.adapters.snowflake_rows import MAX_MANIFEST_CHARS, event_row, job_of, pieces, result_row, state_row
from executor.batches import Change
from executor.core.failures import Evidence
from executor.core.settle import event, settle
from tests.jobs import NOW, job, stopped
from tests.unit.executor.test_failures import manifest
from tests.unit.executor.test_settle import POLICY

JOB = job(JobState.RUNNING, started_at=NOW + timedelta(milliseconds=5), deadline_at=NOW, cpu=256, memory_mb=512)


def test_a_row_that_snowflake_gives_is_the_job_that_was_meant() -> None:
    row = asdict(JOB) | {"params": json.dumps(JOB.params), "options": "{}"}
    naive = {key: value.replace(tzinfo=None) for key, value in row.items() if isinstance(value, datetime)}
    assert job_of(row | naive) == JOB


@pytest.mark.parametrize(
    "broken",
    [{"params": "{"}, {"params": '{"a": [1]}'}, {"job_id": "a/b"}, {"requested_by": None}, {"trace_id": None}],
)
def test_p9_a_row_that_cannot_be_read_is_a_job_that_says_so(broken: dict[str, str]) -> None:
    job = job_of(asdict(JOB) | broken)
    assert job.spoiled
    assert (job.request_id, job.status, job.progress) == (JOB.request_id, JOB.status, JOB.progress)


def test_a_state_that_nobody_knows_is_not_guessed() -> None:
    with pytest.raises(ValueError, match="NEW_STATE"):
        job_of(asdict(JOB) | {"status": "NEW_STATE"})


@pytest.mark.parametrize(
    ("rows", "groups"),
    [
        ([], []),
        (["aa", "bb", "cc"], [["aa", "bb"], ["cc"]]),
        (["x" * 50, "a"], [["x" * 50], ["a"]]),
        (["é" * 3], [["ééé"]]),
    ],
)
def test_rows_are_cut_into_statements_by_their_bytes(rows: list[str], groups: list[list[str]]) -> None:
    assert list(pieces(rows, 7)) == groups


def test_times_are_written_as_utc_whatever_zone_they_came_in() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=5)))
    row = state_row(Change(replace(JOB, started_at=east), due_in_s=2.5))
    assert (row["started_at"], row["due_in_s"]) == ("2026-03-02 09:00:00.000", 2.5)
    assert json.loads(json.dumps(row)) == row


def test_a_written_row_carries_no_column_of_the_claim() -> None:
    assert not {"claim_id", "claimed_at", "fence", "due_at"} & set(state_row(Change(JOB)))


def test_a_result_is_json_with_cause_and_remedy() -> None:
    failed = settle(JOB, Evidence("report", stopped(12), None), max_attempts=1, policy=POLICY, now=NOW, dice=0.5)
    assert failed.result is not None
    row = json.loads(json.dumps(result_row(failed.result)))
    assert row["diagnosis"]
    assert row["remedy"]
    assert (row["exit_code"], row["at"]) == (12, "2026-03-02 09:00:00.000")


def summary_of(count: int, name: str = "file") -> dict[str, object]:
    file = {"uri": "s3://b/k", "format": "csv", "query": "q", "bytes": 1, "rows": 1, "sha256": "0" * 64}
    files = [{**file, "name": f"{name}-{number:04d}.csv", "content_type": "text/csv"} for number in range(count)]
    whole = manifest().model_validate(manifest().model_dump() | {"files": files})
    done = settle(JOB, Evidence("report", stopped(0), whole), max_attempts=1, policy=POLICY, now=NOW, dice=0.5)
    assert done.result is not None
    summary = result_row(done.result)["manifest"]
    assert isinstance(summary, dict)
    return summary


def test_the_summary_of_a_manifest_names_every_file_of_the_largest_report_of_our_own() -> None:
    summary = summary_of(50 * 7)
    assert (len(summary["files"]), summary["file_count"]) == (350, 350)  # type: ignore[arg-type]  # a list
    assert summary["files"][349]["sha256"] == "0" * 64  # type: ignore[index]  # see above


@pytest.mark.parametrize("name", ["file", "x" * 1000, "x" * 300_000])
def test_the_summary_of_a_manifest_stays_small_however_many_files_it_names(name: str) -> None:
    summary = summary_of(2000 if len(name) < 10_000 else 2, name)
    assert len(json.dumps(summary)) <= MAX_MANIFEST_CHARS
    assert summary["file_count"] in {2, 2000}
    assert (summary["files"] == []) is (len(name) > MAX_MANIFEST_CHARS)


def test_an_event_is_json() -> None:
    row = event_row(event(JOB, JobEvent.LAUNCHED, NOW, task_arn="arn"))
    assert json.loads(json.dumps(row)) == row
    assert (row["event"], row["detail"], row["at"]) == ("launched", {"task_arn": "arn"}, "2026-03-02 09:00:00.000")
    assert NOW.tzinfo is UTC
