"""Serve a local Snowflake: `python -m local_cloud.snowflake --port 0 --data-dir DIR`."""

import argparse
import json
import logging
import os
import socket
import sys
import threading
import warnings
from pathlib import Path

from local_cloud.collecting import loading

with loading():
    import uvicorn

    from local_cloud.allocator import give_back_until, share_few_arenas
    from local_cloud.snowflake.http_server import Face
    from local_cloud.snowflake.instance import DirectoryInUseError, LocalSnowflake
    from local_cloud.snowflake.lifeline import die_with_parent, end_signal

_HOST = "127.0.0.1"  # any password is accepted, so nobody else may reach it
_LAST_WORDS_S = 1.0


def main() -> int:
    """Serve until told to end; 0 when asked to, 2 when the data directory or the port is taken."""
    options = _options()
    share_few_arenas()
    # fakesnow asks DuckDB for Arrow in a way that DuckDB comments on at each place once
    warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what it warns of is refused by name
    ended = end_signal()
    if options.die_with_parent:
        die_with_parent(ended)
    try:
        listener = _listen(options.port)
        snowflake = LocalSnowflake(options.data_dir)
    except (OSError, DirectoryInUseError) as error:
        sys.stderr.write(f"local Snowflake: {error}\n")
        return 2
    snowflake.privileges.enforced = not options.no_privileges
    snowflake.aws_endpoint_url = options.aws_endpoint_url
    if options.administrators:
        snowflake.administrators = frozenset(options.administrators.upper().split(","))
    port = listener.getsockname()[1]
    snowflake.endpoint = (_HOST, port)
    face = Face(snowflake)
    server = _start(face, listener)
    ready = {"ready": True, "service": "snowflake", "endpoint": f"http://{_HOST}:{port}", "host": _HOST, "port": port}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    threading.Thread(target=snowflake.task_runs.watch, args=(ended,), name="tasks", daemon=True).start()
    threading.Thread(target=face.tokens.watch, args=(ended,), name="idle sessions", daemon=True).start()
    threading.Thread(target=face.own.buffer_notes.watch, args=(ended,), name="buffer notes", daemon=True).start()
    threading.Thread(target=give_back_until, args=(ended,), name="memory", daemon=True).start()
    ended.wait()
    server.should_exit = True
    server.thread.join(_LAST_WORDS_S)
    snowflake.close()
    return 0


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's algorithm off; it would cost 40 ms a statement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((_HOST, port))
    listener.listen(512)
    return listener


class _Server(uvicorn.Server):
    """Runs beside the main thread, which waits for the signal to end."""

    def __init__(self, config: uvicorn.Config, listener: socket.socket) -> None:
        super().__init__(config)
        self.answering = threading.Event()
        self.thread = threading.Thread(target=self.run, kwargs={"sockets": [listener]}, daemon=True)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.answering.set()


def _start(face: Face, listener: socket.socket) -> _Server:
    config = uvicorn.Config(
        face.app(), log_level="warning", access_log=False, timeout_graceful_shutdown=1, lifespan="off"
    )
    server = _Server(config, listener)
    server.thread.start()
    server.answering.wait()
    return server


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local_cloud.snowflake", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data-dir", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--die-with-parent", action="store_true", help="end when the starting process ends")
    parser.add_argument("--administrators", help="users that have every role without CREATE USER; everybody, if none")
    parser.add_argument("--no-privileges", action="store_true", help="refuse nothing for want of a grant")
    parser.add_argument("--aws-endpoint-url", help="the local AWS, for stages in S3")
    return parser.parse_args()


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # handlers that still run in daemon threads must not hold up the end
