"""S3: conditional writes are atomic, objects lie as files, links work until they expire."""

import base64
import hashlib
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def key() -> str:
    return f"reports/{uuid.uuid4().hex}/data.csv"


def put(cloud: Any, key: str, body: bytes, **conditions: str) -> str:
    """Answer with the etag, or with the code of the refusal."""
    try:
        etag: str = cloud.s3.put_object(Bucket=cloud.stack.bucket, Key=key, Body=body, **conditions)["ETag"]
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return etag


def body_of(cloud: Any, key: str) -> bytes:
    body: bytes = cloud.s3.get_object(Bucket=cloud.stack.bucket, Key=key)["Body"].read()
    return body


def test_of_many_first_writers_one_wins(cloud: Any, key: str) -> None:
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda number: put(cloud, key, b"%d" % number, IfNoneMatch="*"), range(16)))
    winners = [number for number, result in enumerate(results) if result != "PreconditionFailed"]
    assert len(winners) == 1
    assert body_of(cloud, key) == b"%d" % winners[0]


def test_of_many_writers_who_saw_the_same_etag_one_wins(cloud: Any, key: str) -> None:
    seen = put(cloud, key, b"before")
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda number: put(cloud, key, b"%d" % number, IfMatch=seen), range(16)))
    winners = [number for number, result in enumerate(results) if result != "PreconditionFailed"]
    assert len(winners) == 1
    assert body_of(cloud, key) == b"%d" % winners[0]


def test_if_match_on_nothing_is_no_such_key(cloud: Any, key: str) -> None:
    assert put(cloud, key, b"x", IfMatch='"0123456789abcdef0123456789abcdef"') == "NoSuchKey"


def test_after_a_deletion_the_key_is_free_again(cloud: Any, key: str) -> None:
    put(cloud, key, b"first")
    assert put(cloud, key, b"second", IfNoneMatch="*") == "PreconditionFailed"
    cloud.s3.delete_object(Bucket=cloud.stack.bucket, Key=key)
    assert put(cloud, key, b"third", IfNoneMatch="*") != "PreconditionFailed"


def test_a_checksum_comes_back_with_head_and_get(cloud: Any, key: str) -> None:
    checksum = base64.b64encode(hashlib.sha256(b"payload").digest()).decode()
    cloud.s3.put_object(Bucket=cloud.stack.bucket, Key=key, Body=b"payload", ChecksumSHA256=checksum)
    where = {"Bucket": cloud.stack.bucket, "Key": key, "ChecksumMode": "ENABLED"}
    assert cloud.s3.head_object(**where)["ChecksumSHA256"] == checksum
    assert cloud.s3.get_object(**where)["ChecksumSHA256"] == checksum


def test_bytes_that_disagree_with_their_checksum_are_refused(cloud: Any, key: str) -> None:
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert put(cloud, key, b"payload", ChecksumSHA256=wrong) == "BadDigest"
    assert put(cloud, key, b"payload", IfNoneMatch="*") != "PreconditionFailed"


def link(cloud: Any, operation: str, key: str, expires_s: int) -> str:
    where = {"Bucket": cloud.stack.bucket, "Key": key}
    url: str = cloud.s3.generate_presigned_url(operation, Params=where, ExpiresIn=expires_s)
    return url


def test_a_link_writes_and_reads(cloud: Any, key: str) -> None:
    writing = urllib.request.Request(link(cloud, "put_object", key, 60), data=b"by link", method="PUT")
    urllib.request.urlopen(writing).close()
    with urllib.request.urlopen(link(cloud, "get_object", key, 60)) as answer:
        assert answer.read() == b"by link"


def test_an_expired_link_is_refused(cloud: Any, key: str) -> None:
    put(cloud, key, b"old")
    url = link(cloud, "get_object", key, 60)
    signed_at = url.split("X-Amz-Date=")[1].split("&")[0]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url.replace(signed_at, "20200101T000000Z"))


def test_an_object_lies_as_a_file_under_its_key(cloud: Any, data_dir: Path, key: str) -> None:
    file = data_dir / "s3" / cloud.stack.bucket / key
    put(cloud, key, b"one")
    assert file.read_bytes() == b"one"
    put(cloud, key, b"two")
    assert file.read_bytes() == b"two"
    cloud.s3.delete_object(Bucket=cloud.stack.bucket, Key=key)
    assert not file.exists()


def test_an_upload_in_parts_lies_as_one_file(cloud: Any, data_dir: Path, key: str) -> None:
    where = {"Bucket": cloud.stack.bucket, "Key": key}
    upload_id = cloud.s3.create_multipart_upload(**where)["UploadId"]
    bodies = [b"a" * (5 << 20), b"b"]
    parts = []
    for number, body in enumerate(bodies, 1):
        answer = cloud.s3.upload_part(**where, UploadId=upload_id, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": answer["ETag"]})
    cloud.s3.complete_multipart_upload(**where, UploadId=upload_id, MultipartUpload={"Parts": parts})
    assert (data_dir / "s3" / cloud.stack.bucket / key).read_bytes() == b"".join(bodies)


def test_copies_and_deletions_in_bulk_reach_the_files(cloud: Any, data_dir: Path, key: str) -> None:
    bucket = cloud.stack.bucket
    put(cloud, key, b"original")
    cloud.s3.copy_object(Bucket=bucket, Key=f"{key}.copy", CopySource={"Bucket": bucket, "Key": key})
    assert (data_dir / "s3" / bucket / f"{key}.copy").read_bytes() == b"original"
    cloud.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key}, {"Key": f"{key}.copy"}]})
    assert not (data_dir / "s3" / bucket / key).parent.exists()


def test_an_unversioned_bucket_keeps_up_with_overwrites(cloud: Any, data_dir: Path) -> None:
    cloud.s3.create_bucket(Bucket="plain-bucket")
    for number in range(20):
        cloud.s3.put_object(Bucket="plain-bucket", Key="k", Body=b"%d" % number)
        assert (data_dir / "s3" / "plain-bucket" / "k").read_bytes() == b"%d" % number
    cloud.s3.delete_object(Bucket="plain-bucket", Key="k")
    cloud.s3.delete_bucket(Bucket="plain-bucket")
    assert not (data_dir / "s3" / "plain-bucket").exists()
