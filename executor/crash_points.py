"""Named places at which an executor can be made to die, so that what follows a crash there can be shown.

A step of the executor that others can see is a call through a port. So the places are the moments before and after
each call, named by the loop that makes it: ``launch.after.launcher.run`` is the moment when a task exists and nobody
has noted it. Without ``REPORTING_CRASH_AT`` no port is watched, and it costs nothing.
"""

import os
import signal
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Final

LOOP: Final[ContextVar[str]] = ContextVar("loop", default="stop")
"""The loop whose round this is; what no loop does belongs to the stop."""

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "lead": (
        "lease.read", "lease.write", "store.leader", "store.take_fence", "store.cancel_statements", "store.restamp",
        "store.fold", "store.open_jobs",
    ),
    "claim": (
        "store.intake_token", "store.breaker", "store.claim", "store.claimed", "store.fence", "store.next_due_s",
    ),
    "launch": (
        "store.breaker", "store.definitions", "artifacts.put_profile", "store.write", "store.fence", "store.progress",
        "launcher.find", "artifacts.start_marker", "launcher.run",
    ),
    "watch": ("store.definitions", "launcher.describe"),
    "settle": ("artifacts.manifest", "logs.tail", "artifacts.put_latest"),
    "cancel": ("launcher.stop_task",),
    "commands": ("store.commands", "store.note_pauses", "store.prune"),
    "reconcile": ("store.open_jobs", "launcher.list_running", "launcher.describe"),
    "flush": ("store.write", "store.fence", "store.progress"),
    "stop": ("lease.read", "lease.write", "store.write", "store.quiet", "lease.release"),
}  # fmt: skip
"""The calls of each loop that drills pass, in the order of a round."""

NAMES: Final = tuple(
    f"{loop}.{side}.{call}" for loop, calls in STEPS.items() for call in calls for side in ("before", "after")
)


def parsed(text: str) -> tuple[str, int]:
    """The place, and at which passing of it: ``name`` or ``name:n``.

    Raises:
        ValueError: there is no such place.
    """
    name, _, nth = text.partition(":")
    if name not in NAMES or not (nth == "" or (nth.isdecimal() and int(nth) > 0)):
        raise ValueError(f"write it as name or name:n, where name is one of {', '.join(NAMES)}")
    return name, int(nth or 1)


def die() -> None:
    """Be gone at once, as by kill -9: nothing is written, nothing is let go."""
    os.kill(os.getpid(), signal.SIGKILL)


class Watched:
    """A port, with somebody told of every place that is passed on the way through it."""

    def __init__(self, port: Any, name: str, passing: Callable[[str], None]) -> None:
        """``passing`` is given the name of each place."""
        self._port, self._name, self._passing = port, name, passing

    def __getattr__(self, method: str) -> Any:
        """The method of the port, watched."""
        reached, call = getattr(self._port, method), f"{self._name}.{method}"

        async def watched(*values: Any, **named: Any) -> Any:
            self._passing(f"{LOOP.get()}.before.{call}")
            answer = await reached(*values, **named)
            self._passing(f"{LOOP.get()}.after.{call}")
            return answer

        setattr(self, method, watched)
        return watched


def at(place: str, nth: int, crash: Callable[[], None] = die) -> Callable[[str], None]:
    """What to do at every place: ``crash`` at the n-th passing of this one."""
    left = nth

    def passing(name: str) -> None:
        nonlocal left
        if name == place:
            left -= 1
            if left == 0:
                crash()

    return passing
