"""Files above the size of one PUT: in parts while they are written, verified part by part, never half there."""

import hashlib
import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from contract.manifest import PROGRESS_NAME, ReportFile
from contract.outcome import ExitCode
from contract.report import ReportFormat
from runner.failures import RunFailedError
from runner.store import Store
from runner.uploads import HELD_BYTES, Uploads
from tests.conformance.runner.s3_gate import S3Gate
from tests.local_stack import BUCKET, LocalStack

PART_BYTES = 5 * 1024 * 1024  # the smallest part that S3 takes, but for the last
LARGE = os.urandom(2 * PART_BYTES + 12_345)
MANY_ROWS = "SELECT SEQ4() AS id, REPEAT('x', 200) AS note FROM TABLE(GENERATOR(ROWCOUNT => 50000))"
FOREVER: dict[str, Any] = {
    "title": "Large, then nothing more",
    "queries": [{"name": "large", "sql": MANY_ROWS}, {"name": "slow", "sql": "SELECT SYSTEM$WAIT(60) AS id"}],
    "formats": ["csv", "ndjson"],
}


class Client:
    """The real client, with something happening before each part."""

    def __init__(self, s3: Any, before_part: Callable[[int], None]) -> None:
        self._s3 = s3
        self._before_part = before_part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def upload_part(self, **parameters: Any) -> Any:
        self._before_part(parameters["PartNumber"])
        return self._s3.upload_part(**parameters)


class Completes(Client):  # the first answer is lost, and the SDK asks again
    def complete_multipart_upload(self, **parameters: Any) -> Any:
        self._s3.complete_multipart_upload(**parameters)
        return self._s3.complete_multipart_upload(**parameters)


def uploads(client: Any, prefix: str) -> Uploads:
    return Uploads(Store(client, BUCKET, prefix), lambda name: f"sales_{name}", first_part=PART_BYTES)


def write(files: Uploads, content: bytes, name: str = "large.csv") -> None:
    file = files.open(name, ReportFormat.CSV, "text/csv", "large")
    for at in range(0, len(content), 100_000):
        file.write(memoryview(content)[at : at + 100_000])
    file.close(7)


def left_of(stack: LocalStack, prefix: str) -> tuple[int, int]:
    """Objects and unfinished uploads under a prefix; how far a run was stays with the marker, for nobody may delete."""
    listed = stack.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    begun = stack.s3.list_multipart_uploads(Bucket=BUCKET, Prefix=prefix).get("Uploads", [])
    return sum(not entry["Key"].endswith(PROGRESS_NAME) for entry in listed), len(begun)


def test_a_large_file_arrives_whole_and_is_seen_only_when_it_is_published(stack: LocalStack) -> None:
    files = uploads(stack.s3, "large/whole/")
    write(files, LARGE)
    write(files, b"small", "small.csv")
    assert left_of(stack, "large/whole/") == (0, 1)
    large, small = files.publish()
    stored = stack.s3.get_object(Bucket=BUCKET, Key="large/whole/large.csv")
    assert stored["Body"].read() == LARGE
    assert (stored["ContentType"], stored["ContentDisposition"]) == (
        "text/csv",
        'attachment; filename="sales_large.csv"',
    )
    assert large == ReportFile(
        name="large.csv",
        uri=f"s3://{BUCKET}/large/whole/large.csv",
        format=ReportFormat.CSV,
        query="large",
        bytes=len(LARGE),
        rows=7,
        sha256=hashlib.sha256(LARGE).hexdigest(),
        content_type="text/csv",
    )
    assert (small.bytes, small.sha256) == (5, hashlib.sha256(b"small").hexdigest())
    assert left_of(stack, "large/whole/") == (2, 0)
    files.give_up()
    assert left_of(stack, "large/whole/") == (2, 0)


def test_small_files_beyond_what_memory_may_hold_are_sent_ahead(stack: LocalStack) -> None:
    files, size = uploads(stack.s3, "large/many/"), PART_BYTES - 1
    fitting = HELD_BYTES // size
    for number in range(fitting + 2):
        write(files, LARGE[:size], f"{number}.csv")
    assert left_of(stack, "large/many/") == (0, 2)
    assert {file.sha256 for file in files.publish()} == {hashlib.sha256(LARGE[:size]).hexdigest()}
    assert left_of(stack, "large/many/") == (fitting + 2, 0)


def test_a_part_whose_line_breaks_is_sent_once_more(stack: LocalStack) -> None:
    broken = {1, 3}

    def breaks_once(number: int) -> None:
        if number in broken:
            broken.remove(number)
            raise ConnectionError("line cut")

    files = uploads(Client(stack.s3, breaks_once), "large/again/")
    write(files, LARGE)
    [file] = files.publish()
    assert file.sha256 == hashlib.sha256(LARGE).hexdigest()
    assert stack.s3.get_object(Bucket=BUCKET, Key="large/again/large.csv")["Body"].read() == LARGE


def test_an_upload_whose_completion_was_answered_into_the_void_is_found_complete(stack: LocalStack) -> None:
    files = uploads(Completes(stack.s3, lambda _: None), "large/void/")
    write(files, LARGE)
    [file] = files.publish()
    assert (file.bytes, left_of(stack, "large/void/")) == (len(LARGE), (1, 0))


def test_what_is_not_seen_yet_is_looked_for_again_by_a_role_that_may_not_list(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.upload._LOOK_EVERY_S", 0.0)

    class AnswersLate(Completes):
        looks = 0

        def head_object(self, **parameters: Any) -> Any:
            self.looks += 1
            if self.looks == 1:
                raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadObject")
            return self._s3.head_object(**parameters)

    client = AnswersLate(stack.s3, lambda _: None)
    files = uploads(client, "large/late/")
    write(files, LARGE)
    files.publish()
    assert client.looks == 2


def test_an_upload_that_fails_on_the_way_leaves_nothing(stack: LocalStack) -> None:
    def breaks(number: int) -> None:
        if number == 2:
            raise ConnectionError("line cut")

    files = uploads(Client(stack.s3, breaks), "large/broken/")
    write(files, LARGE)
    with pytest.raises(RunFailedError, match=r"part 2 of large.csv .*line cut") as failed:
        files.publish()
    assert failed.value.exit_code is ExitCode.S3_UNWRITABLE
    files.give_up()
    assert left_of(stack, "large/broken/") == (0, 0)


def test_a_part_under_way_when_the_run_is_given_up_is_not_left_behind(stack: LocalStack) -> None:
    given_up = threading.Event()

    def waits(_number: int) -> None:
        assert given_up.wait(30)

    files = uploads(Client(stack.s3, waits), "large/stopped/")
    file = files.open("large.csv", ReportFormat.CSV, "text/csv", "large")
    file.write(LARGE)
    files.give_up()
    given_up.set()
    with pytest.raises(RunFailedError) as refused:
        files.publish()
    assert refused.value.exit_code is ExitCode.STOPPED
    with pytest.raises(RunFailedError):
        files.open("next.csv", ReportFormat.CSV, "text/csv", "large")
    assert left_of(stack, "large/stopped/") == (0, 0)


def test_a_file_that_changed_on_its_way_is_refused_by_s3(stack: LocalStack) -> None:
    class Changes(Client):
        def put_object(self, **parameters: Any) -> Any:
            return self._s3.put_object(**parameters | {"Body": b"something else"})

    files = uploads(Changes(stack.s3, lambda _: None), "large/changed/")
    write(files, b"id\r\n1\r\n", "small.csv")
    with pytest.raises(RunFailedError, match="hecksum") as failed:
        files.publish()
    assert failed.value.exit_code is ExitCode.S3_UNWRITABLE
    assert left_of(stack, "large/changed/") == (0, 0)


def test_sigterm_in_mid_upload_ends_as_143_and_leaves_nothing_behind(stack: LocalStack) -> None:
    attempt = stack.attempt(FOREVER)
    report = attempt.start()
    while report.await_action("query_started")["query"] != "slow":
        pass
    assert left_of(stack, attempt.spec["prefix"]) == (1, 2)
    report.process.send_signal(signal.SIGTERM)
    assert report.finish() == 143
    assert attempt.names() == ["started.json"]
    assert left_of(stack, attempt.spec["prefix"]) == (1, 0)


def test_sigterm_while_s3_keeps_a_part_waiting_ends_as_143_and_leaves_nothing_behind(
    stack: LocalStack, s3_gate: S3Gate
) -> None:
    s3_gate.hold = "large.csv"
    attempt = stack.attempt({**FOREVER, "formats": ["csv"]})
    report = attempt.start(AWS_ENDPOINT_URL=s3_gate.endpoint)
    assert s3_gate.held.wait(30)
    report.process.send_signal(signal.SIGTERM)
    assert report.finish() == 143
    s3_gate.released.set()
    assert left_of(stack, attempt.spec["prefix"]) == (1, 0)


def test_a_query_that_fails_half_way_ends_as_12_with_the_parts_forgotten(stack: LocalStack) -> None:
    queries = [FOREVER["queries"][0], {"name": "bad", "sql": "SELECT id FROM sales.nowhere_at_all"}]
    attempt = stack.attempt({**FOREVER, "queries": queries})
    assert attempt.run().process.returncode == 12
    assert attempt.names() == ["failure.json", "started.json"]
    assert left_of(stack, attempt.spec["prefix"]) == (2, 0)
    assert attempt.failure().files == ()


def test_s3_that_refuses_a_part_ends_the_run_as_14(stack: LocalStack, s3_gate: S3Gate) -> None:
    s3_gate.refuse = "partNumber=2"
    attempt = stack.attempt({**FOREVER, "queries": FOREVER["queries"][:1], "formats": ["csv"]})
    report = attempt.run(AWS_ENDPOINT_URL=s3_gate.endpoint)
    assert report.process.returncode == 14
    failure = attempt.failure().failure
    assert failure is not None
    assert (failure.kind, "part 2 of large.csv" in failure.message) == ("AccessDenied", True)
    assert left_of(stack, attempt.spec["prefix"]) == (2, 0)


def test_cells_of_32_kb_are_written_in_bounded_memory(stack: LocalStack) -> None:
    sql = "SELECT SEQ4() AS id, REPEAT('\"', 32768) AS note FROM TABLE(GENERATOR(ROWCOUNT => 400))"
    attempt = stack.attempt({"title": "Wide", "queries": [{"name": "wide", "sql": sql}], "formats": ["csv", "parquet"]})
    assert attempt.run().process.returncode == 0
    manifest = attempt.manifest()
    assert [file.rows for file in manifest.files] == [400, 400]
    assert attempt.read("wide.csv").count(b'"') == 400 * (2 * 32768 + 2)
    assert manifest.peak_memory_mb < 400
