"""Guards by name, and the executor without one of them: each must be missed by some seed."""

import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from contract.ids import launch_token
from contract.manifest import StartMarker
from contract.outcome import Blame
from executor.board import Board
from executor.core import budget, capacity, failures, launch, leadership
from executor.loops.claim import Claim
from executor.loops.intents import Intents
from executor.loops.launch import Launch
from executor.loops.lead import Lead
from executor.testing import memory_queue
from executor.testing.memory_artifacts import MemoryArtifacts
from executor.testing.memory_store import MemoryStore
from executor.writer import Writer
from tests.simulation.seeded.lines import Line

Patch = pytest.MonkeyPatch


def _constant(target: Any, name: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(target, name, lambda *_values, **_named: value)


def _value(target: str, value: Any) -> Callable[[Patch], None]:
    return lambda patch: patch.setattr(target, value)


def _replaced(whole: Callable[..., Any], instead: Callable[..., Any]) -> Callable[[Patch], None]:
    return lambda patch: _everywhere(patch, whole, instead)


def _awaited(target: Any, name: str, value: Any) -> Callable[[Patch], None]:
    async def answers(*_values: Any, **_named: Any) -> Any:
        return value

    return lambda patch: patch.setattr(target, name, answers)


def _everywhere(patch: Patch, whole: Callable[..., Any], instead: Callable[..., Any]) -> None:
    # A function stands in every module that imported it by its name.
    for name, module in list(sys.modules.items()):
        if name.startswith("executor.") and getattr(module, whole.__name__, None) is whole:
            patch.setattr(module, whole.__name__, instead)


class _WritesLater:
    """A writer that takes what it is given and does not write it now."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._writer, name)

    async def drain(self) -> None:
        """Leave it to the flush loop."""

    async def write_first(self, _change: object) -> None:
        """Leave it to the flush loop."""


def _write_ahead(patch: Patch) -> None:
    whole = Launch.__init__

    def without(self: Launch, *values: Any, **named: Any) -> None:
        whole(self, *values, **named)
        self._intents = Intents(_WritesLater(self._writer))  # type: ignore[arg-type]  # it stands in for the writer

    patch.setattr(Launch, "__init__", without)


def _same_token(patch: Patch) -> None:
    whole, numbers = launch.order, itertools.count()

    def with_a_new_one(*values: Any, **named: Any) -> launch.LaunchOrder:
        order = whole(*values, **named)
        return order.model_copy(update={"run_task": order.run_task | {"clientToken": f"token-{next(numbers)}"}})

    patch.setattr(launch, "order", with_a_new_one)


def _new_token(patch: Patch) -> None:
    whole = launch.intend

    def with_the_first_one(*values: Any, **named: Any) -> Any:
        job = whole(*values, **named)
        token = launch_token(values[1], job.job_id, job.attempt, 1)
        return replace(job, launch_token=token)

    patch.setattr(launch, "intend", with_the_first_one)


def _find(patch: Patch) -> None:
    whole = Board.begin

    def without(self: Board, *values: Any, **named: Any) -> None:
        whole(self, *values, **named)
        self.to_find.clear()

    patch.setattr(Board, "begin", without)


def _lost_answer(patch: Patch) -> None:
    whole = Claim.tick

    async def without(self: Claim) -> None:
        self._claim_id = None
        await whole(self)

    patch.setattr(Claim, "tick", without)


def _blame(patch: Patch) -> None:
    whole = failures.judge

    def always_the_report(*values: Any, **named: Any) -> Any:
        return whole(*values, **named).model_copy(update={"blame": Blame.REPORT})

    _everywhere(patch, whole, always_the_report)


def _one_row_per_job(patch: Patch) -> None:
    whole = memory_queue.judge

    def takes_all(intake: Any, state: Any, *values: Any) -> Any:
        due, ended = whole(intake, state, *values)
        return [*due, *(one.asked for one in ended if one.duplicate_of is not None)], []

    _everywhere(patch, whole, takes_all)


def _budget(patch: Patch) -> None:
    whole = budget.after_failure

    def endless(*values: Any, **named: Any) -> budget.Spent:
        spent = whole(*values, **named)
        return budget.Spent(spent.user_failures, spent.infra_failures, may_retry=True)

    _everywhere(patch, whole, endless)


def _manifest(patch: Patch) -> None:
    def by_exit_code(evidence: failures.Evidence) -> bool:
        return evidence.exit_code == 0

    _everywhere(patch, failures.succeeded, by_exit_code)


def _manifest_of_the_forgotten(patch: Patch) -> None:
    whole = failures.succeeded

    def of_known_tasks(evidence: failures.Evidence) -> bool:
        return evidence.task is not None and whole(evidence)

    _everywhere(patch, whole, of_known_tasks)


def _start_marker(patch: Patch) -> None:
    whole = MemoryArtifacts.mark_start

    def every_task_works(self: MemoryArtifacts, result_uri: str, marker: StartMarker) -> bool:
        whole(self, result_uri, marker)
        return True

    patch.setattr(MemoryArtifacts, "mark_start", every_task_works)


MUTANTS: Mapping[str, Callable[[Patch], None]] = {
    "fence": _constant(MemoryStore, "_holds", value=True),
    "forward_only": _constant(MemoryStore, "_forward", value=True),
    "one_row_per_job": _one_row_per_job,
    "write_ahead": _write_ahead,
    "same_token_in_a_replay": _same_token,
    "new_token_after_a_refusal": _new_token,
    "find_before_replay": _find,
    "quiet_wait": _replaced(leadership.quiet_in_s, lambda *_: 0.0),
    "quiet_before_release": _awaited(Line, "quiet", value=True),
    "trust": lambda patch: patch.setattr(Board, "may_send", lambda self, _now_s: self.fence is not None),
    "stepping_down": _constant(Lead, "deposed", value=None),
    "caps": _replaced(capacity.room_to_claim, lambda limits, *_: limits.max_claim),
    "blame": _blame,
    "budget": _budget,
    "manifest_of_a_success": _manifest,
    "manifest_of_the_forgotten": _manifest_of_the_forgotten,
    "patience_with_the_unseen": _value("executor.core.watch.MISSING_PATIENCE_S", -1.0),
    "forgets_on_missing": _awaited(Writer, "_missing", value=set()),
    "unknown_claim_asked_again": _lost_answer,
    "start_marker": _start_marker,
    "late_claim_awaited": _value("executor.loops.claim.LANDS_WITHIN_S", 0.0),
}
"""What is taken away, by the name of the guard. ``owner`` is a second line behind these: see tests/model."""

CAUGHT_BY: Mapping[str, int] = {
    "blame": 1,
    "budget": 1,
    "manifest_of_a_success": 1,
    "same_token_in_a_replay": 1,
    "write_ahead": 1,
    "one_row_per_job": 2,
    "patience_with_the_unseen": 2,
    "stepping_down": 3,
    "trust": 4,
    "manifest_of_the_forgotten": 5,
    "forward_only": 12,
    "quiet_before_release": 12,
    "start_marker": 14,
    "quiet_wait": 17,
    "unknown_claim_asked_again": 20,
    "caps": 31,
    "forgets_on_missing": 40,
    "fence": 48,
    "late_claim_awaited": 55,
    "find_before_replay": 99,
    "new_token_after_a_refusal": 164,
}
"""The seed that saw the harm first; it is asked first."""


@contextmanager
def without(guard: str | None) -> Iterator[None]:
    """Inside, this guard is taken away; None takes none away."""
    with pytest.MonkeyPatch.context() as patch:
        if guard is not None:
            MUTANTS[guard](patch)
        yield
