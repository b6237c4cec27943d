"""The way from an executor to the world: calls get lost, late, slow or stuck; here processes die or stand still."""

import asyncio
from collections.abc import Awaitable, Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from executor.core.launch_answers import Unknown
from executor.core.leadership import STATEMENT_TIMEOUT_S
from executor.port_errors import CloudUnavailableError, NothingDoneError, StoreUnavailableError
from tests.simulation.seeded.plan import Fault

if TYPE_CHECKING:
    from tests.simulation.seeded.process import Process

Call = Callable[[], Awaitable[Any]]

_CHANGES_STATE = {"claim", "write", "restamp", "take_fence", "fold", "note_pauses", "write_breaker"}
"""Statements of the store that the server may carry out although nobody waits for them any more."""


_NEEDS_TRUST = {"claim", "write", "note_pauses", "prune"}


class Fate(Enum):
    """What becomes of one call."""

    UNREACHED = auto()
    UNANSWERED = auto()
    LATE = auto()
    HELD = auto()
    SLOW = auto()
    REFUSED = auto()
    TWICE = auto()


_FATES = {
    Fate.UNREACHED: Fault.UNREACHED,
    Fate.UNANSWERED: Fault.UNANSWERED,
    Fate.LATE: Fault.LATE,
    Fate.HELD: Fault.HELD,
    Fate.SLOW: Fault.SLOW,
    Fate.REFUSED: Fault.CROWDED,
    Fate.TWICE: Fault.STALE,
}


class Line:
    """One port as one process reaches it."""

    def __init__(self, port: Any, name: str, process: "Process") -> None:
        self._port, self._name, self._process = port, name, process

    def __getattr__(self, method: str) -> Any:
        reached = getattr(self._port, method)
        process, name = self._process, self._name

        async def call(*values: Any, **named: Any) -> Any:
            step = f"{name}.{method}"
            if name == "store" and method in _NEEDS_TRUST:
                process.shows_its_trust()
            if step == "lease.release":
                process.shows_its_quiet()
            await process.reaches(f"before {step}")
            if process.stage.calm:
                answer = await reached(*values, **named)
            else:
                answer = await self._through(method, lambda: reached(*values, **named), values)
            await process.reaches(f"after {step}")
            return answer

        setattr(self, method, call)
        return call

    async def quiet(self) -> bool:
        """Whether no statement of this process can still be carried out, as its session knows it."""
        await self._process.reaches(f"before {self._name}.quiet")
        return self._process.stage.now_s >= self._process.quiet_at_s

    async def _through(self, method: str, call: Call, values: tuple[Any, ...]) -> Any:
        stage = self._process.stage
        if stage.away(self._name):
            await asyncio.sleep(stage.dice.uniform(0, 2))
            return self._lost(method, "away")
        fate = stage.fate(_FATES)
        if fate is None:
            return await call()
        if fate in {Fate.LATE, Fate.HELD} and not self._carried_out_alone(method):
            fate = Fate.SLOW
        if fate is Fate.REFUSED and not (self._name == "store" and method in _CHANGES_STATE):
            return await call()
        if fate is Fate.TWICE:
            if method == "run":
                stage.send_again(values[0])
            return await call()
        stage.struck(_FATES[fate])
        if fate in {Fate.LATE, Fate.HELD}:
            return await self._alone(fate, method, self._meant(method, call, values))
        return await self._meets(fate, method, call)

    async def _meets(self, fate: Fate, method: str, call: Call) -> Any:
        stage = self._process.stage
        if fate is Fate.SLOW:
            await asyncio.sleep(stage.dice.choice((0.01, 0.1, 1.0)) * stage.dice.random())
            return await call()
        if fate is Fate.REFUSED:
            raise NothingDoneError(f"store.{method}: 000625: too many statements wait for the same lock")
        if fate is Fate.UNREACHED:
            await asyncio.sleep(stage.dice.choice((0.0, 0.0, 5.0)))
            return self._lost(method, "not reached")
        await call()
        await asyncio.sleep(stage.dice.choice((0.0, 0.0, 5.0)))
        return self._lost(method, "the answer was lost")

    async def _alone(self, fate: Fate, method: str, call: Call) -> Any:
        # The statement belongs to the server: it goes on when its client is killed.
        stage = self._process.stage
        stage.trouble.meanwhile()
        longest_s = STATEMENT_TIMEOUT_S - 0.1
        lands_in_s = stage.dice.choice((stage.dice.uniform(0.1, longest_s), longest_s))
        alone = stage.carry_out(call, lands_in_s)
        if self._name == "store":
            self._process.under_way.append(alone)
        if fate is Fate.HELD:
            return await asyncio.shield(alone)
        self._process.quiet_at_s = stage.now_s + STATEMENT_TIMEOUT_S
        await asyncio.sleep(stage.dice.choice((0.0, stage.dice.uniform(0, lands_in_s))))
        return self._lost(method, "nobody waited for it")

    def _meant(self, method: str, call: Call, values: tuple[Any, ...]) -> Call:
        # A statement changes what it finds when it ends its waiting; or, by the other reading, when it begins.
        stage = self._process.stage
        if method in {"claim", "write"} and stage.plan.has(Fault.OLD_READING):
            stage.struck(Fault.OLD_READING)
            return stage.store.as_it_stands(method, values)
        return call

    def _carried_out_alone(self, method: str) -> bool:
        return method == "run" or (self._name == "store" and method in _CHANGES_STATE)

    def _lost(self, method: str, why: str) -> Any:
        says = f"{self._name}.{method}: {why}"
        if self._name == "store":
            raise StoreUnavailableError(says)
        if method == "run":
            return Unknown(says)
        raise CloudUnavailableError(says)
