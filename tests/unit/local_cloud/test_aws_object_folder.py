"""Objects as files: which key lies where, and what a crash leaves behind."""

import base64
import hashlib
import json
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.aws.s3.checksums import agrees, sent_checksum
from local_cloud.aws.s3.folder import HIDDEN, ObjectFolder, plain_path

FACTS = {"etag": "e"}


def bodies(folder: ObjectFolder) -> dict[str, bytes]:
    return {stored.key: stored.body for stored in folder.objects("b")}


@pytest.mark.parametrize("key", ["a", "a/b.csv", "reports/2026-01-01/ä b.csv", ".hidden", "a/.local-cloud/b"])
def test_an_ordinary_key_is_its_own_path(key: str) -> None:
    assert plain_path(key) == PurePosixPath(key)


@pytest.mark.parametrize("key", ["a//b", "/a", "a/", "../a", "a/./b", "a/..", f"{HIDDEN}/x", "x" * 256, "a\0b"])
def test_a_key_that_no_path_can_stand_for_has_none(key: str) -> None:
    assert plain_path(key) is None


@given(st.text(min_size=1, max_size=60))
def test_no_key_leads_out_of_its_bucket(key: str) -> None:
    path = plain_path(key)
    assert path is None or (not path.is_absolute() and ".." not in path.parts)


def test_every_key_is_given_back_whatever_it_is_called(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    keys = ["a", "a/b", "a/b/c", "x//y", "../up", "end/", "x" * 300, "ü"]
    for key in keys:
        folder.write("b", key, key.encode(), FACTS)
    assert bodies(folder) == {key: key.encode() for key in keys}
    assert (tmp_path / "b" / "a").read_bytes() == b"a"
    assert {path.name for path in tmp_path.iterdir()} == {"b", HIDDEN}


def test_a_removed_object_leaves_no_empty_folders(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    folder.write("b", "x/y/z", b"1", FACTS)
    folder.write("b", "x/other", b"2", FACTS)
    folder.remove("b", "x/y/z")
    assert not (tmp_path / "b" / "x" / "y").exists()
    assert bodies(folder) == {"x/other": b"2"}
    folder.remove("b", "never/was")


def test_a_key_moves_to_its_path_once_that_is_free(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    folder.write("b", "a", b"file", FACTS)
    folder.write("b", "a/b", b"aside", FACTS)
    folder.remove("b", "a")
    folder.write("b", "a/b", b"in place", FACTS)
    assert (tmp_path / "b" / "a" / "b").read_bytes() == b"in place"
    assert not list((tmp_path / "b" / HIDDEN / "bodies").glob("*"))


def test_bytes_newer_than_their_facts_are_told_apart(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    folder.write("b", "k", b"old", FACTS)
    (tmp_path / "b" / "k").write_bytes(b"new, and then the server was killed")
    (stored,) = folder.objects("b")
    assert (stored.intact, stored.body[:3]) == (False, b"new")


def test_what_an_earlier_version_kept_is_told_apart_as_well(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    folder.write("b", "k", b"kept", FACTS)
    (card,) = (tmp_path / "b" / HIDDEN / "objects").iterdir()
    known = json.loads(card.read_bytes())
    del known["crc32"]
    card.write_text(json.dumps({**known, "md5": hashlib.md5(b"kept", usedforsecurity=False).hexdigest()}))
    assert [stored.intact for stored in folder.objects("b")] == [True]
    (tmp_path / "b" / "k").write_bytes(b"newer")
    assert [stored.intact for stored in folder.objects("b")] == [False]


def test_a_file_without_facts_was_never_acknowledged_and_is_no_object(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    folder.write_bucket("b", {"region": "us-east-1"})
    (tmp_path / "b" / "half").write_bytes(b"x")
    assert bodies(folder) == {}


def test_buckets_are_given_back_until_they_are_removed(tmp_path: Path) -> None:
    folder = ObjectFolder(tmp_path)
    folder.write_bucket("b", {"region": "eu-west-1"})
    folder.write("b", "k", b"x", FACTS)
    assert list(folder.buckets()) == [("b", {"region": "eu-west-1"})]
    folder.remove_bucket("b")
    assert list(folder.buckets()) == []


def test_a_checksum_is_found_among_the_headers() -> None:
    assert sent_checksum({"x-amz-checksum-sha256": "v"}) == ("SHA256", "v")
    assert sent_checksum({"content-type": "x"}) is None


@pytest.mark.parametrize(
    ("algorithm", "digest"),
    [
        ("CRC32", (0x3610A686).to_bytes(4, "big")),
        ("SHA1", hashlib.sha1(b"hello").digest()),
        ("SHA256", hashlib.sha256(b"hello").digest()),
    ],
)
def test_a_checksum_agrees_with_its_bytes_only(algorithm: str, digest: bytes) -> None:
    value = base64.b64encode(digest).decode()
    assert agrees(algorithm, value, b"hello")
    assert not agrees(algorithm, value, b"jello")
