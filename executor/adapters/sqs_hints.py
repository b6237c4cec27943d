"""Doorbells and task events from SQS."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from executor.adapters.aws_outages import outages
from executor.port_errors import CloudUnavailableError
from executor.ports import HintMessage

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

MOST: Final = 10
"""SQS gives and takes at most 10 messages at once (SQS API reference)."""
VISIBILITY_S: Final = 120
"""A message that is not acknowledged by then comes again; to this leader, or to the next."""


class SqsHints:
    """The ``Hints`` port on SQS. A queue that refuses is as good as one that is away: there are no hints then."""

    def __init__(self, client: "SQSClient", queue_url: str, visibility_s: int = VISIBILITY_S) -> None:
        """The queue may be shared by stand-bys: only who leads receives."""
        self._client = client
        self._queue_url = queue_url
        self._visibility_s = visibility_s

    async def receive(self, wait_s: int) -> list[HintMessage]:
        """Messages that are there, or come within so many seconds; at most ten."""
        try:
            with outages("ReceiveMessage"):
                answer = await self._client.receive_message(
                    QueueUrl=self._queue_url,
                    MaxNumberOfMessages=MOST,
                    WaitTimeSeconds=wait_s,
                    VisibilityTimeout=self._visibility_s,
                )
        except ClientError as error:
            raise CloudUnavailableError(f"ReceiveMessage: {error}") from error
        return [HintMessage(one["ReceiptHandle"], one["Body"]) for one in answer.get("Messages", [])]

    async def done(self, receipts: Sequence[str]) -> None:
        """Delete messages; one that cannot be deleted comes again, which does no harm."""
        for start in range(0, len(receipts), MOST):
            entries = [
                {"Id": str(number), "ReceiptHandle": receipt}
                for number, receipt in enumerate(receipts[start : start + MOST])
            ]
            try:
                with outages("DeleteMessageBatch"):
                    await self._client.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)  # type: ignore[arg-type]  # a dict of the right keys
            except ClientError as error:
                raise CloudUnavailableError(f"DeleteMessageBatch: {error}") from error
