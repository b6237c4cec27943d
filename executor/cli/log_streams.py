"""The log streams of containers, read on from where the last look ended."""

from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from executor.cli.aws_clients import exit_of
from executor.cli.errors import CommandError


class LogSettings(BaseSettings):
    """Where containers log, as the task definition's ``logConfiguration`` has it."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore")

    log_group: str = Field(default="/reporting/jobs")
    log_stream_prefix: str = "report"
    container: str = "report"

    def stream_of(self, task_arn: str) -> str:
        """The stream of a task's report container."""
        return f"{self.log_stream_prefix}/{self.container}/{task_arn.rsplit('/', 1)[-1]}"


def streams_of_job(client: Any, settings: LogSettings, job_id: str, since: datetime) -> list[str]:
    """The streams in which a job is named, the oldest first: one for each of its attempts.

    CloudWatch Logs looks for the id itself, so that it does not matter what ECS or the queue still know of the tasks.

    Args:
        client: of CloudWatch Logs.
        settings: where containers log.
        job_id: the job's.
        since: when it was asked for; nothing before that is searched.

    Raises:
        CommandError: CloudWatch Logs refuses, such as for a missing right to logs:FilterLogEvents, or for a group that
            is not there (1), or cannot be reached (3).
    """
    first: dict[str, int] = {}
    page: dict[str, Any] = {}
    where = {
        "logGroupName": settings.log_group,
        "logStreamNamePrefix": f"{settings.log_stream_prefix}/",
        "filterPattern": f'"{job_id}"',
        "startTime": int(since.timestamp() * 1000),
    }
    while not page or page.get("nextToken"):
        more = {"nextToken": page["nextToken"]} if page else {}
        try:
            page = client.filter_log_events(**where, **more)
        except ClientError as error:
            says = error.response["Error"].get("Message") or error.response["Error"]["Code"]
            raise CommandError(f"log group {settings.log_group} cannot be searched: {says}", exit_of(error)) from error
        except BotoCoreError as error:
            raise CommandError(f"CloudWatch Logs cannot be reached: {error}", exit_of(error)) from error
        for event in page["events"]:
            stream, at = str(event["logStreamName"]), int(event["timestamp"])
            first[stream] = min(at, first.get(stream, at))
    return sorted(first, key=lambda stream: first[stream])


def new_lines(client: Any, group: str, stream: str, token: str | None) -> tuple[list[str], str | None]:
    """The lines of a stream since the token, and the token for the next look; none yet where there is no stream.

    Raises:
        CommandError: CloudWatch Logs cannot be reached (3).
    """
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
            raise CommandError(f"CloudWatch Logs cannot be reached: {error}", exit_of(error)) from error
        lines += [event["message"] for event in page["events"]]
        # The end is reached when the token comes back unchanged (CloudWatch Logs API, GetLogEvents).
        if page["nextForwardToken"] == token:
            return lines, token
        token = page["nextForwardToken"]
