"""The lease over S3, where an answer may be lost and the SDK says the same thing twice."""

import io
import json
from typing import Any, Self

import pytest
from botocore.exceptions import ClientError

from executor.adapters.s3_lease import S3Lease

PRECONDITION = ClientError(
    {"Error": {"Code": "PreconditionFailed", "Message": "x"}, "ResponseMetadata": {"HTTPStatusCode": 412}},  # type: ignore[typeddict-item]  # what the lease reads
    "PutObject",
)


class Body(io.BytesIO):
    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def read(self) -> bytes:  # type: ignore[override]  # as aiobotocore's body
        return super().read()


class Bucket:
    """Stores a write and then answers as S3 answers its repetition."""

    def __init__(self, stored: bytes | None) -> None:
        self.stored = stored

    async def put_object(self, *, Body: bytes, **_: Any) -> None:  # noqa: N803 - boto's name
        if self.stored is None:
            self.stored = Body
        raise PRECONDITION

    async def get_object(self, **_: Any) -> dict[str, Any]:
        assert self.stored is not None
        return {"Body": Body(self.stored)}


@pytest.mark.parametrize(
    ("stored", "ours"),
    [(None, True), (json.dumps({"holder": "other", "write_id": "1"}).encode(), False)],
)
async def test_a_write_that_meets_itself_is_ours_and_one_that_meets_another_is_not(
    stored: bytes | None, ours: bool
) -> None:
    lease = S3Lease(Bucket(stored), "b", "i")  # type: ignore[arg-type]  # the two calls that a write makes
    assert await lease.write("me", over=None) is ours
