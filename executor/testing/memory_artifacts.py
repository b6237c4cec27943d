"""A bucket in memory, with the files of jobs in it."""

import hashlib
from typing import TypeVar

from pydantic import ValidationError

from contract.ids import latest_key
from contract.manifest import FAILURE_NAME, MANIFEST_NAME, START_MARKER_NAME, Latest, Manifest, StartMarker
from executor.core.files import StoredFile
from executor.core.launch import LaunchProfile

Left = TypeVar("Left", Manifest, StartMarker, Latest)


class MemoryArtifacts:
    """The ``Artifacts`` port without S3; a task's program writes with :meth:`leave` and :meth:`mark_start`."""

    def __init__(self, bucket: str = "reports-bucket", installation: str = "test") -> None:
        """An empty bucket."""
        self.bucket = bucket
        self.objects: dict[str, str] = {}
        self._profiles = f"control/{installation}/profiles/"

    async def manifest(self, result_uri: str) -> Manifest | None:
        """What an attempt left, or None."""
        folder = self._key(result_uri)
        failure = self._left(folder + FAILURE_NAME, Manifest)
        return self._left(folder + MANIFEST_NAME, Manifest) or (
            failure if failure is not None and failure.status == "failed" else None
        )

    async def start_marker(self, result_uri: str) -> StartMarker | None:
        """Which task began to work on an attempt, or None."""
        return self._left(self._key(result_uri) + START_MARKER_NAME, StartMarker)

    async def stored(self, result_uri: str, name: str) -> StoredFile | None:
        """What lies under a file's key, or None."""
        text = self.objects.get(self._key(result_uri) + name)
        return None if text is None else StoredFile(len(text.encode()), hashlib.sha256(text.encode()).hexdigest())

    def _left(self, key: str, kind: type[Left]) -> Left | None:
        text = self.objects.get(key)
        try:
            return None if text is None else kind.model_validate_json(text)
        except ValidationError:
            return None

    async def put_spec(self, key: str, spec_json: str) -> None:
        """Lay down a task spec."""
        self.objects[key] = spec_json

    async def put_latest(self, latest: Latest) -> None:
        """Point the type's ``latest.json`` at this result, unless it points at a newer one."""
        key = latest_key(latest.report_type)
        known = self._left(key, Latest)
        if known is None or known.finished_at <= latest.finished_at:
            self.objects[key] = latest.model_dump_json()

    async def put_profile(self, profile: LaunchProfile) -> None:
        """Keep a launch profile under its name."""
        self.objects[f"{self._profiles}{profile.name}.json"] = profile.model_dump_json()

    async def profile(self, name: str) -> LaunchProfile:
        """A launch profile by its name.

        Raises:
            LookupError: there is none of that name.
        """
        key = f"{self._profiles}{name}.json"
        if key not in self.objects:
            raise LookupError(f"s3://{self.bucket}/{key} is missing")
        return LaunchProfile.model_validate_json(self.objects[key])

    def mark_start(self, result_uri: str, marker: StartMarker) -> bool:
        """Write the start marker if nobody did; False when another task works on the attempt."""
        key = self._key(result_uri) + START_MARKER_NAME
        return self.objects.setdefault(key, marker.model_dump_json()) == marker.model_dump_json()

    def leave(self, result_uri: str, manifest: Manifest) -> None:
        """Write a manifest, as the container does last; that of a failure under its own name."""
        name = MANIFEST_NAME if manifest.status == "succeeded" else FAILURE_NAME
        self.objects[self._key(result_uri) + name] = manifest.model_dump_json()

    def _key(self, uri: str) -> str:
        return uri.removeprefix(f"s3://{self.bucket}/")
