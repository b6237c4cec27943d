"""Long polls as SQS keeps them: a receiver that has hung up takes no message with it.

Moto waits for whoever asked, there or not, and hides the message that comes for as long as it would hide one that was
delivered: the hint for a new executor went to the one that had just ended.
"""

import select
import socket
import time
from typing import Any, Final

import flask
from moto.sqs.models import Message, Queue, SQSBackend

LOOK_EVERY_S: Final = 0.5
"""A message that comes ends the wait at once; this is how soon a receiver that has gone is missed."""

_stock = SQSBackend.receive_message


def _patient(
    backend: SQSBackend, queue_name: str, count: int, wait_s: int, visibility_s: int, names: list[str] | None = None
) -> list[Message]:
    until_s = time.monotonic() + wait_s
    queue: Queue = backend.get_queue(queue_name)
    while _is_there():
        found = _stock(backend, queue_name, count, 0, visibility_s, names)
        left_s = until_s - time.monotonic()
        if found or left_s <= 0:
            return found
        _wait(queue, min(left_s, LOOK_EVERY_S))
    return []


def _wait(queue: Queue, at_most_s: float) -> None:
    with queue._messages_lock:  # noqa: SLF001 - the seam itself: what moto waits on, which counts in whole seconds
        queue._messages_lock.wait_for(lambda: queue.messages, timeout=at_most_s)  # noqa: SLF001 - likewise


def _is_there() -> bool:
    """Whether whoever asked still listens; a closed connection can be read at once, and has nothing to read."""
    asked_by = flask.request.environ.get("werkzeug.socket") if flask.has_request_context() else None
    if asked_by is None:
        return True
    readable, _, _ = select.select([asked_by], [], [], 0)
    try:
        return not readable or asked_by.recv(1, socket.MSG_PEEK) != b""
    except OSError:
        return False


def poll_patiently() -> None:
    """Let receivers of messages wait by our rule."""
    backend: Any = SQSBackend
    backend.receive_message = _patient
