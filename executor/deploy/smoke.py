"""The first report of a deployment: a CONNECTION_TEST, which goes all the way that every report goes."""

import json
from collections.abc import Callable
from typing import Final

from snowflake.connector import SnowflakeConnection

from contract.binding import bound
from contract.states import TERMINAL, JobState
from executor.deploy.limit import Limit
from sql import load

LOOK_EVERY_S: Final = 1.0
WITHIN_S: Final = 300.0
"""A first pull of the image and a cold warehouse included."""


class SmokeError(RuntimeError):
    """The test did not succeed; the message says which step, why, and what to do."""


def run(
    connection: SnowflakeConnection,
    say: Callable[[str], None],
    limit: Limit,
    asked_for: Callable[[], None] = lambda: None,
) -> str:
    """Ask for a CONNECTION_TEST and wait for its end; answers with the job's id.

    Args:
        connection: in the installation's schema, with a role that may ask for reports.
        say: told of it.
        limit: of the deployment; there must be an answer by then, and within ``WITHIN_S`` seconds.
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
    began_with_s = limit.left_s
    until_s = max(0.0, began_with_s - WITHIN_S)
    status = ""
    while limit.left_s > until_s:
        status, detail = _status(connection, job_id)
        if status == JobState.SUCCEEDED:
            say(f"CONNECTION_TEST {job_id}: every step works")
            return job_id
        if status in TERMINAL:
            raise SmokeError(f"CONNECTION_TEST {job_id} ended {status}: {detail}; reporting show {job_id} tells all")
        limit.wait(LOOK_EVERY_S)
    waited_s = began_with_s - limit.left_s
    raise SmokeError(
        f"CONNECTION_TEST {job_id} is {status or 'not seen'} after {waited_s:.0f} s; reporting show {job_id}, and the "
        "log of the executor, tell why"
    )


def check_leader(connection: SnowflakeConnection) -> None:
    """See that an executor may claim at all, which it may not after the queue's state was lost.

    Raises:
        SmokeError: there is no leader row.
        snowflake.connector.errors.Error: Snowflake refused the look.
    """
    with connection.cursor() as cursor:
        cursor.execute(load("leader"))
        if cursor.fetchone() is None:
            raise SmokeError(
                "everything is deployed, but the queue's state was lost, and nothing is claimed until it is back: run "
                "reporting recover, then deploy again, which tries a first report"
            )


def _status(connection: SnowflakeConnection, job_id: str) -> tuple[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(*bound(load("job"), {"job_id": job_id}))
        row = cursor.fetchone()
        names = [column.name.lower() for column in cursor.description or ()]
    found = dict(zip(names, row, strict=True)) if isinstance(row, tuple) else {}
    causes = [str(found[name]) for name in ("error", "error_message", "cause", "remedy") if found.get(name)]
    return str(found.get("status", "")), "; ".join(causes) or "no cause was written"
