"""Containers as processes: the server's side of the line to the shim."""

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHIM = Path(__file__).with_name("shim.py")
SHIM_ENDS_S = 1.0  # killing is quick; longer means that it hangs
SHIM_ENDS_S = 1.0  # killing is quick; longer means that it hangs
LOST = 137  # what a container reports whose process was killed from outside


class SpawnRefusedError(Exception):
    """The system would not start a process.

    Attributes:
        errno: error number of the system.
        path: file or folder it stumbled over.
    """

    def __init__(self, errno: int, path: str) -> None:
        super().__init__(f"{os.strerror(errno)}: {path}")
        self.errno = errno
        self.path = path


@dataclass(frozen=True, slots=True)
class Command:
    """What to run, with the whole environment it gets and the folder it starts in."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    working_dir: Path


class Process:
    """A started process; `pid` leads its own process group."""

    def __init__(self, process_id: str, send: Callable[[dict[str, Any]], None], on_end: Callable[[], None]) -> None:
        self.process_id = process_id
        self.pid = 0
        self.exit_code: int | None = None
        self._send = send
        self._on_end = on_end
        self._answered = threading.Event()
        self._ended = threading.Event()
        self._refusal: SpawnRefusedError | None = None

    def wait(self, timeout_s: float | None = None) -> int | None:
        """Wait for the end; the exit code (128 + n after signal n), None when the time ran out first."""
        self._ended.wait(timeout_s)
        return self.exit_code

    def signal(self, signum: signal.Signals) -> None:
        """Send a signal to the process and its group; does nothing once it has ended."""
        if self.exit_code is None:
            self._send({"do": "signal", "id": self.process_id, "signal": int(signum)})

    def hear(self, event: dict[str, Any]) -> None:
        """Take what the shim says about this process."""
        if event["event"] == "started":
            self.pid = event["pid"]
        elif event["event"] == "refused":
            self._refusal = SpawnRefusedError(event["errno"], event["path"])
        else:
            self.exit_code = event["code"]
            self._ended.set()
            self._on_end()
        self._answered.set()

    def await_start(self) -> None:
        """Wait until the process runs.

        Raises:
            SpawnRefusedError: when the system would not start it.
        """
        self._answered.wait()
        if self._refusal:
            raise self._refusal


class ProcessHost:
    """Starts processes through a shim, which kills them all when this process ends in whatever way."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._line = _ShimLine()

    def spawn(self, command: Command, output_fd: int, on_end: Callable[[], None]) -> Process:
        """Start a process whose output goes to `output_fd` (which is closed here); returns once it runs.

        Raises:
            SpawnRefusedError: when the system would not start it.
        """
        with self._lock:
            if self._line.broken:
                self._line = _ShimLine()
            line = self._line
        process = line.spawn(command, output_fd, on_end)
        process.await_start()
        return process

    def restart(self) -> None:
        """Kill everything that runs, strays included, and be ready for more."""
        with self._lock:
            old, self._line = self._line, _ShimLine()
        old.close()

    def close(self) -> None:
        """Kill everything that runs, strays included."""
        self._line.close()


class _ShimLine:
    """One shim, the line to it and the processes it is parent to."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._processes: dict[str, Process] = {}
        self.broken = False
        self._lock = threading.Lock()
        self._socket, far_end = socket.socketpair()
        with far_end:
            self._shim = subprocess.Popen(  # noqa: S603 - our own interpreter with our own file
                [sys.executable, "-I", "-S", str(SHIM), str(far_end.fileno())],
                pass_fds=[far_end.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
        threading.Thread(target=self._listen, name="shim-listener", daemon=True).start()

    def spawn(self, command: Command, output_fd: int, on_end: Callable[[], None]) -> Process:
        process = Process(str(next(self._ids)), self._send, on_end)
        order = {
            "do": "spawn",
            "id": process.process_id,
            "argv": list(command.argv),
            "environment": dict(command.environment),
            "working_dir": str(command.working_dir),
        }
        with self._lock:
            self._processes[process.process_id] = process
        try:
            self._send(order, output_fd)
        finally:
            os.close(output_fd)
        return process

    def close(self) -> None:
        with contextlib.suppress(OSError):  # a shim that is gone already has hung up by itself
            self._socket.shutdown(socket.SHUT_WR)
        try:
            self._shim.wait(SHIM_ENDS_S)
        except subprocess.TimeoutExpired:  # the parent-death signal then does the shim's work
            self._shim.kill()
            self._shim.wait()

    def _send(self, order: dict[str, Any], output_fd: int | None = None) -> None:
        data = json.dumps(order).encode() + b"\n"
        try:
            with self._lock:
                if output_fd is not None:
                    data = data[socket.send_fds(self._socket, [data], [output_fd]) :]
                self._socket.sendall(data)
        except OSError:
            self._hear({"id": order["id"], "event": "ended", "code": LOST})

    def _listen(self) -> None:
        with self._socket.makefile("rb") as events:
            for text in events:
                self._hear(json.loads(text))
        self.broken = True
        self._end_all()

    def _hear(self, event: dict[str, Any]) -> None:
        with self._lock:
            process = self._processes.get(event["id"])
            if event["event"] != "started":
                self._processes.pop(event["id"], None)
        if process:
            process.hear(event)

    def _end_all(self) -> None:
        """Report the death of all: the shim is gone, and with it its children."""
        with self._lock:
            lost, self._processes = self._processes, {}
        for process in lost.values():
            process.hear({"event": "ended", "code": LOST})
