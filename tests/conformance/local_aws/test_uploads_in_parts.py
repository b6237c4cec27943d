"""S3: an object that arrives in parts, in whatever order, or not at all."""

import hashlib
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

PART = b"a" * (5 * 1024 * 1024)  # the least that a part before the last may have
TAIL = b"tail"


class Upload:
    """One upload in parts."""

    def __init__(self, cloud: Any, **parameters: Any) -> None:
        self.s3 = cloud.s3
        self.where = {"Bucket": cloud.stack.bucket, "Key": f"parts/{uuid.uuid4().hex}"}
        self.id = self.s3.create_multipart_upload(**self.where, **parameters)["UploadId"]

    def part(self, number: int, body: bytes) -> dict[str, Any]:
        etag = self.s3.upload_part(**self.where, UploadId=self.id, PartNumber=number, Body=body)["ETag"]
        return {"PartNumber": number, "ETag": etag}

    def complete(self, *parts: dict[str, Any], **conditions: Any) -> Any:
        return self.s3.complete_multipart_upload(
            **self.where, UploadId=self.id, MultipartUpload={"Parts": list(parts)}, **conditions
        )


def code_of(call: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_parts_may_come_in_any_order_and_the_etag_is_made_of_theirs(cloud: Any) -> None:
    upload = Upload(cloud, ChecksumAlgorithm="CRC32")
    last, first = upload.part(2, TAIL), upload.part(1, PART)
    listed = cloud.s3.list_parts(**upload.where, UploadId=upload.id)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, len(PART)), (2, len(TAIL))]
    digests = b"".join(hashlib.md5(body, usedforsecurity=False).digest() for body in (PART, TAIL))
    etag = f'"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-2"'
    assert upload.complete(first, last)["ETag"] == etag
    head = cloud.s3.head_object(**upload.where, ChecksumMode="ENABLED")
    assert (head["ETag"], head["ContentLength"]) == (etag, len(PART) + len(TAIL))
    assert head["ChecksumCRC32"]
    assert cloud.s3.get_object(**upload.where, Range="bytes=-4")["Body"].read() == TAIL


def test_parts_that_are_too_small_wrong_or_out_of_order_make_no_object(cloud: Any) -> None:
    upload = Upload(cloud)
    first, last = upload.part(1, b"small"), upload.part(2, TAIL)
    assert code_of(lambda: upload.complete(last, first)) == "InvalidPartOrder"
    assert code_of(lambda: upload.complete(first, last)) == "EntityTooSmall"
    assert code_of(lambda: upload.complete({**first, "ETag": '"00"'})) == "InvalidPart"
    assert code_of(lambda: cloud.s3.head_object(**upload.where)) == "404"


def test_an_upload_that_was_given_up_is_gone(cloud: Any) -> None:
    upload = Upload(cloud)
    part = upload.part(1, TAIL)
    open_uploads = cloud.s3.list_multipart_uploads(Bucket=upload.where["Bucket"])["Uploads"]
    assert upload.id in [item["UploadId"] for item in open_uploads]
    cloud.s3.abort_multipart_upload(**upload.where, UploadId=upload.id)
    assert code_of(lambda: upload.part(2, TAIL)) == "NoSuchUpload"
    assert code_of(lambda: upload.complete(part)) == "NoSuchUpload"
    assert code_of(lambda: cloud.s3.list_parts(**upload.where, UploadId=upload.id)) == "NoSuchUpload"
    still_open = cloud.s3.list_multipart_uploads(Bucket=upload.where["Bucket"]).get("Uploads", [])
    assert upload.id not in [item["UploadId"] for item in still_open]


def test_an_upload_can_be_completed_on_condition_and_a_copy_cannot(cloud: Any) -> None:
    upload = Upload(cloud)
    part = upload.part(1, TAIL)
    cloud.s3.put_object(**upload.where, Body=b"first")
    assert code_of(lambda: upload.complete(part, IfNoneMatch="*")) == "PreconditionFailed"
    source = f"{upload.where['Bucket']}/{upload.where['Key']}"
    with pytest.raises(ClientError, match="not supported by the local cloud: If-None-Match of CopyObject"):
        cloud.s3.copy_object(**upload.where, CopySource=source, IfNoneMatch="*")
    assert cloud.s3.get_object(**upload.where)["Body"].read() == b"first"
