"""A caller of the procedures who may also look into the tables and write them."""

import json
from typing import Any

import snowflake.connector
from snowflake.connector import DictCursor

from contract.binding import bound
from sql import load


class Desk:
    """One connection, rows as dictionaries with small names."""

    def __init__(self, connection: snowflake.connector.SnowflakeConnection) -> None:
        self._connection = connection

    def rows(self, text: str, *binds: object) -> list[dict[str, Any]]:
        with self._connection.cursor(DictCursor) as cursor:
            cursor.execute(text, binds)
            return [{str(key).lower(): value for key, value in dict(row).items()} for row in cursor.fetchall()]

    def call(self, text: str, *binds: object) -> dict[str, Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(text, binds)
            (answer,) = cursor.fetchone() or (None,)
            found: dict[str, Any] = json.loads(str(answer))
            return found

    def define(self, name: str, days_ago: int, **definition: Any) -> None:
        whole = {"title": name, "queries": [{"name": "q", "sql": "SELECT 1 AS n"}], **definition}
        self.rows(
            "INSERT INTO report_types (report_type, version, definition, digest, defined_at) "
            "SELECT ?, 1, PARSE_JSON(?), ?, DATEADD('day', ?, SYSDATE())",
            name,
            json.dumps(whole),
            name,
            -days_ago,
        )

    def end(self, job_id: str, status: str, hours: int) -> None:
        """Let a job have ended, so many hours after it was asked for."""
        self.rows("DELETE FROM job_state WHERE job_id = ?", job_id)
        self.rows(
            "INSERT INTO job_state (request_id, job_id, status, fence, finished_at) "
            "SELECT request_id, job_id, ?, 1, DATEADD('hour', ?, enqueued_at) FROM job_intake WHERE job_id = ?",
            status,
            hours,
            job_id,
        )

    def run(self, statement: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a statement of the product, by its name."""
        text, given = bound(load(statement), values)
        return self.rows(text, *given)
