"""Whether AWS can be asked: it answers, and bucket and cluster are there."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from contract.ids import started_by
from executor.cli.aws_clients import clients, exit_of, refusal
from executor.cli.errors import CommandError, Exit
from executor.settings import ExecutorSettings

_NOT_THERE = {"404", "NoSuchBucket", "ClusterNotFoundException"}


def ask(settings: ExecutorSettings) -> None:
    """Ask AWS two harmless things that the executor asks as well.

    Raises:
        CommandError: bucket or cluster are not there (2); AWS says no (1), or cannot be reached or signed in to (3).
    """
    aws = clients()
    s3, ecs = aws("s3"), aws("ecs")
    nobody = started_by(settings.installation, "check", 0)
    _asked(f"REPORTING_BUCKET {settings.bucket}", lambda: s3.head_bucket(Bucket=settings.bucket))
    _asked(f"REPORTING_CLUSTER {settings.cluster}", lambda: ecs.list_tasks(cluster=settings.cluster, startedBy=nobody))


def _asked(what: str, question: Callable[[], Any]) -> None:
    try:
        question()
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOT_THERE:
            raise CommandError(f"{what} is not there, in this account and region", Exit.USAGE) from error
        raise CommandError(f"{refusal(error, what)}; check the role's rights", exit_of(error)) from error
    except BotoCoreError as error:
        raise refusal(error, what) from error
