"""Manifests, task specs and launch profiles in S3."""

import base64
from typing import TYPE_CHECKING, TypeVar

import structlog
from botocore.exceptions import ClientError
from pydantic import ValidationError

from contract.ids import latest_key
from contract.manifest import FAILURE_NAME, MANIFEST_NAME, START_MARKER_NAME, Latest, Manifest, StartMarker
from executor.adapters.aws_outages import outages
from executor.core.files import StoredFile
from executor.core.launch import LaunchProfile

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

Left = TypeVar("Left", Manifest, StartMarker, Latest)

log = structlog.get_logger()

_ABSENT = {"NoSuchKey", "404"}


class S3Artifacts:
    """The ``Artifacts`` port on S3."""

    def __init__(self, client: "S3Client", bucket: str, installation: str) -> None:
        """Everything lies in one bucket; profiles below the installation's own ``control/`` folder."""
        self._client = client
        self._bucket = bucket
        self._profiles = f"control/{installation}/profiles/"

    async def manifest(self, result_uri: str) -> Manifest | None:
        """What an attempt left, or None; one that nobody can read is as good as none, and said."""
        folder = self._key(result_uri)
        if (manifest := await self._left(folder + MANIFEST_NAME, Manifest)) is not None:
            return manifest
        failure = await self._left(folder + FAILURE_NAME, Manifest)
        if failure is not None and failure.status != "failed":
            log.warning("a failure that says it is none", action="file_unreadable", key=folder + FAILURE_NAME)
            return None
        return failure

    async def start_marker(self, result_uri: str) -> StartMarker | None:
        """Which task began to work on an attempt, or None."""
        return await self._left(self._key(result_uri) + START_MARKER_NAME, StartMarker)

    async def stored(self, result_uri: str, name: str) -> StoredFile | None:
        """What S3 says of a file of an attempt; the digest where S3 keeps one of the whole object."""
        key = self._key(result_uri) + name
        with outages(f"HeadObject {key}"):
            try:
                answer = await self._client.head_object(Bucket=self._bucket, Key=key, ChecksumMode="ENABLED")
            except ClientError as error:
                if error.response["Error"]["Code"] in _ABSENT:
                    return None
                raise
        digest: str | None = answer.get("ChecksumSHA256")
        # Of an upload in parts S3 keeps a digest of the parts' digests, written with their number: <base64>-<parts>.
        if digest is None or "-" in digest or answer.get("ChecksumType") == "COMPOSITE":
            return StoredFile(answer["ContentLength"], None)
        return StoredFile(answer["ContentLength"], base64.b64decode(digest).hex())

    async def put_spec(self, key: str, spec_json: str) -> None:
        """Lay down a task spec; the same spec again is the same object."""
        await self._put(key, spec_json)

    async def put_latest(self, latest: Latest) -> None:
        """Point the type's ``latest.json`` at this result, unless it points at a newer one."""
        key = latest_key(latest.report_type)
        known = await self._left(key, Latest)
        if known is None or known.finished_at <= latest.finished_at:
            await self._put(key, latest.model_dump_json())

    async def put_profile(self, profile: LaunchProfile) -> None:
        """Keep a launch profile under its name."""
        await self._put(f"{self._profiles}{profile.name}.json", profile.model_dump_json(), for_all=True)

    async def profile(self, name: str) -> LaunchProfile:
        """A launch profile by its name.

        Raises:
            LookupError: there is none of that name.
        """
        return await self._model(f"{self._profiles}{name}.json", LaunchProfile)

    async def _left(self, key: str, kind: type[Left]) -> Left | None:
        raw = await self._read(key)
        try:
            return kind.model_validate_json(raw) if raw is not None else None
        except ValidationError as error:
            log.warning("unreadable file of a container", action="file_unreadable", key=key, reason=str(error))
            return None

    async def _model(self, key: str, kind: type[LaunchProfile]) -> LaunchProfile:
        raw = await self._read(key)
        if raw is None:
            raise LookupError(f"s3://{self._bucket}/{key} is missing")
        return kind.model_validate_json(raw)

    def _key(self, uri: str) -> str:
        return uri.removeprefix(f"s3://{self._bucket}/")

    async def _read(self, key: str) -> bytes | None:
        with outages(f"GetObject {key}"):
            try:
                answer = await self._client.get_object(Bucket=self._bucket, Key=key)
            except ClientError as error:
                if error.response["Error"]["Code"] in _ABSENT:
                    return None
                raise
            async with answer["Body"] as body:
                return await body.read()

    async def _put(self, key: str, text: str, *, for_all: bool = False) -> None:
        with outages(f"PutObject {key}", for_all=for_all):
            await self._client.put_object(
                Bucket=self._bucket, Key=key, Body=text.encode(), ContentType="application/json"
            )
