"""The first report of a deployment: a CONNECTION_TEST, which goes all the way that every report goes."""

import json
import time
from collections.abc import Callable
from typing import Final

from snowflake.connector import SnowflakeConnection

from contract.binding import bound
from contract.states import TERMINAL, JobState
from sql import load

LOOK_EVERY_S: Final = 1.0
WITHIN_S: Final = 300.0
"""A first pull of the image and a cold warehouse included."""


class SmokeError(RuntimeError):
    """The test did not succeed; the message says which step, why, and what to do."""


def run(
    connection: SnowflakeConnection,
    say: Callable[[str], None],
    within_s: float = WITHIN_S,
    asked_for: Callable[[], None] = lambda: None,
) -> str:
    """Ask for a CONNECTION_TEST and wait for its end; answers with the job's id.

    Args:
        connection: in the installation's schema, with a role that may ask for reports.
        say: told of it.
        within_s: seconds until there must be an answer.
        asked_for: called when the job is in the queue.

    Raises:
        SmokeError: it failed, or there was no answer in time.
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    with connection.cursor() as cursor:
        asked = {"report_type": "CONNECTION_TEST", "params": "{}", "options": "{}"}
        cursor.execute(*bound(load("call_generate_report"), asked))
        row = cursor.fetchone()
    job_id = str(json.loads(row[0])["job_id"]) if isinstance(row, tuple) else ""
    asked_for()
    until_s = time.monotonic() + within_s
    status = ""
    while time.monotonic() < until_s:
        status, detail = _status(connection, job_id)
        if status == JobState.SUCCEEDED:
            say(f"CONNECTION_TEST {job_id}: every step works")
            return job_id
        if status in TERMINAL:
            raise SmokeError(f"CONNECTION_TEST {job_id} ended {status}: {detail}; reporting show {job_id} tells all")
        time.sleep(LOOK_EVERY_S)
    raise SmokeError(
        f"CONNECTION_TEST {job_id} is {status or 'not seen'} after {within_s:.0f} s; reporting show {job_id}, and the "
        "log of the executor, tell why"
    )


def _status(connection: SnowflakeConnection, job_id: str) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(*bound(load("job"), {"job_id": job_id}))
        row = cursor.fetchone()
        names = [column.name.lower() for column in cursor.description or ()]
    found = dict(zip(names, row, strict=True)) if isinstance(row, tuple) else {}
    causes = [str(found[name]) for name in ("error", "error_message", "cause", "remedy") if found.get(name)]
    return str(found.get("status", "")), "; ".join(causes) or "no cause was written"
