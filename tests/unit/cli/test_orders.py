"""What the commands that order say of what was, and of what is still to come."""

from datetime import UTC, datetime, timedelta

import pytest

from contract.states import JobState
from executor.cli.commands import cancelled
from executor.cli.jobs import attempt_line, where_or_why
from executor.cli.pauses import Pauses

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def word(report_type: str, minute: int, *, paused: bool) -> dict[str, object]:
    return {"report_type": report_type, "paused": paused, "asked_at": NOON + timedelta(minutes=minute)}


@pytest.mark.parametrize(
    ("was", "says"),
    [
        (JobState.QUEUED, "has no task, so nothing has to be stopped"),
        (JobState.RETRY_WAIT, "has no task, so nothing has to be stopped"),
        (JobState.RUNNING, "the executor stops its task"),
        (JobState.CANCELLING, "is being cancelled already"),
    ],
)
def test_a_cancel_says_what_it_does_to_a_job_in_that_state(was: JobState, says: str) -> None:
    assert says in cancelled("job-1", was)


def test_the_later_word_on_a_type_or_on_all_decides_whether_it_waits() -> None:
    assert not Pauses([]).holds("A")
    assert not Pauses([]).holds_any(None)
    paused = Pauses([word("*", 1, paused=True), word("A", 2, paused=False), word("B", 0, paused=False)])
    assert (paused.holds("A"), paused.holds("B"), paused.holds("C")) == (False, True, True)
    assert (paused.holds(None), paused.holds_any(None)) == (False, True)
    resumed = Pauses([word("*", 1, paused=False), word("A", 0, paused=True), word("B", 2, paused=True)])
    assert (resumed.holds("A"), resumed.holds("B"), resumed.holds_any(None)) == (False, True, True)
    assert Pauses([word("*", 1, paused=True)]).holds(None)
    assert not Pauses([word("*", 1, paused=False), word("A", 0, paused=True)]).holds_any(None)


def test_a_waiting_job_is_listed_with_what_it_waits_for_and_an_ended_one_with_its_error() -> None:
    row = {"error": "Boom", "diagnosis": "Its type is paused.", "result_uri": "s3://b/p/"}
    assert where_or_why(row | {"status": "RETRY_WAIT"}) == "Its type is paused."
    assert where_or_why(row | {"status": "FAILED"}) == "Boom"
    assert where_or_why(row | {"status": "SUCCEEDED", "error": None, "diagnosis": None}) == "s3://b/p/"
    assert where_or_why({"status": "QUEUED", "error": None, "diagnosis": None, "result_uri": None}) == ""


def test_an_attempt_is_a_line_with_its_end_and_its_error_or_else_its_diagnosis() -> None:
    ended = {"attempt": 1, "ended_at": NOON, "succeeded": False, "error": None}
    told = attempt_line({**ended, "diagnosis": "Fargate Spot took the capacity back."})
    assert told == "attempt 1, until 2026-03-01 12:00:00 UTC: Fargate Spot took the capacity back."
    assert attempt_line({**ended, "error": "query q: no", "diagnosis": "d"}).endswith("UTC: query q: no")
    assert attempt_line({**ended, "succeeded": True, "attempt": 2}).endswith("UTC: made the report")
