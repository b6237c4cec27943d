"""A stub of the queue of hints: SQS's long polling, and a bell that brings a message as SNS would deliver it."""

import asyncio
import hashlib
import json
import uuid
from typing import Any, Final

QUEUE: Final = "/123456789012/reporting-hints"
"""The path of the queue's address."""
MOST: Final = 10


class HintsStub:
    """One queue. What was received is not given out again: nothing is lost here."""

    def __init__(self) -> None:
        """An empty queue."""
        self._waiting: asyncio.Queue[str] = asyncio.Queue()

    def ring(self) -> None:
        """Somebody asked for a report: the message of a notification integration, in the envelope of SNS."""
        message = json.dumps({"doorbell": "reporting"})
        topic = "arn:aws:sns:us-east-1:123456789012:reporting-doorbell"
        self._waiting.put_nowait(json.dumps({"Type": "Notification", "TopicArn": topic, "Message": message}))

    async def receive(self, asked: dict[str, Any]) -> dict[str, Any]:
        """What waits, or comes within the time that was asked for."""
        try:
            async with asyncio.timeout(asked.get("WaitTimeSeconds", 0)):
                bodies = [await self._waiting.get()]
        except TimeoutError:
            return {}
        while not self._waiting.empty() and len(bodies) < MOST:
            bodies.append(self._waiting.get_nowait())
        return {"Messages": [_message(body) for body in bodies]}

    async def delete(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Acknowledge messages."""
        return {"Successful": [{"Id": entry["Id"]} for entry in asked["Entries"]], "Failed": []}


def _message(body: str) -> dict[str, str]:
    digest = hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()
    return {"MessageId": str(uuid.uuid4()), "ReceiptHandle": uuid.uuid4().hex, "MD5OfBody": digest, "Body": body}
