"""Where the files of a stage lie: in a directory of this server's, or under a prefix of the local AWS's S3."""

import email.utils
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from local_cloud.snowflake.errors import not_supported

# The local AWS takes any; a presigned link shows it.
_KEY_ID: Final = "AKIALOCALCLOUDSTAGES"
_REGION: Final = "us-east-1"


@dataclass(frozen=True)
class StagedFile:
    """One file: its path within the stage, its size in bytes, when it was written."""

    path: str
    size_bytes: int
    md5: str
    modified: str


class Store(Protocol):
    """The files of one stage."""

    def files(self, prefix: str) -> list[StagedFile]:
        """The files whose paths begin so, by path."""

    def read(self, path: str) -> bytes:
        """The bytes of a file."""

    def write(self, path: str, body: bytes) -> None:
        """Make a file, or replace it."""

    def remove(self, path: str) -> None:
        """Remove a file."""


@dataclass(frozen=True)
class LocalStore:
    """An internal stage."""

    directory: Path

    def files(self, prefix: str) -> list[StagedFile]:
        """The files whose paths begin so, by path; half-written ones and copies of our own begin with a dot."""
        found = sorted(p for p in self.directory.rglob("*") if p.is_file() and not p.name.startswith("."))
        return [self._described(p) for p in found if str(p.relative_to(self.directory)).startswith(prefix)]

    def _described(self, file: Path) -> StagedFile:
        digest = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
        seen = file.stat()
        modified = email.utils.formatdate(seen.st_mtime, usegmt=True)
        return StagedFile(str(file.relative_to(self.directory)), seen.st_size, digest, modified)

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        return self.file(path).read_bytes()

    def file(self, path: str) -> Path:
        """Where a file lies.

        Raises:
            ProgrammingError: 000002 for a path that leads out of the stage.
        """
        file = (self.directory / path).resolve()
        if not file.is_relative_to(self.directory):
            raise not_supported(f"a path that leads out of its stage ({path})")
        return file

    def write(self, path: str, body: bytes) -> None:
        """Make a file, or replace it, so that nobody sees half of it."""
        write_whole(self.file(path), body)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self.file(path).unlink(missing_ok=True)


@dataclass(frozen=True)
class S3Store:
    """An external stage: `prefix` ends in a slash or is empty."""

    s3: Any
    bucket: str
    prefix: str

    def files(self, prefix: str) -> list[StagedFile]:
        """The objects whose keys begin so, by key."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix + prefix)
        return [self._described(entry) for page in pages for entry in page.get("Contents", [])]

    def _described(self, entry: Mapping[str, Any]) -> StagedFile:
        modified = email.utils.formatdate(entry["LastModified"].timestamp(), usegmt=True)
        return StagedFile(entry["Key"][len(self.prefix) :], entry["Size"], entry["ETag"].strip('"'), modified)

    def read(self, path: str) -> bytes:
        """The bytes of an object."""
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + path)["Body"].read()
        return body

    def write(self, path: str, body: bytes) -> None:
        """Put an object."""
        self.s3.put_object(Bucket=self.bucket, Key=self.prefix + path, Body=body)

    def remove(self, path: str) -> None:
        """Delete an object."""
        self.s3.delete_object(Bucket=self.bucket, Key=self.prefix + path)

    def address(self, path: str, expiry_s: int) -> str:
        """A link to an object that works without signing in, for `expiry_s` seconds."""
        params = {"Bucket": self.bucket, "Key": self.prefix + path}
        link: str = self.s3.generate_presigned_url("get_object", Params=params, ExpiresIn=expiry_s)
        return link


def s3_client(endpoint: str | None) -> Any:
    """The S3 of the local AWS.

    Raises:
        ProgrammingError: 000002 when the server was not told where it is.
    """
    if not endpoint:
        raise not_supported("a stage in S3 without a local AWS; start the local Snowflake with --aws-endpoint-url")
    import boto3  # noqa: PLC0415  half a second that only stages in S3 need
    from botocore.config import Config  # noqa: PLC0415  see above

    path_style = Config(s3={"addressing_style": "path"}, signature_version="s3v4")
    signing_in = boto3.Session(aws_access_key_id=_KEY_ID, aws_secret_access_key="local", region_name=_REGION)  # noqa: S106  no secret
    return signing_in.client("s3", endpoint_url=endpoint, config=path_style)


def write_whole(file: Path, body: bytes) -> None:
    """Write a file so that it is there altogether or not at all; one that holds this already stays as it is."""
    if file.is_file() and file.stat().st_size == len(body) and file.read_bytes() == body:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{secrets.token_hex(4)}.part")
    partial.write_bytes(body)
    partial.replace(file)
