"""A way to S3 that can hold a PUT back, refuse it, or lose the answer to it."""

import threading
from contextlib import suppress
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import urlsplit

_OWN_HEADERS = {"transfer-encoding", "connection", "content-length"}


class S3Gate:
    """What the gate does: ``hold`` and ``lose_answer_to`` name the last part of a key that is PUT.

    ``refuse`` is what the address of a refused PUT holds.
    """

    def __init__(self, endpoint: str) -> None:
        self.backend = urlsplit(endpoint).netloc
        self.hold: str | None = None
        self.lose_answer_to: str | None = None
        self.refuse: str | None = None
        self.held = threading.Event()
        self.released = threading.Event()
        self.endpoint = ""

    def handler(self) -> type[BaseHTTPRequestHandler]:
        gate = self

        class Bound(_Forwards):
            def _gate(self) -> S3Gate:
                return gate

        return Bound

    def before_put(self, name: str) -> None:
        if name == self.hold:
            self.held.set()
            self.released.wait()

    def has_lost_the_answer(self) -> bool:
        return self.lose_answer_to is None

    def loses_answer(self, name: str) -> bool:
        if name != self.lose_answer_to:
            return False
        self.lose_answer_to = None
        return True


class _Forwards(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _gate(self) -> S3Gate:
        raise NotImplementedError

    def _forward(self) -> None:
        gate, name = self._gate(), urlsplit(self.path).path.rpartition("/")[2]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.command == "PUT":
            gate.before_put(name)
            if gate.refuse is not None and gate.refuse in self.path:
                self._refuse()
                return
        backend = HTTPConnection(gate.backend)
        backend.request(self.command, self.path, body, dict(self.headers.items()))
        answer = backend.getresponse()
        content = answer.read()
        backend.close()
        if self.command == "PUT" and gate.loses_answer(name):
            self.close_connection = True
            return
        # The client may have been killed while it waited.
        with suppress(OSError):
            self._hand_on(answer, content)

    def _refuse(self) -> None:
        body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        self.send_response(403)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _hand_on(self, answer: HTTPResponse, content: bytes) -> None:
        self.send_response(answer.status)
        for header, value in answer.getheaders():
            if header.lower() not in _OWN_HEADERS:
                self.send_header(header, value)
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _forward  # noqa: N815 - names that http.server looks for

    def handle_expect_100(self) -> bool:
        self.send_response_only(100)
        self.end_headers()
        return True

    def log_message(self, *_: Any) -> None: ...
