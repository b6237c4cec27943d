"""The last lines that a container said, from CloudWatch Logs."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from executor.adapters.aws_outages import outages

if TYPE_CHECKING:
    from types_aiobotocore_logs import CloudWatchLogsClient

TAIL_LINES = 40


class CloudWatchLogs:
    """The ``Logs`` port on CloudWatch Logs: the stream of a task is ``<prefix>/<container>/<task id>``."""

    def __init__(self, client: "CloudWatchLogsClient", group: str, prefix: str) -> None:
        """Group and prefix as the task definition's ``logConfiguration`` has them."""
        self._client = client
        self._group = group
        self._prefix = prefix

    async def tail(self, task_arn: str, container: str) -> str | None:
        """The last lines of a task's container; None when it wrote none, or never started."""
        try:
            with outages("GetLogEvents"):
                answer = await self._client.get_log_events(
                    logGroupName=self._group,
                    logStreamName=f"{self._prefix}/{container}/{task_arn.rsplit('/', 1)[-1]}",
                    startFromHead=False,
                    limit=TAIL_LINES,
                )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                return None
            raise
        lines = [event["message"] for event in answer["events"]]
        return "\n".join(lines) or None
