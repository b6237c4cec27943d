"""Keeps moto's buckets and objects in a folder, and puts them back into a new server's moto."""

import threading
from datetime import UTC, datetime
from typing import Any

from moto.s3.models import FakeBucket, FakeKey, PublicAccessBlock, S3Backend, s3_backends

from local_cloud.aws.s3.folder import ObjectFolder, StoredObject

COPIED_FACTS = (
    "checksum_algorithm",
    "checksum_parts",
    "checksum_type",
    "checksum_value",
    "encryption",
    "kms_key_id",
    "website_redirect_location",
)
PUBLIC_ACCESS = ("block_public_acls", "ignore_public_acls", "block_public_policy", "restrict_public_buckets")


class S3Keeper:
    """Makes the folder equal to moto's memory, one request at a time.

    `lock` is held around every request to S3: that makes a condition and the write that depends on it one
    step, and lets nobody see an object whose metadata is still on its way.
    """

    def __init__(self, folder: ObjectFolder) -> None:
        self.lock = threading.RLock()
        self._folder = folder
        self._kept: dict[str, dict[str, tuple[FakeKey, dict[str, str]]]] = {}  # with its tags

    def keep_object(self, backend: S3Backend, bucket_name: str, key_name: str) -> None:
        """Bring one object's file up to date."""
        bucket = backend.buckets.get(bucket_name)
        if bucket is not None:
            self._sync(backend, bucket, key_name)

    def keep_bucket(self, backend: S3Backend, bucket_name: str) -> None:
        """Bring a bucket and all its files up to date."""
        bucket = backend.buckets.get(bucket_name)
        if bucket is None:
            self._folder.remove_bucket(bucket_name)
            self._kept.pop(bucket_name, None)
            return
        self._folder.write_bucket(bucket_name, _bucket_facts(bucket))
        for key_name in {*self._kept.get(bucket_name, {}), *bucket.keys}:
            self._sync(backend, bucket, key_name)

    def restore(self) -> None:
        """Put every bucket and object of the folder into moto."""
        for name, facts in self._folder.buckets():
            backend = s3_backends[facts["account"]]["aws"]
            bucket = backend.create_bucket(name, facts["region"])
            _apply_bucket_facts(bucket, facts)
            for stored in self._folder.objects(name):
                _restore_object(backend, name, stored)
                key = bucket.keys[stored.key]
                self._kept.setdefault(name, {})[stored.key] = key, _tags(backend, key)

    def forget(self) -> None:
        """Remove everything that is kept of the buckets moto has."""
        with self.lock:
            for name in [name for name, _ in self._folder.buckets()]:
                self._folder.remove_bucket(name)
            self._kept.clear()

    def _sync(self, backend: S3Backend, bucket: FakeBucket, key_name: str) -> None:
        kept = self._kept.setdefault(bucket.name, {})
        current = bucket.keys.get(key_name)
        if not isinstance(current, FakeKey):  # nothing, or a delete marker
            self._folder.remove(bucket.name, key_name)
            kept.pop(key_name, None)
            return
        before, tags = kept.get(key_name), _tags(backend, current)
        if before is None or before[0] is not current or before[1] != tags:
            self._folder.write(bucket.name, key_name, current.value, {**_object_facts(current), "tags": tags})
            kept[key_name] = current, tags


def _tags(backend: S3Backend, key: FakeKey) -> dict[str, str]:
    return dict(backend.tagger.get_tag_dict_for_resource(key.arn))


def _object_facts(key: FakeKey) -> dict[str, Any]:
    facts = {name: getattr(key, name) for name in COPIED_FACTS}
    return facts | {
        "etag": key.etag.strip('"'),
        "last_modified": key.last_modified.timestamp(),
        "metadata": dict(key.metadata),
        "storage_class": key.storage_class,
        "version_id": key.version_id,
    }


def _restore_object(backend: S3Backend, bucket_name: str, stored: StoredObject) -> None:
    facts = stored.facts
    etag = facts["etag"] if stored.intact else None
    key = backend.put_object(bucket_name, stored.key, stored.body, storage=facts["storage_class"], etag=etag)
    key.set_metadata(dict(facts["metadata"]))
    if not stored.intact:
        return
    key.last_modified = datetime.fromtimestamp(facts["last_modified"], tz=UTC).replace(tzinfo=None)
    if key.version_id != "null":
        key._version_id = facts["version_id"]  # noqa: SLF001 - moto has no other way to set it
    for name in COPIED_FACTS:
        setattr(key, name, facts[name])
    if tags := facts.get("tags"):  # an earlier version kept none
        backend.put_object_tagging(key, tags)


def _bucket_facts(bucket: FakeBucket) -> dict[str, Any]:
    block = bucket.public_access_block
    return {
        "account": bucket.account_id,
        "created": bucket.creation_date.timestamp(),
        "encryption": bucket.encryption,
        "public_access_block": {name: getattr(block, name) for name in PUBLIC_ACCESS} if block else None,
        "region": bucket.region_name,
        "versioning": bucket.versioning_status,
    }


def _apply_bucket_facts(bucket: FakeBucket, facts: dict[str, Any]) -> None:
    bucket.versioning_status = facts["versioning"]
    bucket.encryption = facts["encryption"]
    bucket.creation_date = datetime.fromtimestamp(facts["created"], tz=UTC)
    if facts["public_access_block"]:
        bucket.public_access_block = PublicAccessBlock(**facts["public_access_block"])
