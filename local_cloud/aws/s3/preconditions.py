"""What S3 refuses before it does anything, and moto does not look at.

Source: the pages on UploadPart, CompleteMultipartUpload and CopyObject of the S3 API reference.
"""

import re
from collections.abc import Collection, Mapping

from moto.s3.exceptions import NoSuchUpload, S3ClientError

PART_NUMBER = re.compile(rb"<PartNumber>\s*(\d+)\s*</PartNumber>")
COPY_CONDITIONS = ("If-Match", "If-None-Match")


def check_upload(method: str, upload_id: str | None, uploads: Collection[str], body: bytes) -> None:
    """Refuse a part for an upload that is not there, and an end whose parts are out of order.

    Raises:
        S3ClientError: NoSuchUpload or InvalidPartOrder.
    """
    if upload_id is None or method not in {"PUT", "POST"}:
        return
    if upload_id not in uploads:
        raise NoSuchUpload(upload_id)
    numbers = [int(found) for found in PART_NUMBER.findall(body)] if method == "POST" else []
    if numbers != sorted(set(numbers)):
        raise S3ClientError(
            "InvalidPartOrder",
            "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
        )


def check_copy(headers: Mapping[str, str]) -> None:
    """Refuse a copy on condition of what is there already.

    Raises:
        S3ClientError: NotImplemented.
    """
    if "x-amz-copy-source" in headers and (asked := [name for name in COPY_CONDITIONS if name in headers]):
        raise S3ClientError("NotImplemented", f"not supported by the local cloud: {', '.join(asked)} of CopyObject")
