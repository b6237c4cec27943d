"""What all seeds of a run saw together, in a few lines."""

import json
from collections.abc import Iterable
from itertools import combinations

from executor.core.transitions import TABLE
from tests.simulation.seeded.plan import Fault


def lines(properties: Iterable[tuple[str, object]]) -> list[str]:
    """The summary of a test run, from what its tests recorded; nothing when it played no seeds."""
    found = list(properties)
    seeds = [json.loads(str(value)) for name, value in found if name == "seeds"]
    mutants = sorted(str(value) for name, value in found if name == "mutant")
    told = []
    if seeds:
        steps = {tuple(step) for one in seeds for step in one["steps"]}
        pairs = {tuple(sorted(pair)) for one in seeds for pair in one["pairs"]}
        table = {(str(step.source), str(step.trigger)) for step in TABLE}
        possible = {tuple(sorted(map(str, pair))) for pair in combinations(Fault, 2)}
        counts = {name: sum(one[name] for one in seeds) for name in ("seeds", "jobs", "tasks", "broken")}
        told.append(
            "simulation: {seeds} seeds, {jobs} jobs, {tasks} tasks, {broken} seeds with a broken rule; ".format(
                **counts
            )
            + f"{len(steps & table)} of {len(table)} transitions and {len(pairs & possible)} of {len(possible)} pairs "
            "of faults seen"
        )
        told += [f"  never taken: {source} on '{trigger}'" for source, trigger in sorted(table - steps)]
    if mutants:
        told.append(f"mutants: {len(mutants)} guards taken away, each harm seen: {', '.join(mutants)}")
    return told
