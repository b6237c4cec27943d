"""Whether a file that a manifest names lies in S3 as it says."""

from dataclasses import dataclass

from contract.manifest import ReportFile


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What S3 says of an object.

    Attributes:
        size_bytes: its size.
        sha256: the digest of the whole object in hex, as S3 computed or verified it at the upload; None when S3 keeps
            none: it was uploaded without one, or in parts, each of which S3 verified by itself.
    """

    size_bytes: int
    sha256: str | None


def wrong(file: ReportFile, stored: StoredFile | None) -> str | None:
    """What is wrong with a file, or None when it is there as the manifest says."""
    if stored is None:
        return f"{file.name} is not there"
    if stored.size_bytes != file.bytes:
        return f"{file.name} has {stored.size_bytes} bytes, and the manifest says {file.bytes}"
    if stored.sha256 is not None and stored.sha256 != file.sha256.lower():
        return f"{file.name} has another SHA-256 than the manifest says"
    return None
