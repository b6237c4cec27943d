"""The lock of a deployment in the bucket: one holds it, a dead one's is taken over, a stranger's is not given back."""

import json
import os
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from io import BytesIO
from typing import Any

import pytest
from botocore.exceptions import ClientError

from executor.deploy import guard

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = "control/prod/deployment.json"
DEAD = 2**22 + 1
"""No process has this number: Linux gives none above 2**22."""


class Bucket:
    """An S3 of conditional writes, with a clock of its own."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, datetime, str]] = {}
        self.now = NOW
        self.is_there = True

    def put_object(self, *, Key: str, Body: bytes, **condition: str) -> dict[str, str]:  # noqa: N803 - S3's names
        there = self.objects.get(Key)
        if ("IfNoneMatch" in condition and there) or condition.get("IfMatch", there and there[2]) != (
            there and there[2]
        ):
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        tag = f'"{len(self.objects)}-{Body.hex()[-12:]}-{self.now}"'
        self.objects[Key] = (Body, self.now, tag)
        return {"ETag": tag}

    def get_object(self, *, Key: str, **_: str) -> dict[str, Any]:  # noqa: N803 - S3's names
        body, at, tag = self.objects[Key]
        date = format_datetime(self.now, usegmt=True)
        return {
            "Body": BytesIO(body), "LastModified": at, "ETag": tag,
            "ResponseMetadata": {"HTTPHeaders": {"date": date}},
        }  # fmt: skip

    def head_object(self, *, Key: str, **_: str) -> dict[str, str]:  # noqa: N803 - S3's names
        return {"ETag": self.objects[Key][2]}

    def delete_object(self, *, Key: str, **_: str) -> None:  # noqa: N803 - S3's names
        del self.objects[Key]

    def head_bucket(self, **_: str) -> None:
        if not self.is_there:
            raise ClientError({"Error": {"Code": "404"}}, "HeadBucket")

    def held_by(self, host: str, pid: int) -> None:
        self.put_object(Key=KEY, Body=json.dumps({"who": "ann", "host": host, "pid": pid}).encode())


def held(bucket: Bucket, said: list[str]) -> Any:
    return guard.held(bucket, "b", "prod", said.append)


def test_it_is_held_while_the_work_lasts_and_given_back() -> None:
    bucket = Bucket()
    with held(bucket, []) as left_behind:
        assert KEY in bucket.objects
        assert not left_behind
    assert bucket.objects == {}


@pytest.mark.parametrize(
    ("host", "pid"), [("elsewhere", DEAD), (socket.gethostname(), os.getpid())], ids=["elsewhere", "here"]
)
def test_a_living_deployments_lock_refuses_and_names_its_holder(host: str, pid: int) -> None:
    bucket = Bucket()
    bucket.held_by(host, pid)
    with pytest.raises(guard.DeployedElsewhereError, match=rf"ann \(process {pid} on {host}\) deploys"):
        held(bucket, []).__enter__()
    assert KEY in bucket.objects


@pytest.mark.parametrize(
    ("host", "pid", "age_s"),
    [(socket.gethostname(), DEAD, 1), ("elsewhere", os.getpid(), guard.STALE_AFTER_S)],
    ids=["here", "elsewhere"],
)
def test_a_dead_deployments_lock_is_taken_over_and_said(host: str, pid: int, age_s: int) -> None:
    bucket, said = Bucket(), list[str]()
    bucket.held_by(host, pid)
    bucket.now += timedelta(seconds=age_s)
    with held(bucket, said) as left_behind:
        assert left_behind
    assert said == ["the deployment of ann left its lock behind: taken over"]
    assert bucket.objects == {}


def test_a_lock_that_somebody_took_over_meanwhile_is_not_given_back() -> None:
    bucket = Bucket()
    with held(bucket, []):
        bucket.now += timedelta(hours=1)
        bucket.held_by("elsewhere", 1)
    assert json.loads(bucket.objects[KEY][0])["host"] == "elsewhere"


def test_a_removal_holds_the_lock_of_deployments_where_there_is_a_bucket_to_hold_it() -> None:
    bucket = Bucket()
    with guard.held_where_there(bucket, "b", "prod", print):
        assert KEY in bucket.objects
    bucket.held_by("elsewhere", 1)
    with pytest.raises(guard.DeployedElsewhereError):
        guard.held_where_there(bucket, "b", "prod", print).__enter__()
    bucket.is_there = False
    with guard.held_where_there(bucket, "b", "prod", print):
        assert json.loads(bucket.objects[KEY][0])["host"] == "elsewhere"


@pytest.mark.parametrize("is_there", [True, False])
def test_a_deployment_changes_its_stack_under_the_lock_unless_that_makes_the_bucket(*, is_there: bool) -> None:
    bucket, held_while = Bucket(), list[bool]()
    bucket.is_there = is_there

    def make() -> None:
        held_while.append(KEY in bucket.objects)

    with guard.held_over(bucket, "b", "prod", print, make) as left_behind:
        assert KEY in bucket.objects
        assert not left_behind
    assert (held_while, bucket.objects) == ([is_there], {})
    if is_there:
        bucket.held_by("elsewhere", 1)
        with pytest.raises(guard.DeployedElsewhereError):
            guard.held_over(bucket, "b", "prod", print, make).__enter__()
        assert held_while == [True], "nothing was made"
