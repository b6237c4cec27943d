"""Checksums that come with an upload: which one it is, and whether the bytes agree with it.

CRC-32C and CRC-64/NVME are kept and given back as they came; Python's library cannot compute them.
"""

import base64
import hashlib
import zlib
from collections.abc import Mapping

PREFIX = "x-amz-checksum-"
ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")


def sent_checksum(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """Find algorithm and value of a checksum that was sent as a header."""
    for algorithm in ALGORITHMS:
        value = headers.get(f"{PREFIX}{algorithm.lower()}")
        if value:
            return algorithm, value
    return None


def agrees(algorithm: str, value: str, body: bytes) -> bool:
    """Say whether a body has this checksum; True for an algorithm that cannot be computed here."""
    if algorithm == "CRC32":
        digest = zlib.crc32(body).to_bytes(4, "big")
    elif algorithm == "SHA1":
        digest = hashlib.sha1(body, usedforsecurity=False).digest()
    elif algorithm == "SHA256":
        digest = hashlib.sha256(body).digest()
    else:
        return True
    return base64.b64encode(digest).decode() == value
