"""Those who ask for reports: each CALL is repeated until it is answered, under a key that makes it one job."""

import json
import time
from typing import Any

import snowflake.connector
from snowflake.connector import DictCursor, SnowflakeConnection, errors

from contract.binding import bound
from sql import load
from tests.chaos.cloud import REAL, Queue
from tests.chaos.container import TINY
from tests.chaos.counting import Asked, Program, Row
from tests.chaos.plan import Wish

PATIENCE_S = 120.0
KEEP_DAYS = 400
LONG = 3500


class Caller:
    """One connection to a lane's queue; used by one thread at a time."""

    def __init__(self, queue: Queue) -> None:
        """Sign in when first needed."""
        names = ("account", "user", "password", "host", "port", "protocol", "database", "schema", "warehouse", "role")
        self._arguments: dict[str, Any] = {name: queue.environment[f"SNOWFLAKE_{name.upper()}"] for name in names}
        self._connection: SnowflakeConnection | None = None

    def ask(self, wish: Wish) -> Asked:
        """Ask for one job; what is told of it is final.

        Raises:
            snowflake.connector.errors.Error: no answer for two minutes.
        """
        small = wish.program is not Program.REAL
        answer = self._call(
            "call_generate_report",
            report_type=TINY if small else REAL,
            params=json.dumps(_params(wish) if small else {}),
            options=json.dumps({"dedupe_key": wish.key}),
        )
        return Asked(answer["job_id"], wish.program)

    def cancel(self, job_id: str) -> None:
        """Cancel a job.

        Raises:
            snowflake.connector.errors.Error: no answer for two minutes.
        """
        self._call("call_cancel_report", job_id=job_id)

    def give_orders(self) -> None:
        """Orders that touch no job for long, so that there are some to carry out.

        Raises:
            snowflake.connector.errors.Error: no answer for two minutes.
        """
        self._call("call_pause_reports", report_type=REAL)
        self._call("call_resume_reports", report_type=REAL)
        self._call("call_prune_history", keep_days=KEEP_DAYS)

    def rows(self) -> list[Row]:
        """Every job of the queue.

        Raises:
            snowflake.connector.errors.Error: no answer for two minutes.
        """
        values: dict[str, object] = {"status": None, "report_type": None, "since": None, "most": 1_000_000}
        names = ("job_id", "status", "attempt", "failure_class", "diagnosis", "remedy")
        return [Row(*(row[name.upper()] for name in names)) for row in self._rows("jobs", values)]

    def close(self) -> None:
        """Sign out."""
        if self._connection is not None:
            self._connection.close()

    def _call(self, name: str, **values: object) -> dict[str, Any]:
        (row,) = self._rows(name, values)
        answer: dict[str, Any] = json.loads(next(iter(row.values())))
        return answer

    def _rows(self, name: str, values: dict[str, object]) -> list[dict[str, Any]]:
        until_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = snowflake.connector.connect(
                        **self._arguments, paramstyle="qmark", network_timeout=20, login_timeout=20
                    )
                with self._connection.cursor(DictCursor) as cursor:
                    cursor.execute(*bound(load(name), values))
                    return [dict(row) for row in cursor.fetchall()]
            except errors.Error:
                self._connection = None
                if time.monotonic() > until_s:
                    raise
                time.sleep(0.5)


def _params(wish: Wish) -> dict[str, object]:
    # A long order travels through S3, and not in the environment.
    long = {"one": "x" * LONG, "other": "y" * LONG} if wish.long else {}
    return {"program": wish.program, "seconds": wish.seconds} | long
