"""The SQL of the how-to guides runs as it stands there, and answers with what they show.

An answer is shown as JSON below its CALL: every key must be there and no other, and every value the same but for ids.
An id that is shown stands for the real one from then on. ``<!-- meanwhile: JOB STATUS -->`` is what the executor does.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector

from tests.conformance.ports.stores import SnowflakeQueue
from tests.house import tree

GUIDES = ("define-a-report", "cancel-pause-and-retry", "fill-a-range-of-days", "who-may-do-what")
PLACE = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
STEP = re.compile(r"^```(sql|json)\n(.*?)^```$|^<!-- meanwhile: (\S+) (\w+) -->$", re.DOTALL | re.MULTILINE)
WHAT_THE_GUIDES_READ = """
CREATE SCHEMA IF NOT EXISTS analytics_platform.sales;
CREATE VIEW IF NOT EXISTS analytics_platform.sales.sold_lines AS
    SELECT 'books' AS category, 1.5 AS amount, TO_DATE('2026-01-01') AS ordered_on;
GRANT USAGE ON SCHEMA analytics_platform.sales TO ROLE report_runner;
GRANT SELECT ON VIEW analytics_platform.sales.sold_lines TO ROLE report_runner;
"""


class Reader:
    """Somebody who does what a guide says."""

    def __init__(self, connection: snowflake.connector.SnowflakeConnection, queue: SnowflakeQueue) -> None:
        self.connection, self.queue = connection, queue
        self.ids: dict[str, str] = {}
        self.answer: Any = None

    def runs(self, text: str) -> None:
        for shown, real in self.ids.items():
            text = text.replace(shown, real)
        *_, last = self.connection.execute_string(text)
        row = last.fetchone()
        self.answer = row[0] if isinstance(row, tuple) else None

    def compares(self, text: str) -> None:
        self._same(json.loads(text), json.loads(self.answer))

    def lets_end(self, shown: str, status: str) -> None:
        self.queue.sql(
            "INSERT INTO job_state (request_id, job_id, status, fence, attempt, finished_at) "
            "SELECT request_id, job_id, ?, 7, 1, SYSDATE() FROM job_intake WHERE kind = 'RUN' AND job_id = ?",
            status,
            self.ids[shown],
        )

    def _same(self, shown: Any, real: Any, key: str = "") -> None:
        if isinstance(shown, dict):
            assert shown.keys() == real.keys()
            for name in shown:
                self._same(shown[name], real[name], name)
        elif isinstance(shown, list) and shown and isinstance(shown[0], dict):
            self._same(shown[0], real[0], key)  # the first is shown for all
        elif key in {"job_id", "duplicate_of", "retry_of"} and shown is not None:
            assert self.ids.setdefault(shown, real) == real
        else:
            assert shown == real, key


@pytest.fixture
def reader(snowflake_arguments: dict[str, Any], snowflake_queue: SnowflakeQueue) -> Iterator[Reader]:
    snowflake_queue.empty()
    with snowflake.connector.connect(**snowflake_arguments | PLACE) as connection:
        connection.execute_string(WHAT_THE_GUIDES_READ)
        yield Reader(connection, snowflake_queue)
    snowflake_queue.sql("DELETE FROM report_types WHERE report_type IN ('CATEGORY_SALES', 'PAYROLL')")
    snowflake_queue.empty()


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_does_what_it_says(reader: Reader, guide: str) -> None:
    steps = STEP.findall(tree.text(Path(f"docs/how-to/{guide}.md")))
    assert {kind for kind, *_ in steps} >= {"sql", "json"}
    for kind, text, job_id, status in steps:
        if kind == "sql":
            reader.runs(text)
        elif kind == "json":
            reader.compares(text)
        else:
            reader.lets_end(job_id, status)
