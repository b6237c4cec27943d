"""How far a job is, in one sentence."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contract.states import TERMINAL, JobState
from snowpark_procs.progress import progress

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


def row(status: str, **changes: Any) -> dict[str, Any]:
    asked = (NOW - timedelta(seconds=45)).isoformat()
    return {"status": status, "enqueued_at": asked, "started_at": None, "not_before": None, "attempt": 1, **changes}


@pytest.mark.parametrize(
    ("job", "says"),
    [
        (row("QUEUED"), "waits in the queue for 45 s"),
        (row("QUEUED", not_before="2026-03-04T13:00:00+00:00"), "waits for its time, 2026-03-04 13:00:00 UTC"),
        (row("QUEUED", not_before="2026-03-04T11:00:00+00:00"), "waits in the queue for 45 s"),
        (row("LAUNCHED"), "its container is being started, 45 s after it was asked for"),
        (row("RUNNING", started_at="2026-03-04T11:57:00+00:00", attempt=2), "runs for 3 min 0 s, attempt 2"),
        (row("RETRY_WAIT"), "is tried again soon, 45 s after it was asked for"),
        (row("QUEUED", diagnosis="Its type is paused."), "waits in the queue for 45 s: Its type is paused"),
        (
            row("RETRY_WAIT", attempt=2, diagnosis="Killed. Its next try is due at 12:05."),
            "waits for its next try, 45 s after it was asked for, attempt 2: Killed. Its next try is due at 12:05",
        ),
        (
            row("QUEUED", not_before="2026-03-04T13:00:00+00:00", diagnosis="Its type is paused."),
            "waits for its time, 2026-03-04 13:00:00 UTC: Its type is paused",
        ),
        (
            row(
                "QUEUED",
                not_before="2026-03-04T13:00:00+00:00",
                diagnosis="It was asked for not before 2026-03-04 13:00:00 UTC.",
            ),
            "waits for its time, 2026-03-04 13:00:00 UTC",
        ),
        (row("RUNNING", started_at="2026-03-04T11:57:00+00:00", diagnosis="It was killed."), "runs for 3 min 0 s"),
        (
            row("CLAIMED", diagnosis="AWS asks for patience: Rate exceeded."),
            "its container is being started, 45 s after it was asked for: AWS asks for patience: Rate exceeded",
        ),
    ],
)
def test_a_row_tells_how_far_its_job_is(job: dict[str, Any], says: str) -> None:
    assert progress(job, NOW, None) == says
    assert progress(job, NOW, 90.4) == f"{says}; jobs of its type took 90 s from request to result"


@pytest.mark.parametrize(
    ("said", "tells"),
    [
        (("writing", 1_200_000), ": writing, 1,200,000 rows"),
        (("writing", 1), ": writing, 1 row"),
        (("composing", 0), ": composing"),
        (None, ""),
    ],
)
def test_a_running_job_tells_what_its_container_said(said: tuple[str, int] | None, tells: str) -> None:
    job = row("RUNNING", started_at="2026-03-04T11:59:20+00:00")
    usual = "; jobs of its type took 90 s from request to result"
    assert progress(job, NOW, 90.4, said) == f"runs for 40 s{tells}{usual}"
    assert "writing" not in str(progress(row("CANCELLING"), NOW, None, said))


@pytest.mark.parametrize("state", list(JobState))
def test_every_open_state_has_a_sentence_and_no_ended_one(state: JobState) -> None:
    assert (progress(row(state), NOW, None) is None) == (state in TERMINAL)
