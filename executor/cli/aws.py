"""Whether AWS can be asked at all: a region is set, it answers, and bucket and cluster are there."""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from contract.ids import started_by
from executor.cli.errors import CommandError, Exit
from executor.settings import ExecutorSettings

_CONFIG = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
_NOT_THERE = {"404", "NoSuchBucket", "ClusterNotFoundException"}


def region_faults() -> list[str]:
    """What is wrong with the region, as a line of the list of wrong settings; empty when there is one."""
    try:
        region = boto3.session.Session().region_name
    except BotoCoreError as error:
        return [f"AWS_PROFILE: {error}"]
    return (
        [] if region else ["AWS_DEFAULT_REGION: is not set (AWS_REGION alone is not read), nor does a profile say one"]
    )


def ask(settings: ExecutorSettings) -> None:
    """Ask AWS two harmless things that the executor asks as well.

    Raises:
        CommandError: bucket or cluster are not there (2); AWS cannot be reached, or refuses (3).
    """
    s3, ecs = boto3.client("s3", config=_CONFIG), boto3.client("ecs", config=_CONFIG)
    nobody = started_by(settings.installation, "check", 0)
    _asked(f"REPORTING_BUCKET {settings.bucket}", lambda: s3.head_bucket(Bucket=settings.bucket))
    _asked(f"REPORTING_CLUSTER {settings.cluster}", lambda: ecs.list_tasks(cluster=settings.cluster, startedBy=nobody))


def _asked(what: str, question: Callable[[], Any]) -> None:
    try:
        question()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _NOT_THERE:
            raise CommandError(f"{what} is not there, in this account and region", Exit.USAGE) from error
        raise CommandError(f"AWS refuses {what}: {error}; check the role's rights", Exit.UNREACHABLE) from error
    except BotoCoreError as error:
        raise CommandError(f"AWS cannot be asked for {what}: {error}", Exit.UNREACHABLE) from error
