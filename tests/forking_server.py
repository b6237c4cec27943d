"""The process off which programs are forked: ``python -m tests.forking_server LINE MODULE``.

It loads everything of the module's package, then forks for every order that comes on its line. Between it and each
fork stands one more process, which waits for the fork's end and tells its status.
"""

import gc
import json
import os
import pkgutil
import runpy
import socket
import struct
import sys
import threading
from importlib import import_module
from typing import Any

NUMBER = struct.Struct("q")
LOADED = {
    "executor": ("aiobotocore.session", "boto3", "rich.console", "rich.table", "schemachange", "snowflake.connector"),
    "runner": ("boto3", "pyarrow.compute", "pyarrow.csv", "pyarrow.parquet", "snowflake.connector", "xlsxwriter"),
}
"""What these programs load when they need it."""
NEVER_LOADED = ("executor.cli.local", "runner.documents", "runner.writers.html", "runner.writers.pdf")
"""What is large and needed by few: modules and packages whose names begin like this."""


def load(package: str) -> None:
    """Import a package with all of its modules, and what it imports late."""
    inside = import_module(package).__path__
    for found in pkgutil.walk_packages(inside, f"{package}."):
        if not found.name.endswith("__main__") and not found.name.startswith(NEVER_LOADED):
            import_module(found.name)
    for name in LOADED.get(package, ()):
        import_module(name)


def orders(line: socket.socket) -> dict[str, Any] | None:
    """Fork for every order; answers in the fork with its order, and in the server with None at the end of the line."""
    while True:
        size, descriptors, _, _ = socket.recv_fds(line, NUMBER.size, 4)
        if not size:
            return None
        text, length = b"", NUMBER.unpack(size)[0]
        while len(text) < length:
            text += line.recv(length - len(text))
        *streams, status = descriptors
        _bury_the_dead()
        if os.fork() == 0:
            line.close()
            _stand_between(streams, status)
            return dict(json.loads(text))
        for descriptor in descriptors:
            os.close(descriptor)


def _bury_the_dead() -> None:
    """Those that stood between; their time, and that of their forks, then counts as this process's children's."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return


def _stand_between(streams: list[int], status: int) -> None:
    """Fork once more and wait for that one's end; only the second fork returns, with its streams."""
    pid = os.fork()
    if pid:
        for stream in streams:
            os.close(stream)
        os.write(status, NUMBER.pack(pid))
        os.write(status, NUMBER.pack(os.waitpid(pid, 0)[1]))
        os._exit(0)
    os.close(status)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in set(streams):
        os.close(stream)


def become(order: dict[str, Any]) -> None:
    """Run the module as ``python -m`` would; what it raises ends this process as it would end any other."""
    os.chdir(order["directory"])
    os.environ.clear()
    os.environ.update(order["environment"])
    module, *arguments = order["words"]
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def main() -> None:
    """Load, then fork until nobody is there who could ask."""
    line, module = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    line.set_inheritable(False)
    load(module)
    assert threading.active_count() == 1, f"{module} starts threads while it is loaded; no thread survives a fork"
    gc.collect()
    gc.freeze()  # else the first search for garbage in a fork would copy all of it
    if order := orders(line):
        become(order)


if __name__ == "__main__":
    main()
