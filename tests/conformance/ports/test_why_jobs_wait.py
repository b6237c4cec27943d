"""A job that waits says why, as far as the tables tell; and where nothing ran, no files are promised."""

import json
from datetime import timedelta

import pytest

from contract.commands import CommandKind
from contract.events import JobEvent
from contract.job import JobRow
from executor.batches import Batch
from executor.core.breaker import Breaker, Phase
from executor.core.settle import event
from tests.conformance.ports.stores import SnowflakeQueue
from tests.jobs import definition, request


@pytest.fixture
def queue(snowflake_queue: SnowflakeQueue) -> SnowflakeQueue:
    snowflake_queue.empty()
    return snowflake_queue


def why(queue: SnowflakeQueue, job_id: str) -> tuple[str | None, str | None]:
    (row,) = queue.sql("SELECT diagnosis, remedy FROM jobs WHERE job_id = ?", job_id)
    return row["diagnosis"], row["remedy"]


async def claim(queue: SnowflakeQueue, claim_id: str = "claim-1") -> int:
    fence = await queue.store.take_fence(await queue.store.fence(), "executor-1")
    assert fence is not None
    await queue.store.claim(fence, claim_id, 50)
    return fence


async def test_a_job_that_was_asked_for_later_says_when(queue: SnowflakeQueue) -> None:
    later = request(not_before=queue.now().replace(microsecond=0) + timedelta(hours=1))
    queue.enqueue(later, age_s=600)
    assert later.not_before is not None
    assert why(queue, later.job_id) == (f"It was asked for not before {later.not_before:%Y-%m-%d %H:%M:%S} UTC.", None)


async def test_a_job_whose_type_has_reached_its_cap_says_so(queue: SnowflakeQueue) -> None:
    queue.define("CAPPED", 1, definition(max_running=1))
    first, second = request(report_type="CAPPED"), request(report_type="CAPPED")
    queue.enqueue(first, age_s=5)
    queue.enqueue(second)
    assert why(queue, second.job_id) == (None, None)
    await claim(queue)
    diagnosis, remedy = why(queue, second.job_id)
    assert diagnosis == "No more than 1 of its type may be at work at once, and 1 is."
    assert "max_running" in str(remedy)
    assert why(queue, first.job_id) == (None, None)


async def test_a_job_that_waits_beside_others_at_work_says_so_after_a_minute(queue: SnowflakeQueue) -> None:
    queue.enqueue(request())
    await claim(queue)
    patient, fresh = request(), request()
    queue.enqueue(patient, age_s=90)
    queue.enqueue(fresh)
    diagnosis, remedy = why(queue, patient.job_id)
    assert diagnosis == "It waits for room beside the 1 job at work."
    assert "REPORTING_MAX_RUNNING" in str(remedy)
    assert why(queue, fresh.job_id) == (None, None)


async def test_a_job_that_nobody_is_there_for_says_so_after_a_minute(queue: SnowflakeQueue) -> None:
    forgotten, fresh = request(), request()
    queue.enqueue(forgotten, age_s=90)
    queue.enqueue(fresh)
    assert why(queue, forgotten.job_id) == (None, None)  # somebody wrote since: it will be claimed
    queue.sql("UPDATE job_state SET updated_at = '2026-01-02 03:04:05'")
    diagnosis, remedy = why(queue, forgotten.job_id)
    assert diagnosis == "No executor has written anything since 2026-01-02 03:04:05 UTC: none seems to lead."
    assert "reporting run" in str(remedy)
    assert why(queue, fresh.job_id) == (None, None)


async def test_a_job_that_waits_and_was_cancelled_says_who_did_and_a_later_request_does_not(
    queue: SnowflakeQueue,
) -> None:
    job = request()
    queue.enqueue(job, age_s=5)
    queue.order(CommandKind.CANCEL, job.job_id)
    diagnosis, _remedy = why(queue, job.job_id)
    assert str(diagnosis).startswith("Cancelled by ")
    assert str(diagnosis).endswith(": the executor ends it when it looks next.")
    queue.sql("UPDATE job_intake SET enqueued_at = DATEADD('second', 60, enqueued_at) WHERE kind = 'RUN'")
    assert why(queue, job.job_id) == (None, None)


async def test_a_job_between_two_tries_says_what_failed_and_when_it_tries_again(queue: SnowflakeQueue) -> None:
    tried = request()
    queue.enqueue(tried)
    await claim(queue)
    due = "due_at = '2999-01-02 03:04:05'"
    queue.sql(f"UPDATE job_state SET status = 'RETRY_WAIT', cause_id = 'vcpu_quota', {due} WHERE job_id IS NOT NULL")
    diagnosis, remedy = why(queue, tried.job_id)
    assert diagnosis == "Its launch was refused (vcpu_quota). Its next try is due at 2999-01-02 03:04:05 UTC."
    assert "by itself" in str(remedy)
    queue.sql("UPDATE job_state SET launched_at = SYSDATE() WHERE job_id IS NOT NULL")
    queue.sql(
        'INSERT INTO job_results (request_id, job_id, attempt, diagnosis, remedy, "AT") '
        "SELECT ?, ?, 1, 'No capacity.', 'Wait.', SYSDATE()",
        tried.request_id,
        tried.job_id,
    )
    assert why(queue, tried.job_id) == ("No capacity. Its next try is due at 2999-01-02 03:04:05 UTC.", "Wait.")


async def answered(queue: SnowflakeQueue, job: JobRow, fence: int, name: JobEvent, **detail: str) -> None:
    said = event(job, name, queue.now(), **detail)
    await queue.store.write(fence, Batch(events=[said]))


async def test_p9_a_job_whose_launch_aws_puts_off_says_what_aws_said_and_what_comes_next(queue: SnowflakeQueue) -> None:
    asked = request()
    queue.enqueue(asked)
    fence = await claim(queue)
    (job,) = await queue.store.claimed("claim-1")
    await answered(queue, job, fence, JobEvent.LAUNCH_THROTTLED, reason="ThrottlingException: Rate exceeded")
    diagnosis, remedy = why(queue, asked.job_id)
    assert diagnosis == (
        "AWS asks for patience with its launch: ThrottlingException: Rate exceeded. It is being launched again."
    )
    assert str(remedy).startswith("It is launched again by itself: every few seconds")
    said = {"cause_id": "capacity", "diagnosis": "Fargate has no room", "remedy": "Add subnets."}
    await answered(queue, job, fence, JobEvent.LAUNCH_REFUSED, **said)
    assert why(queue, asked.job_id)[0] == ("Its launch was refused: Fargate has no room. It is being launched again.")
    due = "due_at = '2999-01-02 03:04:05', cause_id = 'capacity'"
    queue.sql(f"UPDATE job_state SET status = 'RETRY_WAIT', {due} WHERE job_id IS NOT NULL")
    assert why(queue, asked.job_id) == (
        "Its launch was refused: Fargate has no room. Its next try is due at 2999-01-02 03:04:05 UTC.",
        "Add subnets. It is launched again by itself.",
    )
    said["remedy"] = "The job is tried again by itself. If it happens often, add subnets."
    queue.sql("UPDATE job_events SET detail = PARSE_JSON(?) WHERE event = 'launch_refused'", json.dumps(said))
    assert why(queue, asked.job_id)[1] == said["remedy"]
    queue.sql("UPDATE job_state SET due_at = '2026-01-01' WHERE job_id IS NOT NULL")
    assert why(queue, asked.job_id)[0] == "Its launch was refused: Fargate has no room. Its next try is due."


async def test_p9_while_launches_are_held_back_a_job_still_says_what_its_own_last_try_met(
    queue: SnowflakeQueue,
) -> None:
    asked = request()
    queue.enqueue(asked)
    fence = await claim(queue)
    lost = "status = 'RETRY_WAIT', launched_at = SYSDATE(), due_at = '2999-01-02', cause_id = 'task_missing'"
    queue.sql(f"UPDATE job_state SET {lost} WHERE job_id IS NOT NULL")
    queue.sql(
        'INSERT INTO job_results (request_id, job_id, attempt, diagnosis, remedy, "AT") '
        "SELECT ?, ?, 1, 'ECS lost it', 'Wait.', SYSDATE()",
        asked.request_id,
        asked.job_id,
    )
    facts = {"task_definition": "f:3", "phase": Phase.OPEN, "diagnosis": "No image.", "remedy": "Push it."}
    held = "Launches are held back but for one try at a time. No image."
    for cause, says in (("no_image", f"ECS lost it. {held}"), ("task_missing", held)):
        await queue.store.write_breaker(fence, Breaker.model_validate({**facts, "cause_id": cause}))
        assert why(queue, asked.job_id) == (says, "Push it.")
    (health,) = queue.sql("SELECT verdict FROM queue_health")
    assert health["verdict"] == "Launches are held back. No image. Push it."
    await queue.store.write_breaker(fence, Breaker(task_definition="f:3"))
    assert why(queue, asked.job_id)[0] == "ECS lost it. Its next try is due at 2999-01-02 00:00:00 UTC."


async def test_a_job_that_never_ran_shows_no_place_of_files(queue: SnowflakeQueue) -> None:
    queue.enqueue(request())
    await claim(queue)
    uri = "s3://bucket/reports/x/"
    told = []
    for changes in ("status = 'LAUNCHED'", "status = 'FAILED'", "started_at = SYSDATE()", "status = 'SUCCEEDED'"):
        queue.sql(f"UPDATE job_state SET result_uri = ?, {changes} WHERE job_id IS NOT NULL", uri)
        told.append(queue.sql("SELECT result_uri FROM jobs")[0]["result_uri"])
    assert told == [None, None, uri, uri]


async def test_a_job_that_was_refused_at_launch_shows_no_place_of_files(queue: SnowflakeQueue) -> None:
    asked = request()
    queue.enqueue(asked)
    await claim(queue)
    changes = "result_uri = 's3://bucket/reports/x/', status = 'FAILED'"
    queue.sql(f"UPDATE job_state SET {changes} WHERE job_id IS NOT NULL")
    queue.sql(
        'INSERT INTO job_results (request_id, job_id, attempt, diagnosis, manifest, "AT") '
        "SELECT ?, ?, 1, 'No such cluster.', PARSE_JSON('null'), SYSDATE()",
        asked.request_id,
        asked.job_id,
    )
    assert queue.sql("SELECT result_uri, diagnosis FROM jobs") == [
        {"result_uri": None, "diagnosis": "No such cluster."}
    ]


async def test_what_an_attempt_left_is_told_of_the_next_one_as_the_earlier_ones(queue: SnowflakeQueue) -> None:
    asked = request()
    queue.enqueue(asked)
    await claim(queue)
    queue.sql("UPDATE job_state SET status = 'RUNNING', attempt = 2, started_at = SYSDATE() WHERE job_id IS NOT NULL")
    queue.sql(
        "INSERT INTO job_results (request_id, job_id, attempt, exit_code, diagnosis, remedy, error, log_tail, "
        'manifest, "AT") '
        "SELECT ?, ?, 1, 137, 'Memory ran out.', 'Give it more.', 'Killed', 'rows', PARSE_JSON(?), SYSDATE()",
        asked.request_id,
        asked.job_id,
        '{"files": [], "file_count": 0}',
    )
    shown = "diagnosis, remedy, exit_code, error, log_tail, files"
    (running,) = queue.sql(f"SELECT {shown} FROM jobs")
    assert running.pop("diagnosis") == "Attempt 1: Memory ran out."
    assert set(running.values()) == {None}
    queue.sql("UPDATE job_state SET status = 'FAILED', attempt = 1 WHERE job_id IS NOT NULL")
    (ended,) = queue.sql(f"SELECT {shown} FROM jobs")
    assert tuple(ended.values()) == ("Memory ran out.", "Give it more.", 137, "Killed", "rows", 0)
