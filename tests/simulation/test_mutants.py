"""Each guard of the executor, taken away: one of the first 200 seeds must see the harm."""

from collections.abc import Callable

import pytest

from tests.simulation.seeded.mutants import CAUGHT_BY, MUTANTS, without
from tests.simulation.seeded.run import play

MOST_SEEDS = 200


@pytest.mark.parametrize("guard", MUTANTS)
def test_without_this_guard_a_rule_is_broken(guard: str, record_property: Callable[[str, object], None]) -> None:
    known = CAUGHT_BY[guard]
    # Where the code around a guard has changed, another seed may be the one that sees it.
    others = [seed for seed in range(1, MOST_SEEDS + 1) if seed != known]
    for seed in [known, *others]:
        with without(guard):
            played = play([seed])
        if played.broken:
            record_property("mutant", f"{guard} (seed {seed}: {played.broken[seed][0].split(':')[0]})")
            return
    pytest.fail(f"no seed up to {MOST_SEEDS} misses the guard {guard}")


def test_every_mutant_has_a_seed() -> None:
    assert set(CAUGHT_BY) == set(MUTANTS)
    assert max(CAUGHT_BY.values()) <= MOST_SEEDS
