"""The local stack as a user starts it, and the clients that users have."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import snowflake.connector
from snowflake.connector import DictCursor, SnowflakeConnection

from tests.forking import Forked, run

READY_S = 180.0
JOB_S = 150.0
CLIENTS = Path(__file__).parents[2] / "clients" / ".venv" / "bin"
SECRETS = {
    "SNOWFLAKE_PASSWORD": "canary-of-the-snowflake-password",
    "AWS_SECRET_ACCESS_KEY": "canary-of-the-aws-secret-key",
    "AWS_SESSION_TOKEN": "canary-of-the-aws-session-token",
}
"""What executors sign in with; the local cloud takes everything."""
OURS = ("AWS_", "SNOWFLAKE_", "REPORTING_")


Found = TypeVar("Found")


def until(look: Callable[[], Found | None], timeout_s: float = JOB_S) -> Found:
    """What a look finds at last; the test fails when it finds nothing in time.

    Real processes work beside these tests, and nothing tells when they are done.
    """
    until_s = time.monotonic() + timeout_s
    while not (found := look()):
        assert time.monotonic() < until_s, f"nothing after {timeout_s} s"
        time.sleep(0.4)
    return found


class Running:
    """A process of ours whose output is kept, and awaited line by line."""

    def __init__(
        self,
        arguments: list[str],
        environment: dict[str, str],
        folder: Path,
        start: type[subprocess.Popen[str]] = subprocess.Popen,
    ) -> None:
        self.lines: list[str] = []
        self.process = start(
            arguments, env=environment, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def wait_for(self, wanted: Callable[[str], bool], timeout_s: float = READY_S) -> str:
        until_s = time.monotonic() + timeout_s
        with self._news:
            while True:
                for line in self.lines:
                    if wanted(line):
                        return line
                left_s = until_s - time.monotonic()
                if left_s <= 0 or (self.process.poll() is not None and not self._reader.is_alive()):
                    raise AssertionError("not said:\n" + "\n".join(self.lines[-60:]))
                self._news.wait(min(left_s, 1.0))

    def stop(self, number: int = signal.SIGTERM, timeout_s: float = 60.0) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(timeout_s)
        self._reader.join(5)
        return code


def plain_environment() -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith(OURS)}


def env_file(folder: Path) -> dict[str, str]:
    pairs = (line.split("=", 1) for line in (folder / "env").read_text().splitlines())
    return {name: value for name, value in pairs}  # noqa: C416 - dict() hides what the pairs are


def start_up(folder: Path, *options: str) -> Running:
    arguments = [sys.executable, "-m", "executor", "up", "--dir", str(folder), "--start-delay-s", "0", *options]
    up = Running(arguments, plain_environment(), folder.parent)
    up.wait_for(lambda line: line == "ready")
    return up


class Stack:
    """The local stack as a user's clients see it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.settings = env_file(folder)
        self.environment = plain_environment() | self.settings

    def connect(self, **more: Any) -> SnowflakeConnection:
        names = ("account", "user", "password", "host", "port", "protocol", "database", "schema", "warehouse")
        arguments = {name: self.settings[f"SNOWFLAKE_{name.upper()}"] for name in names}
        # Without the time-out the connector would first ask cloud metadata services where it runs.
        more = {"platform_detection_timeout_seconds": 0, **more}
        return snowflake.connector.connect(**arguments, paramstyle="qmark", **more)

    def start_executor(self, folder: Path) -> Running:
        return Running(["executor", "run"], self.environment | SECRETS, folder, Forked)

    def reporting(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return run("executor", *arguments, env=self.environment, cwd=self.folder, check=check)

    def client(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(CLIENTS / program), *arguments],
            env=self.environment | {"HOME": str(self.folder)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


class Analyst:
    """Somebody with a Snowflake connection."""

    def __init__(self, connection: SnowflakeConnection) -> None:
        self.connection = connection

    def rows(self, sql: str, *binds: object) -> list[dict[str, Any]]:
        with self.connection.cursor(DictCursor) as cursor:
            cursor.execute(sql, binds or None)
            return [dict(row) for row in cursor.fetchall()]

    def call(self, sql: str, *binds: object) -> Any:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, binds or None)
            row = cursor.fetchone()
            assert isinstance(row, tuple)
            return json.loads(row[0])

    def define(self, report_type: str, definition: dict[str, Any], *, version: int = 1) -> None:
        """Put a report type into its table, as an installation does."""
        self.rows(
            "INSERT INTO reporting.report_types (report_type, version, definition, digest, defined_by, defined_at) "
            "SELECT ?, ?, PARSE_JSON(?), 'test', 'test', SYSDATE()",
            report_type,
            version,
            json.dumps(definition),
        )

    def ended(self, job_id: str, timeout_s: float = JOB_S) -> dict[str, Any]:
        """The row of a job once it has ended; the test fails when it does not."""
        over = "SELECT 1 FROM reporting.job_state WHERE job_id = ? AND finished_at IS NOT NULL"

        def row_of_ended() -> dict[str, Any] | None:
            if not self.rows(over, job_id):  # the view, which says how it ended, is ten times as much work
                return None
            row = self.rows("SELECT * FROM reporting.jobs WHERE job_id = ?", job_id)[0]
            return row if row["FINISHED_AT"] is not None else None

        return until(row_of_ended, timeout_s)
