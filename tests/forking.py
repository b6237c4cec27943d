"""Programs of ours as processes that need not load themselves: each is forked off one that has loaded everything.

Half a second of every short process is Python reading modules, always the same ones. What is forked is nevertheless a
process like any other: with arguments, an environment, a working directory and streams of its own, with signals and
an exit code.
"""

import json
import os
import select
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

from tests.forking_server import NUMBER

ROOT = Path(__file__).parents[1]
READ_WHILE_LOADING = ("HOME", "SNOWFLAKE_HOME", "XDG_CONFIG_HOME")
"""What the libraries take from the environment while they are loaded: who has others is forked off another server."""


class ForkServer:
    """A process that has loaded a program and forks off whoever is asked for."""

    def __init__(self, module: str, environment: dict[str, str]) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "tests.forking_server", str(theirs.fileno()), module]
            self.process = subprocess.Popen(
                command, env=environment, cwd=ROOT, pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        self._turn = threading.Lock()

    def fork(self, order: dict[str, Any], streams: list[int]) -> tuple[int, int]:
        """Process id of a new process, and where its status will be read; `streams` are its 0, 1 and 2."""
        reads, writes = os.pipe()
        try:
            text = json.dumps(order).encode()
            with self._turn:
                socket.send_fds(self._line, [NUMBER.pack(len(text))], [*streams, writes])
                self._line.sendall(text)
        finally:
            os.close(writes)
        said = os.read(reads, NUMBER.size)
        assert said, "the fork server has ended; what it said of that went to the tests' own output"
        return NUMBER.unpack(said)[0], reads


@cache
def _server(module: str, read: tuple[tuple[str, str], ...]) -> ForkServer:
    """It ends with this process, which holds the other end of its line."""
    return ForkServer(module, {"PATH": os.environ["PATH"], **dict(read)})


class Forked(subprocess.Popen[str]):
    """``python -m MODULE ARGUMENTS``, forked and not started: what it is given, how it is waited for and told to end.

    Below, what the standard library does with `fork` and `waitpid` is asked of the server.
    """

    def __init__(self, words: list[str], *, env: dict[str, str], **options: Any) -> None:
        read = tuple((name, env[name]) for name in READ_WHILE_LOADING if name in env)
        self._server = _server(words[0], read)
        self._status = -1
        super().__init__(words, env=env, **{**options, "text": True})

    def _execute_child(self, *given: Any) -> None:
        words, directory, environment = given[0], given[5], given[6]
        ends = given[10], given[13], given[15]  # the child's: of stdin, of stdout, of stderr
        silent = os.open(os.devnull, os.O_RDWR)
        try:
            streams = [end if end != -1 else usual for end, usual in zip(ends, (silent, 1, 2), strict=True)]
            order = {"words": words, "directory": str(directory or Path.cwd()), "environment": environment}
            self.pid, self._status = self._server.fork(order, streams)
        finally:
            os.close(silent)
            self._close_pipe_fds(*given[10:16])  # type: ignore[attr-defined]  # the standard library's own
        self._child_created = True

    def _await_status(self, pid: int, flags: int) -> tuple[int, int]:
        if flags & os.WNOHANG and not select.select([self._status], [], [], 0)[0]:
            return 0, 0
        said = os.read(self._status, NUMBER.size)
        os.close(self._status)
        return pid, NUMBER.unpack(said)[0]

    def _try_wait(self, flags: int) -> tuple[int, int]:
        return self._await_status(self.pid, flags)

    def _internal_poll(self, _deadstate: int | None = None) -> int | None:
        poll = super()._internal_poll  # type: ignore[misc]  # as above
        code: int | None = poll(_deadstate=_deadstate, _waitpid=self._await_status)
        return code


def run(*words: str, env: dict[str, str], cwd: Path | None = None, check: bool = False) -> CompletedProcess[str]:
    """Run a program of ours to its end, as `subprocess.run` does.

    Raises:
        subprocess.CalledProcessError: it failed, and that was to be checked.
    """
    with Forked([*words], env=env, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            out, err = process.communicate(timeout=120)
        except BaseException:
            process.kill()
            raise
    done = CompletedProcess(words, process.returncode, out, err)
    if check:
        done.check_returncode()
    return done
