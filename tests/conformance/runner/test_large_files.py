"""Files above the size of one PUT: in parts, verified part by part, never half there."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract.outcome import ExitCode
from runner.failures import RunFailedError
from runner.store import Store
from tests.local_stack import BUCKET, LocalStack

PART_BYTES = 5 * 1024 * 1024  # the smallest part that S3 takes, but for the last


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    path = tmp_path / "large.csv"
    path.write_bytes(os.urandom(2 * PART_BYTES + 12_345))
    return path


def put(store: Store, path: Path) -> None:
    digest = hashlib.sha256(path.read_bytes()).digest()
    store.put_file("large.csv", path, sha256=digest, content_type="text/csv", shown_as="sales_large.csv")


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


def left_of(stack: LocalStack, prefix: str) -> tuple[int, int]:
    """Objects and unfinished uploads under a prefix."""
    objects = stack.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    uploads = stack.s3.list_multipart_uploads(Bucket=BUCKET, Prefix=prefix).get("Uploads", [])
    return len(objects), len(uploads)


def test_a_large_file_arrives_whole(stack: LocalStack, large_file: Path) -> None:
    put(Store(stack.s3, BUCKET, "large/whole/", part_bytes=PART_BYTES), large_file)
    stored = stack.s3.get_object(Bucket=BUCKET, Key="large/whole/large.csv")
    assert stored["Body"].read() == large_file.read_bytes()
    assert stored["ContentType"] == "text/csv"
    assert left_of(stack, "large/whole/") == (1, 0)


def test_an_upload_that_fails_on_the_way_leaves_nothing(stack: LocalStack, large_file: Path) -> None:
    def breaks(number: int) -> None:
        if number == 2:
            raise ConnectionError("line cut")

    client: Any = Client(stack.s3, breaks)
    with pytest.raises(RunFailedError, match="line cut") as failed:
        put(Store(client, BUCKET, "large/broken/", part_bytes=PART_BYTES), large_file)
    assert failed.value.exit_code is ExitCode.S3_UNWRITABLE
    assert left_of(stack, "large/broken/") == (0, 0)


def test_an_aborted_upload_leaves_nothing_and_no_other_begins(stack: LocalStack, large_file: Path) -> None:
    stores: list[Store] = []

    def stops(number: int) -> None:
        if number == 2:
            stores[0].abort_uploads()

    client: Any = Client(stack.s3, stops)
    stores.append(Store(client, BUCKET, "large/stopped/", part_bytes=PART_BYTES))
    with pytest.raises(RunFailedError):
        put(stores[0], large_file)
    assert left_of(stack, "large/stopped/") == (0, 0)
    with pytest.raises(RunFailedError) as refused:
        put(stores[0], large_file)
    assert refused.value.exit_code is ExitCode.STOPPED
    assert left_of(stack, "large/stopped/") == (0, 0)


def test_a_file_that_changed_on_its_way_is_refused_by_s3(stack: LocalStack, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"id\r\n1\r\n")
    store = Store(stack.s3, BUCKET, "large/changed/", part_bytes=PART_BYTES)
    with pytest.raises(RunFailedError, match="hecksum") as failed:
        store.put_file("large.csv", path, sha256=b"\0" * 32, content_type="text/csv", shown_as="x.csv")
    assert failed.value.exit_code is ExitCode.S3_UNWRITABLE
    assert left_of(stack, "large/changed/") == (0, 0)
