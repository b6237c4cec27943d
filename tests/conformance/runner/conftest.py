"""One local stack for all tests of the runner, and servers that misbehave on purpose."""

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

import pytest

from tests.conformance.runner.s3_gate import S3Gate
from tests.local_stack import LocalStack, local_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    with local_stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


class _Serving:
    """An HTTP server of one handler on a free port."""

    def __init__(self, handler: type[BaseHTTPRequestHandler]) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.port = self._server.server_address[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def refusing_snowflake() -> Iterator[str]:
    """The port of a Snowflake that knows nobody's password."""

    class Refuses(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            refusal = {
                "data": {},
                "code": "390100",
                "message": "Incorrect username or password was specified.",
                "success": False,
            }
            body = json.dumps(refusal).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with _Serving(Refuses) as serving:
        yield str(serving.port)


@pytest.fixture
def silent_snowflake() -> Iterator[str]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield str(listener.getsockname()[1])


@pytest.fixture
def closed_port() -> str:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


@pytest.fixture
def s3_gate(stack: LocalStack) -> Iterator[S3Gate]:
    gate = S3Gate(stack.environment["AWS_ENDPOINT_URL"])
    with _Serving(gate.handler()) as serving:
        gate.endpoint = f"http://127.0.0.1:{serving.port}"
        yield gate
        gate.released.set()


@pytest.fixture
def task_metadata() -> Iterator[str]:
    """The address of a task metadata endpoint that knows one task."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"TaskARN": "arn:aws:ecs:us-east-1:123456789012:task/reporting/0123"}).encode()
            self.send_response(200 if self.path == "/v4/abc/task" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with _Serving(Answers) as serving:
        yield f"http://127.0.0.1:{serving.port}/v4/abc"
