"""One deployment or removal of an environment at a time: an object in its bucket, which only one of two can make."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from email.utils import parsedate_to_datetime
from typing import Any, Final

from botocore.exceptions import ClientError

STALE_AFTER_S: Final = 7_200
"""A lock of this age belongs to a deployment that died: each has its verdict 15 minutes after its images are built."""
_TAKEN: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict"})

_NO_BUCKET: Final = frozenset({"404", "NoSuchBucket"})


class DeployedElsewhereError(RuntimeError):
    """Somebody else deploys this environment; the message says who, and what to do if he does not any more."""


@contextmanager
def held(
    s3: Any, bucket: str, environment: str, say: Callable[[str], None], stale_after_s: float = STALE_AFTER_S
) -> Iterator[bool]:
    """Keep other deployments of an environment out; gives whether a dead one had left its lock behind.

    Args:
        s3: client of S3.
        bucket: of the environment.
        environment: its name.
        say: told when a lock was taken over.
        stale_after_s: the age in seconds, by S3's clock, at which a lock was left behind.

    Raises:
        DeployedElsewhereError: another deployment holds it.
    """
    key = f"control/{environment}/deployment.json"
    own = json.dumps({"who": os.environ.get("USER", "somebody"), "host": socket.gethostname(), "pid": os.getpid()})
    tag = _take(s3, bucket, key, own)
    left_behind = tag is None
    tag = tag or _take_over(s3, bucket, key, own, say, stale_after_s)
    try:
        yield left_behind
    finally:
        _give_back(s3, bucket, key, tag)


@contextmanager
def held_where_there(s3: Any, bucket: str, environment: str, say: Callable[[str], None]) -> Iterator[None]:
    """As :func:`held`, for a removal: an environment without a bucket has nothing that a deployment could be at.

    Raises:
        DeployedElsewhereError: a deployment holds it.
    """
    with held(s3, bucket, environment, say) if _is_there(s3, bucket) else nullcontext():
        yield


@contextmanager
def held_over(
    s3: Any, bucket: str, environment: str, say: Callable[[str], None], make: Callable[[], None]
) -> Iterator[bool]:
    """As :func:`held`, for a deployment: ``make`` makes the bucket, and runs under the lock where there is one before.

    Raises:
        DeployedElsewhereError: another deployment, or a removal, holds it; where there was a bucket, nothing was made.
    """
    if not _is_there(s3, bucket):
        make()
        make = _nothing
    with held(s3, bucket, environment, say) as left_behind:
        make()
        yield left_behind


def _is_there(s3: Any, bucket: str) -> bool:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NO_BUCKET:
            raise
        return False
    return True


def _nothing() -> None:
    """Nothing is left to make."""


def _take(s3: Any, bucket: str, key: str, own: str, **condition: str) -> str | None:
    try:
        return str(
            s3.put_object(Bucket=bucket, Key=key, Body=own.encode(), **(condition or {"IfNoneMatch": "*"}))["ETag"]
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in _TAKEN:
            return None
        raise


def _take_over(s3: Any, bucket: str, key: str, own: str, say: Callable[[str], None], stale_after_s: float) -> str:
    there = s3.get_object(Bucket=bucket, Key=key)
    said = json.loads(there["Body"].read())
    # Both times are S3's: its answer's date, and when it took the object.
    age_s = (_date(there) - there["LastModified"]).total_seconds()
    is_dead = age_s >= stale_after_s or (said["host"] == socket.gethostname() and not _runs(int(said["pid"])))
    tag = _take(s3, bucket, key, own, IfMatch=there["ETag"]) if is_dead else None
    if tag is None:
        raise DeployedElsewhereError(
            f"{said['who']} (process {said['pid']} on {said['host']}) deploys {bucket} since "
            f"{there['LastModified']:%Y-%m-%d %H:%M:%S} "
            f"UTC; nothing was done. Wait for its end and repeat; if it is dead, delete s3://{bucket}/{key} first"
        )
    say(f"the deployment of {said['who']} left its lock behind: taken over")
    return tag


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _date(answer: Any) -> Any:
    return parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])


def _give_back(s3: Any, bucket: str, key: str, tag: str) -> None:
    try:
        if s3.head_object(Bucket=bucket, Key=key)["ETag"] == tag:
            s3.delete_object(Bucket=bucket, Key=key)
    except ClientError:
        return  # it grows old and is taken over; what happened before it is the news
