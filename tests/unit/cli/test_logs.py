"""``logs --follow``: every attempt from its first line."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from executor.cli import logs


class Streams:
    """CloudWatch Logs with a stream per task; a token is good for its own stream only."""

    lines = {"report/report/task-1": ["a", "b"], "report/report/task-2": ["c", "d"]}  # noqa: RUF012 - never changed

    def get_log_events(self, logStreamName: str, nextToken: str = "", **_: object) -> dict[str, Any]:  # noqa: N803 - AWS writes it so
        stream, _colon, start = nextToken.partition(":")
        assert stream in {"", logStreamName}, "a token of another stream"
        every = self.lines[logStreamName]
        events = [{"message": line} for line in every[int(start or 0) :]]
        return {"events": events, "nextForwardToken": f"{logStreamName}:{len(every)}"}


class Snowflake:
    """A job that fails once and is tried again with another task."""

    rows = iter([("RUNNING", "c/task-1"), ("RETRY_WAIT", None), ("RUNNING", "c/task-2"), ("SUCCEEDED", "c/task-2")])

    def job(self, job_id: str) -> dict[str, Any]:
        status, arn = next(self.rows)
        return {"job_id": job_id, "status": status, "task_arn": arn}


def test_following_across_a_retry_reads_the_next_task_from_its_beginning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @contextmanager
    def connected() -> Iterator[Snowflake]:
        yield Snowflake()

    monkeypatch.setattr(logs, "connected", connected)
    monkeypatch.setattr(logs, "region_faults", list)
    monkeypatch.setattr("boto3.client", lambda _name, **_: Streams())
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    logs.logs("job-1", follow=True)
    assert capsys.readouterr().out.split() == ["a", "b", "c", "d"]
