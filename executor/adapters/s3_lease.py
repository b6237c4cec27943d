"""The lease as an S3 object, replaced only by conditional PUTs; its age by S3's own clock."""

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from botocore.exceptions import ClientError

from executor.adapters.aws_outages import outages
from executor.core.leadership import LeaseView

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

_LOST = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409", "NoSuchKey"}


class S3Lease:
    """The ``Lease`` port on S3."""

    def __init__(self, client: "S3Client", bucket: str, installation: str) -> None:
        """One lease object per installation."""
        self._client = client
        self._bucket = bucket
        self._key = f"control/{installation}/lease.json"

    async def read(self) -> LeaseView | None:
        """The lease as it stands."""
        with outages("GetObject of the lease", for_all=True):
            try:
                answer = await self._client.get_object(Bucket=self._bucket, Key=self._key)
            except ClientError as error:
                if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                    return None
                raise
            async with answer["Body"] as body:
                content = json.loads(await body.read())
        headers: dict[str, Any] = answer["ResponseMetadata"]["HTTPHeaders"]
        asked_at = parsedate_to_datetime(headers["date"]).astimezone(UTC)
        written_at: datetime = answer["LastModified"]
        return LeaseView(
            holder=content["holder"],
            age_s=(asked_at - written_at).total_seconds(),
            etag=answer["ETag"],
            released=bool(content.get("released")),
        )

    async def write(self, holder: str, over: LeaseView | None) -> bool:
        """Take or renew the lease over the version that was read."""
        return await self._put({"holder": holder, "released": False}, over)

    async def release(self, holder: str) -> None:
        """Mark the lease as free, if it is still ours."""
        lease = await self.read()
        if lease is not None and lease.holder == holder:
            await self._put({"holder": holder, "released": True}, lease)

    async def _put(self, content: dict[str, Any], over: LeaseView | None) -> bool:
        # S3's ETag is made of the content alone: without something new in it, a renewal would look like the version
        # before it, and whoever read that one could still write over the renewed lease.
        write_id = uuid4().hex
        content = content | {"write_id": write_id}
        condition: dict[str, Any] = {"IfMatch": over.etag} if over else {"IfNoneMatch": "*"}
        with outages("PutObject of the lease", for_all=True):
            try:
                await self._client.put_object(
                    Bucket=self._bucket,
                    Key=self._key,
                    Body=json.dumps(content).encode(),
                    ContentType="application/json",
                    **condition,
                )
            except ClientError as error:
                if error.response["Error"]["Code"] not in _LOST:
                    raise
                # The SDK's own repetition of a write whose answer was lost meets that very write.
                return await self._wrote(write_id)
        return True

    async def _wrote(self, write_id: str) -> bool:
        answer = await self._client.get_object(Bucket=self._bucket, Key=self._key)
        async with answer["Body"] as body:
            return bool(json.loads(await body.read()).get("write_id") == write_id)
