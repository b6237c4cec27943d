"""A line to the local AWS on which everything that is asked for is written down."""

import io
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

from local_cloud.aws.faults.operations import Operation, operation_of

LOOPBACK = "127.0.0.1"
_PIECE = 1 << 16
_HEAD = re.compile(rb"(GET|PUT|POST|HEAD|DELETE) (\S+) HTTP/1\.1\r\n((?:[^\r\n]+\r\n)+)\r\n")


class Recorded:
    """What went to the server, by connection, as bytes; ``url`` is the line's own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.kept: list[bytearray] = []

    def operations(self) -> Iterator[Operation]:
        """Every request, as the operation that it asks for."""
        for stream in list(self.kept):
            text = bytes(stream)
            for found in _HEAD.finditer(text):
                yield _operation(found, text)


def _operation(found: "re.Match[bytes]", text: bytes) -> Operation:
    method, target, head = (part.decode() for part in found.groups())
    headers = dict(line.split(": ", 1) for line in head.splitlines())
    path, _, query = target.partition("?")
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    size = int(environ.get("HTTP_CONTENT_LENGTH", 0))
    body = text[found.end() : found.end() + size]
    environ |= {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": str(size)}
    operation = operation_of({**environ, "wsgi.input": io.BytesIO(body)})
    assert operation is not None, f"{method} {target} is no operation that is known"
    return operation


@contextmanager
def recorded(endpoint: str) -> Iterator[Recorded]:
    """A line to an endpoint, for as long as it is needed."""
    behind = urlsplit(endpoint)
    with socket.create_server((LOOPBACK, 0)) as server:
        found = Recorded(f"http://{LOOPBACK}:{server.getsockname()[1]}")
        accepting = threading.Thread(target=_accept, args=(server, (behind.hostname, behind.port), found), daemon=True)
        accepting.start()
        yield found
        server.shutdown(socket.SHUT_RDWR)


def _accept(server: socket.socket, behind: tuple[str, int], found: Recorded) -> None:
    with suppress(OSError):  # the line is taken down
        while True:
            near, _ = server.accept()
            far = socket.create_connection(behind)
            kept = bytearray()
            found.kept.append(kept)
            for source, sink, note in ((near, far, kept), (far, near, None)):
                threading.Thread(target=_carry, args=(source, sink, note), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket, note: bytearray | None) -> None:
    with suppress(OSError):  # either side may hang up
        while piece := source.recv(_PIECE):
            if note is not None:
                note += piece
            sink.sendall(piece)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
