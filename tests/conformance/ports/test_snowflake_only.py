"""What only the real adapter can show: procedures on the other side, and connections that get lost."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from contract.states import JobState
from executor.adapters.snowflake_session import SnowflakeSession
from executor.batches import Batch, Change
from executor.core.breaker import Breaker, Phase
from executor.port_errors import StoreUnavailableError
from tests.conformance.ports.stores import MAX_QUEUE_AGE_S, SnowflakeQueue
from tests.conformance.ports.test_store_writes import result
from tests.jobs import NOW, request
from tests.local_stack import served


async def test_p18_what_a_call_asks_for_is_claimed_once_however_often_it_is_called(
    snowflake_queue: SnowflakeQueue,
) -> None:
    queue = snowflake_queue
    queue.empty()
    calls = [
        json.loads(queue.sql("CALL generate_daily_reports('2026-03-01'::DATE)")[0]["generate_daily_reports"])
        for _ in range(2)
    ]
    asked = {job["job_id"] for job in calls[0]["jobs"]}
    assert asked == {job["job_id"] for job in calls[1]["jobs"]}
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 50)
    jobs = await queue.store.claimed("claim-1")
    assert {job.job_id for job in jobs} == asked
    assert len(jobs) == len(asked) > 0
    definitions = await queue.store.definitions({(job.report_type, job.report_version) for job in jobs})
    assert len(definitions) == len(asked)


async def test_p9_a_job_that_waits_because_launches_are_held_back_says_so(snowflake_queue: SnowflakeQueue) -> None:
    queue = snowflake_queue
    queue.empty()
    queue.enqueue(request())
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    held = Breaker(task_definition="f:3", phase=Phase.OPEN, diagnosis="The image is missing.", remedy="Push it.")
    said = []
    for kept in (held, Breaker(task_definition="f:3")):
        await queue.store.write_breaker(fence, kept)
        (row,) = queue.sql("SELECT diagnosis, remedy FROM jobs")
        said.append((row["diagnosis"], row["remedy"]))
    text = "Launches are held back but for one try at a time. The image is missing."
    assert said == [(text, "Push it."), (None, None)]


async def test_p3_double_rows_of_a_request_become_the_one_that_got_further(snowflake_queue: SnowflakeQueue) -> None:
    queue = snowflake_queue
    queue.empty()
    doubled, single = request(), request()
    queue.enqueue(doubled, single)
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 5)
    copy = (
        "INSERT INTO job_state (request_id, job_id, status, attempt, launch_try, status_rank, claim_id, fence) "
        "SELECT request_id, job_id, 'LAUNCHED', 1, 1, 20, 'claim-0', fence FROM job_state WHERE request_id = ?"
    )
    queue.sql(copy, doubled.request_id)
    assert await queue.store.fold(fence - 1) == 0
    assert await queue.store.fold(fence) == 1
    rows = queue.sql("SELECT request_id, status FROM job_state WHERE request_id <> '__leader__'")
    assert {row["request_id"]: row["status"] for row in rows} == {
        doubled.request_id: "LAUNCHED",
        single.request_id: "CLAIMED",
    }


async def test_p3_two_open_requests_of_one_job_become_one_and_a_duplicate(snowflake_queue: SnowflakeQueue) -> None:
    queue = snowflake_queue
    queue.empty()
    first, second = request(job_id="one-job"), request(job_id="one-job")
    queue.enqueue(first)
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 5)
    queue.enqueue(second)
    copy = (
        "INSERT INTO job_state (request_id, job_id, status, attempt, launch_try, status_rank, claim_id, fence) "
        "SELECT ?, job_id, 'CLAIMED', 1, 0, 5, 'claim-2', fence FROM job_state WHERE request_id = ?"
    )
    queue.sql(copy, second.request_id, first.request_id)
    assert await queue.store.fold(fence) == 1
    seen = {one.request_id: queue.seen(one) for one in (first, second)}
    assert [(row.status, row.duplicate_of) for row in seen.values() if row] == [
        ("CLAIMED", None),
        ("DUPLICATE", "one-job"),
    ]


async def test_p9_an_expired_job_says_why_and_what_to_do(snowflake_queue: SnowflakeQueue) -> None:
    queue = snowflake_queue
    queue.empty()
    old = request()
    queue.enqueue(old, age_s=MAX_QUEUE_AGE_S + 60)
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 0)
    (row,) = queue.sql("SELECT status, diagnosis, remedy FROM jobs WHERE job_id = ?", old.job_id)
    assert row["status"] == "EXPIRED"
    assert "Nobody claimed it" in row["diagnosis"]
    assert "executor runs" in row["remedy"]


async def test_an_ended_attempt_keeps_what_it_took_and_cost_and_the_view_says_so(
    snowflake_queue: SnowflakeQueue,
) -> None:
    queue = snowflake_queue
    queue.empty()
    queue.enqueue(request(), age_s=60)
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 1)
    (job,) = await queue.store.claimed("claim-1")
    starts_at = job.enqueued_at + timedelta(seconds=90)
    finished_at = starts_at + timedelta(seconds=30)
    ran = replace(job, launched_at=NOW, started_at=starts_at, finished_at=finished_at, cost_usd=0.02)
    ended = replace(ran, status=JobState.SUCCEEDED, status_rank=90)
    took = {"start_s": 16.5, "pull_s": 10.0, "run_s": 30.0, "cost_usd": 0.01}
    await queue.store.write(fence, Batch([Change(ended)], [result(job).model_copy(update=took)]))
    (kept,) = queue.sql("SELECT start_s, pull_s, run_s, cost_usd FROM job_results WHERE job_id = ?", job.job_id)
    assert {name: float(value) for name, value in kept.items()} == took
    (row,) = queue.sql("SELECT queue_s, pull_s, run_s, cost_usd FROM jobs WHERE job_id = ?", job.job_id)
    assert {name: float(value) for name, value in row.items()} == {
        "queue_s": 90.0,
        "pull_s": 10.0,
        "run_s": 30.0,
        "cost_usd": 0.02,
    }


async def test_p24_rows_that_no_code_can_read_are_claimed_to_fail_and_keep_no_other_from_its_turn(
    snowflake_queue: SnowflakeQueue,
) -> None:
    queue = snowflake_queue
    queue.empty()
    columns = "request_id, kind, job_id, report_type, params, priority, payload_version, enqueued_at"
    for values in (
        "'nameless-1', 'RUN', NULL, 'SALES_REPORT', NULL, 50, 1, SYSDATE()",
        "'nameless-2', 'RUN', NULL, NULL, PARSE_JSON('[1]'), NULL, 99, SYSDATE()",
        "'twice', 'RUN', 'a', 'SALES_REPORT', PARSE_JSON('{}'), 50, 1, SYSDATE()",
        "'twice', 'RUN', 'b', 'SALES_REPORT', PARSE_JSON('{}'), 50, 1, SYSDATE()",
        "'odd', 'DANCE', 'c', NULL, NULL, NULL, 1, SYSDATE()",
        "'aimless-1', 'CANCEL', NULL, NULL, NULL, NULL, 1, SYSDATE()",
        "'aimless-2', 'PAUSE', NULL, NULL, NULL, NULL, 1, SYSDATE()",
        "'aimless-3', 'PRUNE', NULL, NULL, PARSE_JSON('{\"keep_days\": \"soon\"}'), NULL, 1, SYSDATE()",
    ):
        queue.sql(f"INSERT INTO job_intake ({columns}) SELECT {values}")
    sound = request()
    queue.enqueue(sound)
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, "claim-1", 10)
    jobs = {job.request_id: job for job in await queue.store.claimed("claim-1")}
    assert jobs[sound.request_id].spoiled is None
    assert all(jobs[name].spoiled for name in ("nameless-1", "nameless-2"))
    assert sum(queue.all_seen()[name].status == "CLAIMED" for name in jobs) == len(jobs) == 4
    (order,) = await queue.store.commands()
    assert (order.request_id, order.keep_days) == ("aimless-3", None)
    queue.sql("UPDATE job_state SET status = 'RETRY_WAIT', due_at = SYSDATE() WHERE request_id = 'twice'")
    await queue.store.claim(fence, "claim-2", 10)
    assert queue.all_seen()["twice"].status == "CLAIMED"


async def test_p14_a_session_that_snowflake_forgot_is_an_outage_once_and_then_a_new_one(tmp_path: Path) -> None:
    arguments = {"account": "local", "user": "tester", "password": "any-password", "protocol": "http"}
    with served("local_cloud.snowflake", "--data-dir", str(tmp_path / "first")) as server:
        address = {"host": server["host"], "port": server["port"]}
        session = SnowflakeSession(arguments | address, "test")
        assert len((await session.run("now")).rows) == 1
    with served("local_cloud.snowflake", "--data-dir", str(tmp_path / "second"), "--port", str(address["port"])):
        with pytest.raises(StoreUnavailableError, match="now: "):
            await session.run("now")
        assert len((await session.run("now")).rows) == 1
        await session.close()


async def test_p14_a_snowflake_that_cannot_be_reached_is_an_outage() -> None:
    arguments = {"account": "local", "user": "tester", "password": "any-password", "protocol": "http"}
    session = SnowflakeSession(arguments | {"host": "127.0.0.1", "port": 9}, "test")
    with pytest.raises(StoreUnavailableError, match="now: 250001"):
        await session.run("now")
    await session.close()
