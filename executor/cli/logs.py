"""``logs``: the lines of a job's container."""

import time
from typing import Annotated, Any

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from contract.states import TERMINAL
from executor.cli.aws import region_faults
from executor.cli.client import connected
from executor.cli.errors import CommandError, Exit

POLL_S = 1.0


class LogSettings(BaseSettings):
    """Where containers log, as the task definition's ``logConfiguration`` has it."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore")

    log_group: str = Field(default="/reporting/jobs")
    log_stream_prefix: str = "report"
    container: str = "report"


def logs(
    job_id: Annotated[str, typer.Argument(metavar="JOB")],
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until the job has ended.")] = False,
) -> None:
    """Print the log of a job's last attempt."""
    if faults := region_faults():
        raise CommandError("; ".join(faults), Exit.USAGE)
    settings, client = LogSettings(), boto3.client("logs")
    with connected() as snowflake:
        token: str | None = None
        read: str | None = None
        while True:
            row = snowflake.job(job_id)
            ended, arn = row["status"] in TERMINAL, row["task_arn"]
            if arn is None and (ended or not follow):
                raise CommandError(f"{job_id} is {row['status']} and has no task, so it has no log")
            if arn is not None:
                # A retry has a task of its own, and a token belongs to one stream.
                token = token if arn == read else None
                read = str(arn)
                stream = f"{settings.log_stream_prefix}/{settings.container}/{read.rsplit('/', 1)[-1]}"
                lines, token = _new_lines(client, settings.log_group, stream, token)
                for line in lines:
                    typer.echo(line)
            if ended or not follow:
                return
            time.sleep(POLL_S)


def _new_lines(client: Any, group: str, stream: str, token: str | None) -> tuple[list[str], str | None]:
    lines: list[str] = []
    while True:
        start = {"nextToken": token} if token else {"startFromHead": True}
        try:
            page = client.get_log_events(logGroupName=group, logStreamName=stream, **start)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return lines, token
            raise
        except BotoCoreError as error:
            raise CommandError(f"CloudWatch Logs cannot be reached: {error}", Exit.UNREACHABLE) from error
        lines += [event["message"] for event in page["events"]]
        # The end is reached when the token comes back unchanged (CloudWatch Logs API, GetLogEvents).
        if page["nextForwardToken"] == token:
            return lines, token
        token = page["nextForwardToken"]
