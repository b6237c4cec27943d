"""What was deployed when, kept in the bucket beside leases: the versions that a roll-back can go to."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

KEPT_IMAGES: Final = ("ExecutorImage", "RunnerImage", "DocumentsImage")


@dataclass(frozen=True, slots=True)
class Version:
    """One deployment that succeeded.

    Attributes:
        number: 1 for the first.
        at: when it was complete, by S3's clock; empty before it is kept.
        images: the template's parameters of the images, by their digests.
        code: the zip of the procedures.
    """

    number: int
    images: Mapping[str, str]
    code: str
    at: str = ""


class Versions:
    """The versions of one environment.

    Args:
        s3: client of S3.
        bucket: of the environment.
        environment: its name.
    """

    def __init__(self, s3: Any, bucket: str, environment: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._prefix = f"control/{environment}/versions/"

    def all(self) -> list[Version]:
        """All that are kept, the oldest first; none when the bucket is not there."""
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            found = sorted((item["Key"], item["LastModified"]) for page in pages for item in page.get("Contents") or [])
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchBucket":
                return []
            raise
        return [self._read(key, at.isoformat(timespec="seconds")) for key, at in found]

    def keep(self, images: Mapping[str, str], code: str) -> Version:
        """Keep what was deployed now; the same as the newest is the newest."""
        known = self.all()
        version = Version(known[-1].number + 1 if known else 1, dict(images), code)
        if known and (dict(known[-1].images), known[-1].code) == (version.images, code):
            return known[-1]
        text = {key: value for key, value in asdict(version).items() if key != "at"}
        self._s3.put_object(
            Bucket=self._bucket, Key=f"{self._prefix}{version.number:06d}.json", Body=json.dumps(text).encode()
        )
        return version

    def _read(self, key: str, at: str) -> Version:
        said = json.loads(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())
        return Version(int(said["number"]), dict(said["images"]), str(said["code"]), at)


def current(known: list[Version], parameters: Mapping[str, str]) -> Version | None:
    """The newest version whose images a stack has now."""
    images = {name: parameters.get(name, "") for name in KEPT_IMAGES}
    return next((one for one in reversed(known) if dict(one.images) == images), None)
