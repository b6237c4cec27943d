"""What the procedures order, answer and refuse besides reports."""

import json
from typing import Any

import pytest

from contract.refusal import RefusedError
from contract.states import TERMINAL, JobState
from snowpark_procs import handlers
from tests.unit.procs.conftest import Database
from tests.unit.procs.test_procedures import NOW, inserted, job_row, stored

OPEN = sorted(set(JobState) - TERMINAL)


@pytest.fixture
def filled(database: Database) -> Database:
    types = [stored("SALES_REPORT", 4), stored("OFF_REPORT", enabled=False)]
    database.answers = {
        "now": [{"now": NOW}],
        "report_type": lambda report_type: [row for row in types if row["report_type"] == report_type],
        "report_types": types,
        "open_job_of_key": [],
        "insert_intake": [],
        "insert_command": [],
        "job_for_caller": [],
    }
    return database


def ordered(database: Database) -> list[tuple[Any, ...]]:
    rows = [values for name, values in database.asked if name == "insert_command"]
    return [(row["kind"], row["job_id"], row["report_type"], json.loads(row["params"])) for row in rows]


def is_there(database: Database, **changes: Any) -> None:
    usual = {"report_type": "SALES_REPORT", "business_date": None, "options": "{}", "params": '{"top_n": 7}'}
    row = job_row(**{**usual, **changes})
    database.answers["job_for_caller"] = lambda job_id: [row] if job_id == row["job_id"] else []


@pytest.mark.parametrize("state", [state for state in OPEN if state is not JobState.CANCELLING])
def test_p16_a_cancel_is_ordered_and_answered_with_how_far_the_job_was(filled: Database, state: JobState) -> None:
    is_there(filled, status=state)
    assert handlers.cancel_report(filled.session, "j") == {"job_id": "j", "status": state}
    assert ordered(filled) == [("CANCEL", "j", None, {})]


def test_a_second_cancel_orders_nothing_new(filled: Database) -> None:
    is_there(filled, status="CANCELLING")
    assert handlers.cancel_report(filled.session, "j") == {"job_id": "j", "status": "CANCELLING"}
    assert ordered(filled) == []


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_p22_a_cancel_of_what_has_ended_is_refused_with_how_it_ended(filled: Database, state: JobState) -> None:
    is_there(filled, status=state, duplicate_of="original")
    says = "repeats original" if state is JobState.DUPLICATE else f"it is {state}"
    with pytest.raises(RefusedError, match=f"^job_id: j .*{says}"):
        handlers.cancel_report(filled.session, "j")
    assert ordered(filled) == []


@pytest.mark.parametrize("job_id", [None, "nobody"])
def test_p22_a_job_that_is_not_there_is_neither_cancelled_nor_made_again(filled: Database, job_id: Any) -> None:
    for procedure in (handlers.cancel_report, handlers.retry_report):
        with pytest.raises(RefusedError, match="is not the id of a job"):
            procedure(filled.session, job_id)
    assert (ordered(filled), inserted(filled)) == ([], [])


def test_a_report_is_made_again_with_what_was_asked_for_and_the_newest_definition(filled: Database) -> None:
    options = '{"formats": ["csv"], "priority": 70, "dedupe_key": "k", "not_before": "2026-01-01T00:00:00Z"}'
    is_there(filled, status="FAILED", options=options, business_date=NOW.date())
    answer = handlers.retry_report(filled.session, "j")
    (row,) = inserted(filled)
    assert answer == {"job_id": row["job_id"], "status": "QUEUED", "duplicate_of": None, "retry_of": "j"}
    assert row["job_id"] != "j"
    assert (row["retry_of"], row["report_version"], row["params"]) == ("j", 4, {"top_n": 7})
    assert (row["options"], row["priority"]) == ({"formats": ["csv"], "priority": 70}, 70)
    assert (row["business_date"], row.get("not_before"), row["source"]) == ("2026-03-04", None, "retry_report")


def test_p18_a_report_that_is_being_made_again_is_not_made_a_third_time(filled: Database) -> None:
    is_there(filled, status="SUCCEEDED")
    filled.answers["open_job_of_key"] = lambda dedupe_key: (
        [{"job_id": "again", "status": "RUNNING"}] if dedupe_key == "retry:j" else []
    )
    answer = handlers.retry_report(filled.session, "j")
    assert answer == {"job_id": "again", "status": "RUNNING", "duplicate_of": "again", "retry_of": "j"}
    assert inserted(filled) == []


@pytest.mark.parametrize("state", OPEN)
def test_p22_what_has_not_ended_is_not_made_again(filled: Database, state: JobState) -> None:
    is_there(filled, status=state)
    with pytest.raises(RefusedError, match=f"job_id: j is {state}"):
        handlers.retry_report(filled.session, "j")
    assert inserted(filled) == []


def test_a_duplicate_is_made_again_as_its_original(filled: Database) -> None:
    common = {"report_type": "SALES_REPORT", "business_date": None, "options": "{}"}
    rows = {
        "copy": job_row(job_id="copy", status="DUPLICATE", duplicate_of="j", **common),
        "j": job_row(status="FAILED", **common),
    }
    filled.answers["job_for_caller"] = lambda job_id: [rows[job_id]]
    assert handlers.retry_report(filled.session, "copy")["retry_of"] == "j"


def test_p22_parameters_that_the_type_no_longer_takes_are_named(filled: Database) -> None:
    is_there(filled, status="FAILED", params='{"colour": "red"}')
    with pytest.raises(RefusedError, match=r"params\.colour"):
        handlers.retry_report(filled.session, "j")


@pytest.mark.parametrize(
    ("given", "name"), [("sales_report", "SALES_REPORT"), ("OFF_REPORT", "OFF_REPORT"), (None, None)]
)
def test_a_type_or_all_of_them_are_paused_and_resumed(filled: Database, given: str | None, name: str | None) -> None:
    assert handlers.pause_reports(filled.session, given) == {"report_type": name, "paused": True}
    assert handlers.resume_reports(filled.session, given) == {"report_type": name, "paused": False}
    assert ordered(filled) == [("PAUSE", None, name or "*", {}), ("RESUME", None, name or "*", {})]


def test_p22_a_type_that_is_not_there_is_not_paused(filled: Database) -> None:
    with pytest.raises(RefusedError, match="report_type: 'NO_REPORT' is not a report type"):
        handlers.pause_reports(filled.session, "NO_REPORT")
    assert ordered(filled) == []


def test_a_pruning_is_ordered(filled: Database) -> None:
    assert handlers.prune_history(filled.session, 90)["keep_days"] == 90
    assert ordered(filled) == [("PRUNE", None, None, {"keep_days": 90})]


@pytest.mark.parametrize("keep_days", [None, 0, -1, 3_651])
def test_p22_days_out_of_range_are_refused(filled: Database, keep_days: Any) -> None:
    with pytest.raises(RefusedError, match="is not between 1 and 3650 days"):
        handlers.prune_history(filled.session, keep_days)
    assert ordered(filled) == []
