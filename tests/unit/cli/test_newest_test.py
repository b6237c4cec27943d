"""Which test of the connections speaks of a job."""

from datetime import UTC, datetime, timedelta
from typing import Any

from executor.cli.explained_job import newest_test

ENDED = datetime(2026, 1, 2, tzinfo=UTC)
JOB = {"enqueued_at": ENDED - timedelta(hours=1), "finished_at": ENDED}


class Told:
    """One ended test."""

    def __init__(self, after: timedelta) -> None:
        """Asked for so long after the job ended."""
        asked = ENDED + after
        self.row = {
            "job_id": "T", "status": "SUCCEEDED", "log_tail": "", "error": None, "remedy": None,
            "enqueued_at": asked, "finished_at": asked,
        }  # fmt: skip

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        """That test."""
        return [self.row]


def test_a_test_of_weeks_later_says_nothing_of_a_job() -> None:
    assert newest_test(Told(timedelta(weeks=3)), JOB) == {}


def test_a_test_of_the_same_day_speaks_of_a_job() -> None:
    assert "connection-test" in newest_test(Told(timedelta(hours=3)), JOB)
