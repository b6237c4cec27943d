"""Objects as plain files: the folder that a person can open, and that a new server starts from.

`DIR/<bucket>/<key>` holds the bytes. Beside them, in `DIR/<bucket>/.local-cloud/`, lie what is known about
the bucket, one JSON file per object, and the bytes of the few objects whose key cannot be a path (`a//b`,
`..`, a key that is a folder of another). Only the newest version of an object is kept here.

A write puts the new bytes in place with one rename, then what is known about them with another, so a kill
at any moment leaves an object whole, old or new. (A crash of the machine is another matter: nothing is
flushed to the disk itself.)
"""

import hashlib
import json
import shutil
import uuid
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

HIDDEN = ".local-cloud"
MAX_NAME_BYTES = 255  # of one path component, on the file systems in use


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as it was kept; `facts` are what its writer said of it."""

    key: str
    body: bytes
    facts: dict[str, Any]
    intact: bool


def plain_path(key: str) -> PurePosixPath | None:
    """Answer with the path a key names inside its bucket; None for a key that no path can stand for."""
    parts = key.split("/")
    for part in parts:
        if part in {"", ".", ".."} or "\0" in part or len(part.encode()) > MAX_NAME_BYTES:
            return None
    return None if parts[0] == HIDDEN else PurePosixPath(key)


class ObjectFolder:
    """Buckets and objects under one folder; its owner allows one writer at a time."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write_bucket(self, bucket: str, facts: dict[str, Any]) -> None:
        """Keep a bucket and what is known about it."""
        self._replace(self._hidden(bucket) / "bucket.json", json.dumps(facts).encode())

    def remove_bucket(self, bucket: str) -> None:
        """Forget a bucket with everything in it."""
        shutil.rmtree(self._root / bucket, ignore_errors=True)

    def buckets(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Answer with every bucket kept and what is known about it."""
        for path in sorted(self._root.glob(f"*/{HIDDEN}/bucket.json")):
            yield path.parent.parent.name, json.loads(path.read_bytes())

    def write(self, bucket: str, key: str, body: bytes, facts: dict[str, Any]) -> None:
        """Keep an object, in place of what the key held before."""
        place = self._write_body(bucket, key, body)
        card = self._card(bucket, key)
        before = _read_card(card)
        text = json.dumps({"key": key, "file": place, "crc32": zlib.crc32(body), "facts": facts})
        self._replace(card, text.encode())
        if before and before["file"] != place:
            self._remove_file(bucket, before["file"])

    def remove(self, bucket: str, key: str) -> None:
        """Forget an object; nothing happens when it is not kept."""
        card = self._card(bucket, key)
        known = _read_card(card)
        if known:
            self._remove_file(bucket, known["file"])
            card.unlink()

    def objects(self, bucket: str) -> Iterator[StoredObject]:
        """Answer with every object of a bucket; `intact` is False where its bytes are newer than its facts."""
        for card in sorted((self._hidden(bucket) / "objects").glob("*.json")):
            known = _read_card(card)
            path = self._root / bucket / known["file"] if known else None
            if known and path and path.is_file():
                body = path.read_bytes()
                yield StoredObject(known["key"], body, known["facts"], intact=_is_of(known, body))

    def _write_body(self, bucket: str, key: str, body: bytes) -> str:
        path = plain_path(key)
        if path:
            with suppress(NotADirectoryError, FileExistsError, IsADirectoryError):
                self._replace(self._root / bucket / path, body)
                return str(path)
        aside = PurePosixPath(HIDDEN, "bodies", _digest(key))
        self._replace(self._root / bucket / aside, body)
        return str(aside)

    def _replace(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._root / HIDDEN
        scratch.mkdir(parents=True, exist_ok=True)
        fresh = scratch / uuid.uuid4().hex
        fresh.write_bytes(content)
        try:
            fresh.replace(path)
        except OSError:
            fresh.unlink()
            raise

    def _remove_file(self, bucket: str, file: str) -> None:
        top = self._root / bucket
        path = top / file
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == top:
                return
            with suppress(OSError):  # not empty: something else lies there
                folder.rmdir()

    def _hidden(self, bucket: str) -> Path:
        return self._root / bucket / HIDDEN

    def _card(self, bucket: str, key: str) -> Path:
        return self._hidden(bucket) / "objects" / f"{_digest(key)}.json"


def _read_card(card: Path) -> dict[str, Any] | None:
    try:
        known: dict[str, Any] = json.loads(card.read_bytes())
    except FileNotFoundError:
        return None
    return known


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _is_of(known: dict[str, Any], body: bytes) -> bool:
    """Whether these are the bytes that the card was written for: a question of kills, not of forgery."""
    if "crc32" in known:
        return bool(zlib.crc32(body) == known["crc32"])
    return bool(hashlib.md5(body, usedforsecurity=False).hexdigest() == known["md5"])  # cards of earlier versions
