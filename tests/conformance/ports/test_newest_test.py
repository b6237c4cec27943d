"""Which test of the connections the queue tells when it is asked for the newest of a span."""

import json
from collections.abc import Iterator

import pytest

from contract.binding import bound
from sql import load
from tests.conformance.ports.stores import SnowflakeQueue

LATER = 120
TESTS = [["before", "FAILED", -1], ["first", "FAILED", 60], ["last", "SUCCEEDED", 120], ["cancelled", "CANCELLED", 180],
         *([f"later-{number}", "FAILED", 1_000 + number] for number in range(LATER))]  # fmt: skip
"""Name, status, and when they were asked for in seconds since the span began; the span has 300."""
ROWS = "FROM TABLE(FLATTEN(PARSE_JSON(?))) AS f"


@pytest.fixture
def queue(snowflake_queue: SnowflakeQueue) -> Iterator[SnowflakeQueue]:
    snowflake_queue.empty()
    snowflake_queue.sql(
        "INSERT INTO job_intake (request_id, kind, job_id, report_type, payload_version, enqueued_at) SELECT "
        "f.value[0]::STRING, 'RUN', f.value[0]::STRING, 'CONNECTION_TEST', 1, "
        f"DATEADD('second', f.value[2]::INT, TO_TIMESTAMP_NTZ('2026-01-01 00:00:00')) {ROWS}",
        json.dumps(TESTS),
    )
    snowflake_queue.sql(
        "INSERT INTO job_state (request_id, job_id, status, fence, attempt, updated_at) SELECT "
        f"f.value[0]::STRING, f.value[0]::STRING, f.value[1]::STRING, 1, 1, SYSDATE() {ROWS}",
        json.dumps(TESTS),
    )
    yield snowflake_queue
    snowflake_queue.empty()


def newest(queue: SnowflakeQueue, until: str | None) -> list[str]:
    span = {"report_type": "CONNECTION_TEST", "since": "2026-01-01 00:00:00.0", "until": until}
    text, binds = bound(load("newest_test"), span)
    return [row["job_id"] for row in queue.sql(text, *binds)]


def test_the_newest_ended_one_of_a_span_is_told_however_many_came_later(queue: SnowflakeQueue) -> None:
    assert newest(queue, "2026-01-01 00:05:00.0") == ["last"]
    assert newest(queue, None) == [f"later-{LATER - 1}"]
    assert newest(queue, "2026-01-01 00:00:30.0") == []
