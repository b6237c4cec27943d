"""Files in the bucket, and log lines. Each claim is asked of the fakes and of a local AWS."""

import hashlib
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from contract.manifest import Latest, Manifest, StartMarker
from executor.core.files import StoredFile
from executor.core.launch_answers import Accepted
from executor.ports import Artifacts
from tests.conformance.ports.aws import DONE, STAYS, TALKS, Bucket, Fargate
from tests.jobs import ARN, NOW, PROFILE

Files = tuple[Artifacts, Bucket]


def manifest() -> Manifest:
    return Manifest(
        status="succeeded",
        exit_code=0,
        job_id="job-1",
        attempt=1,
        report_type="SALES_REPORT",
        report_version=1,
        trace_id="t",
        task_arn=ARN,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=3),
        seconds=3.0,
        cpu_seconds=1.0,
        peak_memory_mb=80.0,
    )


def place() -> tuple[str, str]:
    prefix = f"reports/SALES_REPORT/2026-03-01/{uuid.uuid4().hex}/1/"
    return prefix, f"s3://ports-bucket/{prefix}"


async def test_an_attempt_that_left_nothing_has_neither_manifest_nor_marker(files: Files) -> None:
    _, uri = place()
    assert await files[0].manifest(uri) is None
    assert await files[0].start_marker(uri) is None


async def test_what_a_container_left_is_read(files: Files) -> None:
    prefix, uri = place()
    marker = StartMarker(task_arn=ARN, started_at=NOW)
    await files[1].put(prefix + "started.json", marker.model_dump_json())
    await files[1].put(prefix + "manifest.json", manifest().model_dump_json())
    assert await files[0].start_marker(uri) == marker
    assert await files[0].manifest(uri) == manifest()


async def test_a_newer_manifest_with_more_fields_is_read(files: Files) -> None:
    prefix, uri = place()
    await files[1].put(prefix + "manifest.json", manifest().model_dump_json()[:-1] + ', "later": {"a": 1}}')
    assert await files[0].manifest(uri) == manifest()


@pytest.mark.parametrize("text", ["", "not json", "{}", '{"status": "succeeded"}'])
async def test_a_manifest_that_cannot_be_read_is_as_good_as_none(files: Files, text: str) -> None:
    prefix, uri = place()
    await files[1].put(prefix + "manifest.json", text)
    assert await files[0].manifest(uri) is None


async def test_why_an_attempt_failed_is_read_when_there_is_no_manifest_and_never_taken_for_a_success(
    files: Files,
) -> None:
    prefix, uri = place()
    await files[1].put(prefix + "failure.json", manifest().model_dump_json())
    assert await files[0].manifest(uri) is None
    failed = manifest().model_copy(update={"status": "failed", "exit_code": 12})
    await files[1].put(prefix + "failure.json", failed.model_dump_json())
    assert await files[0].manifest(uri) == failed
    await files[1].put(prefix + "manifest.json", manifest().model_dump_json())
    assert await files[0].manifest(uri) == manifest()


async def test_p4_what_is_stored_is_told_with_its_size_and_digest(files: Files) -> None:
    prefix, uri = place()
    assert await files[0].stored(uri, "sales.csv") is None
    await files[1].put(prefix + "sales.csv", "a,ä\n", checked=True)
    digest = hashlib.sha256("a,ä\n".encode()).hexdigest()
    assert await files[0].stored(uri, "sales.csv") == StoredFile(5, digest)


async def test_a_task_spec_lies_under_its_key(files: Files) -> None:
    prefix, _ = place()
    await files[0].put_spec(prefix + "task_spec.json", '{"a": "ä"}')
    assert await files[1].get(prefix + "task_spec.json") == {"a": "ä"}


async def test_latest_points_at_the_newest_result(files: Files) -> None:
    _, uri = place()
    report_type = f"TYPE_{uuid.uuid4().hex[:8].upper()}"

    def result(job_id: str, minute: int) -> Latest:
        at = datetime(2026, 11, 21, 6, minute, tzinfo=UTC)
        where = f"{uri}{job_id}/"
        return Latest(
            report_type=report_type, job_id=job_id, result_uri=where, manifest=where + "manifest.json", finished_at=at
        )

    for latest in (result("first", 1), result("newest", 5), result("settled-late", 3)):
        await files[0].put_latest(latest)
    assert (await files[1].get(f"reports/{report_type}/latest.json"))["job_id"] == "newest"


async def test_a_launch_profile_is_found_by_its_name(files: Files) -> None:
    await files[0].put_profile(PROFILE)
    assert await files[0].profile(PROFILE.name) == PROFILE
    with pytest.raises(LookupError, match="0000000000000000"):
        await files[0].profile("0" * 16)


async def test_the_tail_of_a_log_is_its_last_forty_lines_in_order(fargate: Fargate) -> None:
    name = uuid.uuid4().hex
    answer = await fargate.launcher.run(fargate.request(TALKS, name, name))
    assert isinstance(answer, Accepted)
    await fargate.until_stopped(answer.task.arn)
    tail = await fargate.logs.tail(answer.task.arn, "report")
    assert tail == "\n".join(f"line {number}" for number in range(10, 50))


async def test_a_task_that_said_nothing_has_no_tail(fargate: Fargate) -> None:
    name = uuid.uuid4().hex
    answer = await fargate.launcher.run(fargate.request(STAYS, name, name))
    assert isinstance(answer, Accepted)
    assert await fargate.logs.tail(answer.task.arn, "report") is None
    assert await fargate.logs.tail(answer.task.arn[:-4] + "ffff", "report") is None


async def test_one_line_is_a_tail_of_one_line(fargate: Fargate) -> None:
    name = uuid.uuid4().hex
    answer = await fargate.launcher.run(fargate.request(DONE, name, name))
    assert isinstance(answer, Accepted)
    await fargate.until_stopped(answer.task.arn)
    assert await fargate.logs.tail(answer.task.arn, "report") == "done"
