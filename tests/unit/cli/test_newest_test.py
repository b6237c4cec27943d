"""Which test of the connections speaks of a job, and that what it said is told without secrets."""

import json
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from contract.connection_test import REPORT_TYPE
from executor.cli import collecting
from executor.cli.explained_job import newest_test
from executor.cli.verbs import loaded

ENDED = datetime(2026, 1, 2, tzinfo=UTC)
JOB = {"enqueued_at": ENDED - timedelta(hours=1), "finished_at": ENDED}
CANARY = "canary-of-a-password"
TEST = {
    "job_id": "T", "status": "FAILED", "log_tail": "", "enqueued_at": ENDED, "finished_at": ENDED,
    "error": f"step login: the account refuses password={CANARY}", "remedy": "mend it",
}  # fmt: skip


class Told:
    """Keeps what is asked, and knows one ended test."""

    def __init__(self, **test: Any) -> None:
        self.asked: dict[str, object] = {}
        self.found = [TEST | test]

    def rows(self, name: str, **values: object) -> list[dict[str, Any]]:
        self.asked |= {"name": name, **values}
        return self.found if name == "newest_test" else []

    def job(self, job_id: str) -> dict[str, Any]:
        missing = dict.fromkeys(("task_arn", "cause_id", "diagnosis", "remedy", "error"))
        return JOB | missing | {"job_id": job_id, "attempt": 1, "status": "FAILED"}


@pytest.mark.parametrize(("finished", "until"), [(ENDED, "2026-01-03 00:00:00.000000"), (None, None)])
def test_a_test_speaks_of_a_job_from_a_day_before_it_to_a_day_after_it(
    finished: datetime | None, until: str | None
) -> None:
    told = Told(status="SUCCEEDED", error=None, remedy=None)
    assert "connection-test" in newest_test(told, JOB | {"finished_at": finished})
    since = "2025-12-31 23:00:00.000000"
    assert told.asked == {"name": "newest_test", "report_type": REPORT_TYPE, "since": since, "until": until}


def test_without_a_test_nothing_is_said_of_one() -> None:
    told = Told()
    told.found = []
    assert newest_test(told, JOB) == {}


def test_what_a_test_said_is_written_down_without_its_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def connected(*_: object) -> Any:
        yield Told()

    monkeypatch.setattr("executor.cli.client.connected", connected)
    monkeypatch.setattr(collecting, "clients", lambda: SimpleNamespace)
    monkeypatch.setattr(collecting, "region_faults", list)
    kept = tmp_path / "kept.json"
    done = CliRunner().invoke(loaded("explain"), ["job", "J", "--collect", str(kept)])
    assert done.exit_code == 0, (done.output, done.exception)
    assert "account refuses" in json.dumps(json.loads(kept.read_text())["connection-test"])
    assert CANARY not in kept.read_text() + done.output
