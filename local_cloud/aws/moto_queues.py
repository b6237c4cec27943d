"""Long polls as SQS keeps them: a receiver that has hung up takes no message with it.

Moto waits for whoever asked, there or not, and hides the message that comes for as long as it would hide one that was
delivered: the hint for a new executor went to the one that had just ended.
"""

import socket
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final

from moto.sqs.models import Message, Queue, SQSBackend

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LOOK_EVERY_S: Final = 0.5
"""A message that comes ends the wait at once; this is how soon a receiver that has gone is missed."""

_asks: ContextVar[socket.socket | None] = ContextVar("asks", default=None)
_stock = SQSBackend.receive_message


def knowing_who_asks(app: "WSGIApplication") -> "WSGIApplication":
    """The same application, with the connection of each request at hand; werkzeug gives it in the environment."""

    def known(environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        _asks.set(environ.get("werkzeug.socket"))
        return app(environ, start_response)

    return known


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
    """Whether whoever asks still listens; a closed connection ends at once, an open one has nothing to read."""
    asks = _asks.get()
    if asks is None:
        return True
    try:
        return asks.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def poll_patiently() -> None:
    """Let receivers of messages wait by our rule."""
    backend: Any = SQSBackend
    backend.receive_message = _patient
