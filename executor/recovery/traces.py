"""What lies in the bucket of attempts, and what each of them left."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from executor.adapters.s3_artifacts import S3Artifacts
from executor.core import files
from executor.core.failures import claims_success
from executor.core.recover import Attempt, Folder, folder_of

KEYS_PER_LINE: Final = 10_000
READS_AT_ONCE: Final = 16
"""Attempts whose files are looked at together; each is a few requests, one after the other."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What lies in the bucket: folders of attempts, and installations that have written leases there."""

    folders: tuple[Folder, ...]
    installations: frozenset[str]


async def traces(s3: Any, bucket: str, say: Callable[[int], None]) -> Traces:
    """Everything that attempts left below ``reports/``; ``say`` hears now and then how many files were seen."""
    found: dict[str, Folder] = {}
    seen = 0
    async for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix="reports/"):
        for item in page.get("Contents", ()):
            if (folder := folder_of(item["Key"])) is not None:
                found[folder.prefix] = folder
        before, seen = seen, seen + len(page.get("Contents", ()))
        if before // KEYS_PER_LINE < seen // KEYS_PER_LINE:
            say(seen)
    say(seen)
    control = await s3.list_objects_v2(Bucket=bucket, Prefix="control/", Delimiter="/")
    others = frozenset(one["Prefix"].split("/")[1] for one in control.get("CommonPrefixes", ()))
    return Traces(tuple(found.values()), others)


async def ends(artifacts: S3Artifacts, bucket: str, folders: Sequence[Folder]) -> dict[Folder, Attempt]:
    """What each of these attempts left: start marker, manifest, and which of its files are not as it says."""
    room = asyncio.Semaphore(READS_AT_ONCE)

    async def read(folder: Folder) -> Attempt:
        async with room:
            return await _left(artifacts, bucket, folder)

    return dict(zip(folders, await asyncio.gather(*map(read, folders)), strict=True))


async def _left(artifacts: S3Artifacts, bucket: str, folder: Folder) -> Attempt:
    uri = f"s3://{bucket}/{folder.prefix}"
    manifest = await artifacts.manifest(uri)
    if manifest is not None and (manifest.job_id, manifest.attempt) != (folder.job_id, folder.attempt):
        manifest = None
    wrong: list[str] = []
    if manifest is not None and claims_success(manifest):
        for file in manifest.files:
            fault = files.wrong(file, await artifacts.stored(uri, file.name))
            wrong.extend([fault] if fault else [])
    return Attempt(folder.attempt, uri, await artifacts.start_marker(uri), manifest, tuple(wrong))
