"""Plays seeds: each in an event loop of its own, without a log unless one is asked for."""

import asyncio
import json
import logging
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, NoReturn

import pytest
import structlog

from contract.states import JobState
from executor.core import transitions
from executor.core.transitions import Trigger
from tests.simulation.seeded.plan import Fault, scenario
from tests.simulation.seeded.process import PROCESS, Process
from tests.simulation.seeded.stage import Stage
from tests.simulation.seeded.virtual_loop import VirtualLoop


@dataclass(slots=True)
class Played:
    """What came of one or of many seeds."""

    broken: dict[int, list[str]] = field(default_factory=dict)
    seeds: int = 0
    jobs: int = 0
    tasks: int = 0
    steps: set[tuple[JobState, Trigger]] = field(default_factory=set)
    faults: Counter[Fault] = field(default_factory=Counter)
    pairs: set[frozenset[Fault]] = field(default_factory=set)

    def add(self, seed: int, stage: Stage, broken: Iterable[str]) -> None:
        """Count one seed in."""
        self.seeds += 1
        self.jobs += len(stage.plan.jobs)
        self.tasks += len(stage.launcher.tasks)
        self.steps |= stage.ledger.steps
        self.faults.update(stage.faults)
        self.pairs |= {frozenset(pair) for pair in combinations(stage.faults, 2)}
        if broken := list(broken):
            self.broken[seed] = broken

    def as_json(self) -> str:
        """For the summary of a run on many workers."""
        return json.dumps(
            {
                "seeds": self.seeds,
                "jobs": self.jobs,
                "tasks": self.tasks,
                "broken": len(self.broken),
                "steps": sorted(self.steps),
                "pairs": sorted(sorted(pair) for pair in self.pairs),
            }
        )

    def told(self, jobs: int = 20) -> str:
        """What went wrong, and how to see it again."""
        option = "" if jobs == 20 else f" --jobs {jobs}"
        return "\n".join(
            f"{'; '.join(broken)}\n    see it with: python -m tests.simulation.replay {seed}{option}"
            for seed, broken in self.broken.items()
        )


class _Steps(dict[tuple[JobState, Trigger], JobState]):
    """The transition table, noting which of its steps are taken."""

    def __init__(self, table: dict[tuple[JobState, Trigger], JobState], taken: set[tuple[JobState, Trigger]]) -> None:
        super().__init__(table)
        self._taken = taken

    def __getitem__(self, key: tuple[JobState, Trigger]) -> JobState:
        self._taken.add(key)
        return super().__getitem__(key)


Show = Callable[[dict[str, Any]], None]


Passing = Callable[[Process, str], None]


def play(seeds: Iterable[int], jobs: int = 20, *, log: Show | None = None, passing: Passing | None = None) -> Played:
    """Play these seeds; ``log`` is given each line of the executors' log, ``passing`` each crash point on their way."""
    played = Played()
    for seed in seeds:
        _play_one(seed, jobs, played, log, passing)
    return played


def shown(line: dict[str, Any]) -> str:
    """A line of the log, with its virtual time and its process."""
    rest = {key: value for key, value in line.items() if key not in {"now_s", "event", "level", "process"}}
    facts = " ".join(f"{key}={value}" for key, value in rest.items())
    return f"{line['now_s']:9.3f} {line['process']:12} {line['event']} {facts}"


def _play_one(seed: int, jobs: int, played: Played, log: Show | None, passing: Passing | None) -> None:
    loop = VirtualLoop()
    asyncio.set_event_loop(loop)
    stages: list[Stage] = []

    async def run() -> None:
        stages.append(Stage(scenario(seed, jobs), passing))
        await stages[0].play()

    with _logged(loop, log) as faults, pytest.MonkeyPatch.context() as patch:
        patch.setattr(transitions, "_NEXT", _Steps(transitions._NEXT, played.steps))
        try:
            loop.run_until_complete(run())
        finally:
            loop.close()
            asyncio.set_event_loop(None)
    played.add(seed, stages[0], [*stages[0].ledger.broken, *faults])


@contextmanager
def _logged(loop: VirtualLoop, log: Show | None) -> Iterator[list[str]]:
    # Nothing is rendered; but what the executor calls a fault of its own is a broken rule.
    before, found = structlog.get_config(), list[str]()

    def note(_logger: object, level: str, line: MutableMapping[str, Any]) -> NoReturn:
        if str(line.get("action")).endswith("_fault"):
            found.append(f"no_fault_of_ours: {line} {traceback.format_exc() if line.get('exc_info') else ''}")
        if log is not None:
            log({**line, "level": level, "now_s": loop.time(), "process": PROCESS.get()})
        raise structlog.DropEvent

    level = logging.ERROR if log is None else logging.DEBUG
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level), processors=[note])
    try:
        yield found
    finally:
        structlog.configure(**before)
