"""Child processes that never outlive their parent, and end in order."""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from executor.cli.errors import CommandError

_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    # A killed parent must not leave servers behind. Linux only; elsewhere the servers watch their parent themselves.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """One process of the local stack, with its log file."""

    def __init__(self, name: str, arguments: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        """Start it; standard error, and output after the ready line, go to the log file."""
        self.name, self.log = name, log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if environment is None else errors,
                stderr=errors,
                env=environment,
                # A session of its own: Ctrl-C reaches the parent alone, which then ends its children in order.
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - prctl only
            )

    def ready(self, timeout_s: float = 30.0) -> dict[str, Any]:
        """The JSON line that a server prints when it answers.

        Raises:
            CommandError: it ended, or said nothing in time.
        """
        stream = self._process.stdout
        until_s = time.monotonic() + timeout_s
        while stream is not None and time.monotonic() < until_s:
            has_ended = not self.runs  # asked before looking: what it said last is read
            if select.select([stream], [], [], 0.1)[0] and (line := stream.readline()):
                try:
                    said: dict[str, Any] = json.loads(line)
                except ValueError:
                    continue
                return said
            if has_ended:
                break
        raise CommandError(f"{self.name} did not start; its last words are in {self.log}:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of the log file."""
        return self.log.read_text(errors="replace")[-2000:]

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the process has not ended."""
        return self._process.poll() is None

    def stop(self, timeout_s: float = 15.0) -> None:
        """End it with SIGTERM, and with SIGKILL when that is not enough."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
