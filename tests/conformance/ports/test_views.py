"""What the views of an operator say, over a queue that the executor's own statements have written."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conformance.ports.stores import SnowflakeQueue


class Desk:
    """Jobs put into the tables as the executor would have written them, and what the views make of them."""

    def __init__(self, queue: SnowflakeQueue) -> None:
        self.store = queue.store
        self.rows = queue.sql

    def job(self, job_id: str, status: str | None, days_ago: float = 0.1, **state: Any) -> None:
        """A job that was asked for two hours before it ended, ``days_ago``."""
        self.rows(
            "INSERT INTO job_intake (request_id, kind, job_id, report_type, payload_version, enqueued_at) "
            "SELECT ?, 'RUN', ?, 'SALES_REPORT', 1, DATEADD('minute', ?, SYSDATE())",
            f"r-{job_id}",
            job_id,
            -int(days_ago * 1440) - 120,
        )
        if status is None:
            return
        ended = status in {"SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED"}
        columns = {"status": status, "fence": 7, "attempt": 1, "cpu": 256, "memory_mb": 1024} | state
        names = ", ".join(columns)
        self.rows(
            f"INSERT INTO job_state (request_id, job_id, started_at, finished_at, updated_at, {names}) "
            "SELECT ?, ?, DATEADD('minute', ?, SYSDATE()), IFF(?, DATEADD('minute', ?, SYSDATE()), NULL), SYSDATE(), "
            + ", ".join("?" for _ in columns),
            f"r-{job_id}",
            job_id,
            -int(days_ago * 1440) - 60,
            ended,
            -int(days_ago * 1440),
            *columns.values(),
        )


@pytest.fixture
def desk(snowflake_queue: SnowflakeQueue) -> Iterator[Desk]:
    snowflake_queue.empty()
    snowflake_queue.sql("DELETE FROM job_archive")
    yield Desk(snowflake_queue)
    snowflake_queue.sql("DELETE FROM job_archive")
    snowflake_queue.empty()


def test_due_times_follow_the_clocks_of_their_zone_also_where_these_change(desk: Desk) -> None:
    zones = ("Europe/Berlin", "America/New_York", "America/Santiago", "Australia/Sydney", "Asia/Kathmandu")
    for number, zone in enumerate(zones):
        definition = {"title": "t", "cadence": "daily", "due": "06:30", "time_zone": zone, "queries": []}
        desk.rows(
            "INSERT INTO report_types (report_type, version, definition, digest, defined_at) "
            "SELECT ?, 1, PARSE_JSON(?), 'clocks', DATEADD('day', -110, SYSDATE())",
            f"CLOCKS_{number}",
            json.dumps(definition),
        )
    try:
        rows = desk.rows(
            "SELECT report_type, business_date, due_at FROM expected_reports WHERE CONTAINS(report_type, 'CLOCKS_')"
        )
    finally:
        desk.rows("DELETE FROM report_types WHERE digest = 'clocks'")
    assert len(rows) >= 99 * len(zones)
    for row in rows:
        local = datetime.combine(row["business_date"] + timedelta(days=1), time(6, 30))
        there = local.replace(tzinfo=ZoneInfo(zones[int(row["report_type"][-1])]))
        assert row["due_at"] == there.astimezone(UTC).replace(tzinfo=None), row


def test_an_empty_queue_is_idle_or_has_never_been_led(desk: Desk) -> None:
    (row,) = desk.rows("SELECT queued, oldest_queued_s, leader, verdict FROM queue_health")
    assert (row["queued"], row["oldest_queued_s"], row["leader"]) == (0, None, None)
    assert row["verdict"].startswith("No executor has ever led this queue")
    desk.rows("UPDATE job_state SET holder = 'me' WHERE request_id = '__leader__'")
    assert desk.rows("SELECT verdict FROM queue_health") == [{"verdict": "Idle."}]


def test_jobs_that_wait_while_nobody_writes_are_told_as_such(desk: Desk) -> None:
    desk.job("waits", None)
    leader = "WHERE request_id = '__leader__'"
    desk.rows(f"UPDATE job_state SET holder = 'me', updated_at = DATEADD('hour', -1, SYSDATE()) {leader}")
    (row,) = desk.rows("SELECT queued, oldest_queued_s, verdict FROM queue_health")
    assert (row["queued"], row["oldest_queued_s"] > 7000) == (1, True)
    assert "nobody has written for five minutes" in row["verdict"]


def test_the_health_of_the_queue_tells_how_fast_reports_were_made_and_when_the_executor_wrote_last(desk: Desk) -> None:
    for place, days_ago in enumerate((0.01, 0.02, 0.03, 1)):
        desk.job(f"made-{place}", "SUCCEEDED", days_ago)
    desk.job("failed", "FAILED", 0.01)
    desk.rows("UPDATE job_state SET updated_at = DATEADD('minute', -10, SYSDATE())")
    (row,) = desk.rows(
        "SELECT succeeded_last_hour, usual_queue_s_last_hour, usual_run_s_last_hour, longest_total_s_last_hour, "
        "last_write_age_s FROM queue_health"
    )
    assert (row["succeeded_last_hour"], round(row["usual_queue_s_last_hour"])) == (3, 3600)
    assert abs(row["usual_run_s_last_hour"] - 3600) <= 60
    assert abs(row["longest_total_s_last_hour"] - 7200) <= 60
    assert 600 <= row["last_write_age_s"] < 900


def test_a_failure_tells_how_often_its_cause_struck_within_a_week(desk: Desk) -> None:
    for place, days_ago in enumerate((0.1, 3, 30)):
        desk.job(f"failed-{place}", "FAILED", days_ago, cause_id="out_of_memory", failure_class="OUT_OF_MEMORY")
    desk.job("other", "FAILED", cause_id="query_failed")
    desk.job("fine", "SUCCEEDED")
    rows = desk.rows("SELECT job_id, cause_id, same_cause_7d FROM failures ORDER BY job_id")
    assert [(row["job_id"], row["same_cause_7d"]) for row in rows] == [
        ("failed-0", 2),
        ("failed-1", 2),
        ("failed-2", 2),
        ("other", 1),
    ]


def test_costs_are_summed_by_type_and_month_with_what_brought_no_files(desk: Desk) -> None:
    desk.job("a", "SUCCEEDED", 0, cost_usd=0.25, attempt=2)
    desk.job("b", "FAILED", 0, cost_usd=0.5)
    (row,) = desk.rows("SELECT * FROM report_costs")
    assert (row["report_type"], row["jobs"], row["succeeded"], row["failed"]) == ("SALES_REPORT", 2, 1, 1)
    assert (float(row["cost_usd"]), float(row["cost_usd_without_files"]), row["extra_attempts"]) == (0.75, 0.5, 1)


@pytest.mark.parametrize(
    ("peak_mb", "recommended", "advice"),
    [
        (100.0, (256, 512), "It can do with less memory."),
        (700.0, (256, 1024), "It fits."),
        (1000.0, (256, 2048), "Give it more memory"),
        (5000.0, (1024, 7168), "Give it more memory"),
        (40_000.0, (8192, 53_248), "Give it more memory"),
        (120_000.0, (None, None), "No size that Fargate has"),
    ],
)
def test_rightsizing_recommends_the_smallest_size_with_a_quarter_to_spare(
    desk: Desk, peak_mb: float, recommended: tuple[int | None, int | None], advice: str
) -> None:
    for place in range(5):
        desk.job(f"job-{place}", "SUCCEEDED", peak_memory_mb=peak_mb - place)
    (row,) = desk.rows("SELECT recommended_cpu, recommended_memory_mb, advice FROM rightsizing")
    assert (row["recommended_cpu"], row["recommended_memory_mb"]) == recommended
    assert row["advice"].startswith(advice)


@pytest.mark.parametrize(
    ("had", "recommended", "advice"),
    [
        ((256, 2048), (512, 3072), "Give it more memory"),
        ((2048, 2048), (2048, 4096), "Give it more memory"),
        ((16_384, 122_880), (None, None), "It ran out of the most memory"),
    ],
)
def test_rightsizing_recommends_more_to_what_ran_out_and_could_not_tell_how_much_it_used(
    desk: Desk, had: tuple[int, int], recommended: tuple[int | None, int | None], advice: str
) -> None:
    for place in range(5):
        desk.job(f"job-{place}", "FAILED", cpu=had[0], memory_mb=had[1], failure_class="OUT_OF_MEMORY")
    (row,) = desk.rows("SELECT recommended_cpu, recommended_memory_mb, advice FROM rightsizing")
    assert (row["recommended_cpu"], row["recommended_memory_mb"]) == recommended
    assert row["advice"].startswith(advice)


def test_rightsizing_counts_attempts_that_ran_out_and_were_cured_by_the_next_size(desk: Desk) -> None:
    for place in range(5):
        desk.job(f"job-{place}", "SUCCEEDED", attempt=2, memory_mb=2048, peak_memory_mb=100)
        for event_id in (f"{place}", f"{place}-again"):  # an event can be told twice
            desk.rows(
                'INSERT INTO job_events (event_id, job_id, attempt, event, detail, "AT") '
                "SELECT ?, ?, 1, 'retry_planned', PARSE_JSON(?), SYSDATE()",
                event_id,
                f"job-{place}",
                '{"cause_id": "exit_137", "failure_class": "OUT_OF_MEMORY", "cpu": 256, "memory_mb": 1024}',
            )
    (row,) = desk.rows("SELECT * FROM rightsizing")
    assert (row["cpu"], row["memory_mb"], row["out_of_memory"]) == (256, 1024, 5)
    assert (row["recommended_cpu"], row["recommended_memory_mb"]) == (256, 2048)
    assert row["advice"] == "Give it more memory: 5 attempts ran out of it."


async def test_what_is_pruned_stays_in_the_history_once(desk: Desk) -> None:
    desk.job("old", "SUCCEEDED", 40, cost_usd=0.25)
    desk.job("young", "SUCCEEDED", 1)
    desk.job("open", "RUNNING", 40)
    before = desk.rows("SELECT * FROM job_history ORDER BY job_id")
    assert [row["job_id"] for row in before] == ["old", "young"]
    assert await desk.store.take_fence(0, "pruner") == 1
    for _ in range(2):
        await desk.store.prune(1, "order", 30)
    assert {row["job_id"] for row in desk.rows("SELECT job_id FROM jobs")} == {"young", "open"}
    assert desk.rows("SELECT * FROM job_history ORDER BY job_id") == before


def test_p9_after_a_cured_retry_the_cause_of_the_first_attempt_can_still_be_read(desk: Desk) -> None:
    desk.job("cured", "SUCCEEDED", attempt=2)
    desk.job("other", "SUCCEEDED")
    for attempt, diagnosis in ((1, "Fargate Spot took the capacity back."), (2, None)):
        desk.rows(
            'INSERT INTO job_results (request_id, job_id, attempt, diagnosis, exit_code, "AT") '
            "SELECT 'r-cured', 'cured', ?, ?, ?, SYSDATE()",
            attempt,
            diagnosis,
            137 if diagnosis else 0,
        )
    for event, cause in (("launched", "none"), ("retry_planned", "spot_interruption")):
        desk.rows(
            'INSERT INTO job_events (event_id, job_id, attempt, event, detail, "AT") '
            "SELECT ?, 'cured', 1, ?, OBJECT_CONSTRUCT('cause_id', ?), SYSDATE()",
            event,
            event,
            cause,
        )
    (last,) = desk.rows("SELECT diagnosis FROM jobs WHERE job_id = 'cured'")
    assert last["diagnosis"] is None
    rows = desk.rows("SELECT attempt, succeeded, cause_id, diagnosis, exit_code FROM job_attempts ORDER BY attempt")
    assert [tuple(row.values()) for row in rows] == [
        (1, False, "spot_interruption", "Fargate Spot took the capacity back.", 137),
        (2, True, None, None, 0),
    ]
