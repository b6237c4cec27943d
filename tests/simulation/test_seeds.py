"""P1 to P18 at once: whatever goes wrong together, every rule is kept at every step and every job comes to its end."""

from collections.abc import Callable

import pytest

from tests.simulation.seeded.run import play

SEEDS = 2_000
BLOCK = 50
LARGE_SEEDS = range(5_001, 5_011)
LARGE_JOBS = 1_000


def test_the_same_seed_plays_the_same_way() -> None:
    first, again = play([11]), play([11])
    assert (first.tasks, first.steps, first.pairs) == (again.tasks, again.steps, again.pairs)


@pytest.mark.parametrize("first", range(1, SEEDS + 1, BLOCK))
def test_p1_p2_p3_p10_p11_p13_p16_p17_every_rule_is_kept_under_every_trouble(
    first: int, record_property: Callable[[str, object], None]
) -> None:
    played = play(range(first, first + BLOCK))
    record_property("seeds", played.as_json())
    assert played.broken == {}, played.told()


@pytest.mark.parametrize("seed", LARGE_SEEDS)
def test_p1_p10_every_rule_is_kept_with_a_thousand_jobs(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    played = play([seed], LARGE_JOBS)
    record_property("seeds", played.as_json())
    assert played.broken == {}, played.told(LARGE_JOBS)
