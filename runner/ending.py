"""How a run ends when several could end it: the report itself, its deadline, or a stop from outside.

The report is made by a worker thread, because the main thread must be free to end the run whatever the worker
hangs in. Whoever wants to end the run claims its ending; the first to claim has it, so a manifest of success and a
stop can never both be the last word.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from contract.outcome import ExitCode


@dataclass(frozen=True, slots=True)
class DeadlineSet:
    """The run may last until ``at_s`` on the monotonic clock."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Finished:
    """The worker is done, with this exit code."""

    exit_code: ExitCode


@dataclass(frozen=True, slots=True)
class StopAsked:
    """Someone outside wants the run to stop (SIGTERM)."""


Message = DeadlineSet | Finished | StopAsked


class Mailbox(Protocol):
    """Where the main thread waits for messages; ``queue.SimpleQueue`` is one, safe to put to from a signal handler."""

    def get(self, *, timeout: float | None) -> Message:
        """The next message, or ``queue.Empty`` after ``timeout`` seconds."""
        ...


def await_end(mailbox: Mailbox, clock_s: Callable[[], float]) -> ExitCode:
    """Wait until the run is finished, stopped or out of time; the exit code that says which."""
    deadline_s: float | None = None
    while True:
        left_s = None if deadline_s is None else deadline_s - clock_s()
        if left_s is not None and left_s <= 0:
            return ExitCode.DEADLINE
        try:
            message = mailbox.get(timeout=left_s)
        except queue.Empty:
            continue
        match message:
            case DeadlineSet(at_s):
                deadline_s = at_s
            case Finished(exit_code):
                return exit_code
            case StopAsked():
                return ExitCode.STOPPED


class Ending:
    """The right to say how the run ended, given once."""

    def __init__(self) -> None:
        """Nobody has it yet."""
        self._taken = threading.Lock()

    def claim(self) -> bool:
        """Whether the caller is the first, and so the one to write the manifest."""
        return self._taken.acquire(blocking=False)
