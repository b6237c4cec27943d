"""The log streams of containers, read on from where the last look ended."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from executor.cli.errors import CommandError, Exit


class LogSettings(BaseSettings):
    """Where containers log, as the task definition's ``logConfiguration`` has it."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore")

    log_group: str = Field(default="/reporting/jobs")
    log_stream_prefix: str = "report"
    container: str = "report"

    def stream_of(self, task_arn: str) -> str:
        """The stream of a task's report container."""
        return f"{self.log_stream_prefix}/{self.container}/{task_arn.rsplit('/', 1)[-1]}"


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
            raise CommandError(f"CloudWatch Logs cannot be reached: {error}", Exit.UNREACHABLE) from error
        lines += [event["message"] for event in page["events"]]
        # The end is reached when the token comes back unchanged (CloudWatch Logs API, GetLogEvents).
        if page["nextForwardToken"] == token:
            return lines, token
        token = page["nextForwardToken"]
