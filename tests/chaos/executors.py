"""One executor as a process: started, killed, frozen; what it says of itself is kept, and only its lead is believed."""

import asyncio
import ctypes
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.chaos.proxy import Line

_PR_SET_PDEATHSIG = 1
NO_LEADER = frozenset({"step_down", "deposed", "stopped"})


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Executor:
    """A place for one executor process at a time, with a line of its own to Snowflake."""

    def __init__(self, name: str, environment: Mapping[str, str], line: Line, log: Path) -> None:
        """``environment`` is all that the process gets; its Snowflake is reached through ``line``."""
        self.name, self.line, self.log = name, line, log
        self._environment = dict(environment) | {"SNOWFLAKE_PORT": str(line.port)}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self.leads = self.stands_by = self.led = False
        self._leads_since_s = 0.0
        self.on_lead: Callable[[], None] = lambda: None

    async def start(self, crash_at: str | None = None) -> None:
        """Start it, to kill itself when it passes that crash point."""
        armed = {"REPORTING_CRASH_AT": crash_at} if crash_at else {}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "executor", "run",
            env=self._environment | armed,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1 << 22,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )  # fmt: skip
        self._reader = asyncio.create_task(self._listen(self._process))

    async def ended(self) -> int:
        """Wait until it has ended and all it said is read; its exit code, minus the signal's number for a kill."""
        if self._process is None or self._reader is None:
            raise RuntimeError(f"{self.name} was never started")
        await self._reader
        return await self._process.wait()

    @property
    def runs(self) -> bool:
        """Whether there is a process that has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def leads_for_s(self) -> float:
        """Since how many seconds it leads, 0 where it does not."""
        return time.monotonic() - self._leads_since_s if self.leads else 0.0

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it is there."""
        if self._process is not None and self.runs:
            os.kill(self._process.pid, number)

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        with self.log.open("ab") as log:
            async for text in process.stdout:
                log.write(text)
                log.flush()
                self._hear(text)
        self.led = self.leads
        self.leads = self.stands_by = False

    def _hear(self, text: bytes) -> None:
        try:
            action = json.loads(text).get("action")
        except (ValueError, AttributeError):
            return
        if action == "lead":
            self.leads, self.stands_by, self._leads_since_s = True, False, time.monotonic()
            self.on_lead()
        elif action == "stand_by":
            self.stands_by = True
        elif action in NO_LEADER:
            self.leads = False
