"""Where requests are struck: in front of everything that answers for AWS."""

import socket
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from local_cloud.aws.faults.answers import ANSWERS, ErrorAnswer, render
from local_cloud.aws.faults.operations import Operation, operation_of
from local_cloud.aws.faults.orders import REQUEST_KINDS, Fault, FaultBook

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
READ_BYTES = 64 * 1024


class FaultGate:
    """A WSGI application that does to requests what was ordered, and hands on all others.

    Args:
        book: the orders.
        rest: what answers when nothing goes wrong.
    """

    def __init__(self, book: FaultBook, rest: WsgiApp) -> None:
        self._book = book
        self._rest = rest

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request, or not."""
        operation = operation_of(environ) if self._book else None
        fault = self._book.take(operation.name, operation.text, REQUEST_KINDS) if operation else None
        if operation is None or fault is None:
            return self._rest(environ, start_response)
        if fault.kind == "slow":
            time.sleep(fault.seconds)
            return self._rest(environ, start_response)
        if fault.kind == "reply_lost":
            return self._do_and_hang_up(environ)
        _read_to_end(environ)
        return refuse(_error(fault, operation), operation, start_response)

    def _do_and_hang_up(self, environ: dict[str, Any]) -> Iterable[bytes]:
        answer = self._rest(environ, lambda *_: None)
        for _ in answer:
            continue
        environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError("the reply is lost, as ordered")  # the server takes this as a client gone


def refuse(error: ErrorAnswer, operation: Operation, start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request with an error of AWS."""
    headers, body = render(error, operation)
    start_response(f"{error.status} {HTTPStatus(error.status).phrase}", headers)
    return [b"" if operation.name.startswith("Head") else body]


def _error(fault: Fault, operation: Operation) -> ErrorAnswer:
    if fault.kind == "error":
        return ErrorAnswer(max(fault.code, int(HTTPStatus.BAD_REQUEST)), fault.error, fault.text or "as ordered")
    usual = ANSWERS[fault.kind](operation)
    return ErrorAnswer(usual.status, usual.code, fault.text or usual.message)


def _read_to_end(environ: dict[str, Any]) -> None:
    """Take the whole upload: a client that is cut off while it sends never sees the answer."""
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left > 0 and (data := environ["wsgi.input"].read(min(left, READ_BYTES))):
        left -= len(data)
