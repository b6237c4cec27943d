"""P1 to P18 at once: whatever goes wrong together, every rule is kept at every step and every job comes to its end."""

from collections.abc import Callable

import pytest

from tests.simulation.seeded.run import play

BLOCK = 50
FIRST_LARGE = 5_001
LARGE_JOBS = 1_000


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    seeds = metafunc.config.getoption("--seeds")
    if "first" in metafunc.fixturenames:
        metafunc.parametrize("first", range(1, seeds + 1, BLOCK))
    if "large_seed" in metafunc.fixturenames:
        metafunc.parametrize("large_seed", range(FIRST_LARGE, FIRST_LARGE + max(1, seeds // 200)))


def test_the_same_seed_plays_the_same_way() -> None:
    first, again = play([11]), play([11])
    assert (first.tasks, first.steps, first.pairs) == (again.tasks, again.steps, again.pairs)


def test_p1_p2_p3_p10_p11_p13_p16_p17_every_rule_is_kept_under_every_trouble(
    first: int, record_property: Callable[[str, object], None]
) -> None:
    played = play(range(first, first + BLOCK))
    record_property("seeds", played.as_json())
    assert played.broken == {}, played.told()


def test_p1_p10_every_rule_is_kept_with_a_thousand_jobs(
    large_seed: int, record_property: Callable[[str, object], None]
) -> None:
    played = play([large_seed], LARGE_JOBS)
    record_property("seeds", played.as_json())
    assert played.broken == {}, played.told(LARGE_JOBS)
