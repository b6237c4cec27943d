"""The small process that is parent to all containers' processes, so that none of them outlives the server.

It stands between server and containers as a container runtime's shim does, and for the same reasons:

* It is small and has one thread, so forking is quick and safe; the server has many threads and much memory.
* Its only line to the server is a socket. When the server dies, however it dies, the socket ends, and the
  shim kills every container and whatever they left behind, then itself.
* When the shim dies, the kernel kills the containers (parent-death signal, Linux).

Lines of JSON go both ways. In: `spawn` (with the write end of a pipe for the output as passed descriptor)
and `signal`. Out: `started`, `refused`, `ended`. Runs by itself with the standard library only.
"""

import ctypes
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
from collections import deque
from typing import Any

PR_SET_PDEATHSIG = 1  # linux/prctl.h
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
MAX_FDS_AT_ONCE = 64
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Shim:
    """Parent of the containers' processes; one instance per process."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._pending = b""
        self._outputs: deque[int] = deque()
        self._running: dict[int, tuple[str, subprocess.Popen[bytes]]] = {}
        self._me = os.getpid()

    def serve(self, wakeup_fd: int) -> None:
        """Do what the server asks until its end of the line is closed."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._line, selectors.EVENT_READ)
            selector.register(wakeup_fd, selectors.EVENT_READ)
            while True:
                ready = {key.fd for key, _ in selector.select()}
                if wakeup_fd in ready:
                    os.read(wakeup_fd, 4096)
                    self._reap()
                if self._line.fileno() in ready and not self._receive():
                    return

    def kill_all(self) -> None:
        """Kill every container and everything that was handed to this process by their death."""
        for pid in list(self._running):
            _kill_group(pid, signal.SIGKILL)
        while orphans := _own_children():
            for pid in orphans:
                os.kill(pid, signal.SIGKILL)
            for pid in orphans:
                _wait_for(pid)

    def _receive(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._line, 1 << 16, MAX_FDS_AT_ONCE)
        self._outputs.extend(descriptors)
        *lines, self._pending = (self._pending + data).split(b"\n")
        for text in lines:
            order = json.loads(text)
            if order["do"] == "spawn":
                self._spawn(order, self._outputs.popleft())
            else:
                self._signal(order)
        return bool(data)

    def _spawn(self, order: dict[str, Any], output: int) -> None:
        try:
            process = subprocess.Popen(  # noqa: S603 - running what the task definition says is the purpose
                order["argv"],
                env=order["environment"],
                cwd=order["working_dir"],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=self._die_with_me,  # noqa: PLW1509 - this process has one thread
            )
        except OSError as error:
            self._tell(order["id"], "refused", errno=error.errno, path=str(error.filename))
        else:
            self._running[process.pid] = (order["id"], process)
            self._tell(order["id"], "started", pid=process.pid)
        finally:
            os.close(output)

    def _die_with_me(self) -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._me:
            os._exit(1)

    def _signal(self, order: dict[str, Any]) -> None:
        for pid, (process_id, _) in self._running.items():
            if process_id == order["id"]:
                _kill_group(pid, order["signal"])

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._running:
                process_id, process = self._running.pop(pid)
                process.returncode = code = os.waitstatus_to_exitcode(status)
                _kill_group(pid, signal.SIGKILL)  # a container ends with its first process
                self._tell(process_id, "ended", code=code if code >= 0 else 128 - code)

    def _tell(self, process_id: str, event: str, **details: Any) -> None:
        text = json.dumps({"id": process_id, "event": event, **details}) + "\n"
        try:
            self._line.sendall(text.encode())
        except (BrokenPipeError, ConnectionResetError):
            return  # the server is gone; the next read says so and ends this process


def _kill_group(pid: int, signum: int) -> None:
    try:
        os.killpg(pid, signum)
    except (ProcessLookupError, PermissionError):
        return  # the group is empty, or holds only the dead


def _own_children() -> list[int]:
    if sys.platform != "linux":
        return []
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as children:  # noqa: PTH123 - /proc
        return [int(word) for word in children.read().split()]


def _wait_for(pid: int) -> None:
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        return


def main() -> None:
    """Serve the line whose descriptor is the first argument."""
    line = socket.socket(fileno=int(sys.argv[1]))
    line.set_inheritable(False)
    if LIBC is not None:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    for signum in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(signum, lambda *_: None)  # a handler, not SIG_IGN: containers would inherit that
    shim = Shim(line)
    try:
        shim.serve(woken)
    finally:
        shim.kill_all()


if __name__ == "__main__":
    main()
