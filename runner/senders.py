"""Threads that send what others write, and make whoever is too far ahead of them wait."""

import hashlib
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Final, TypeVar

Sent = TypeVar("Sent")

SENDERS: Final = 3
"""One connection to S3 carries some 80 MB/s (S3 performance guidelines), more than a writer makes of one file."""

_AHEAD: Final = 1


class Senders:
    """A few threads that send, and one that computes digests in the order in which it is given bytes."""

    def __init__(self) -> None:
        """Threads start when there is something to send."""
        self._sending = ThreadPoolExecutor(SENDERS, "send")
        self._hashing = ThreadPoolExecutor(1, "hash")
        self._room = BoundedSemaphore(SENDERS + _AHEAD)

    def send(self, step: Callable[[], Sent]) -> "Future[Sent]":
        """Take a step on one of the threads; waits while as many parts as memory has room for are on their way."""
        self._room.acquire()
        sent = self._sending.submit(step)
        sent.add_done_callback(lambda _: self._room.release())
        return sent

    def digest(self, sha256: "hashlib._Hash", data: bytearray) -> "Future[None]":
        """Add bytes to a digest, after those that were given before."""
        return self._hashing.submit(sha256.update, data)

    def close(self) -> None:
        """Begin nothing further; what is under way ends by itself."""
        self._sending.shutdown(wait=False, cancel_futures=True)
        self._hashing.shutdown(wait=False, cancel_futures=True)
