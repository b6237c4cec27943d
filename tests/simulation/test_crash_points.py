"""P5: killed at any named place, in the midst of other trouble, nothing is lost and nothing is doubled."""

import asyncio
from collections.abc import Callable

import pytest

from executor import crash_points
from executor.crash_points import NAMES
from tests.simulation.seeded.process import Process
from tests.simulation.seeded.run import Played, play

SEEDS = range(1, 101)


def seeds_that_pass() -> dict[str, int]:
    """For each place a seed in which an executor passes it."""
    found: dict[str, int] = {}
    for seed in SEEDS:
        play([seed], passing=notes(seed, found))
        if set(NAMES) <= set(found):
            break
    return found


def notes(seed: int, found: dict[str, int]) -> Callable[[Process, str], None]:
    """Whoever passes a place for the first time is remembered."""

    def passing(_process: Process, place: str) -> None:
        found.setdefault(place, seed)

    return passing


def dies_at(place: str) -> Callable[[Process, str], None]:
    """The first executor that comes by dies there, and another is started."""
    dead: list[Process] = []

    def passing(process: Process, passed: str) -> None:
        if passed == place and not dead:
            dead.append(process)
            process.kill()
            process.stage.start("the next one")
            raise asyncio.CancelledError(place)

    return passing


def test_p5_p17_killed_at_every_place_nothing_is_lost_and_nothing_is_doubled(
    record_property: Callable[[str, object], None],
) -> None:
    seeds = seeds_that_pass()
    assert set(NAMES) - set(seeds) == set(), "executor/crash_points.py names places that no executor passes"
    broken: dict[str, Played] = {}
    for place in NAMES:
        played = play([seeds[place]], passing=dies_at(place))
        if played.broken:
            broken[place] = played
    assert broken == {}, {place: played.broken for place, played in broken.items()}
    record_property("crash_points", len(NAMES))


def test_there_are_places_in_every_loop() -> None:
    assert len(NAMES) == len(set(NAMES)) >= 30
    assert set(crash_points.STEPS) >= {"lead", "claim", "launch", "watch", "settle", "flush", "stop"}


def test_a_place_is_named_with_its_passing_and_a_wrong_one_is_answered_with_all_of_them() -> None:
    assert crash_points.parsed("launch.after.launcher.run") == ("launch.after.launcher.run", 1)
    assert crash_points.parsed("launch.after.launcher.run:3") == ("launch.after.launcher.run", 3)
    for wrong in ("launch.after.launcher.fly", "launch.after.launcher.run:0", "launch.after.launcher.run:x", ""):
        with pytest.raises(ValueError, match=r"lease\.read"):
            crash_points.parsed(wrong)


def test_it_strikes_once_at_the_passing_that_was_asked_for() -> None:
    struck: list[str] = []
    passing = crash_points.at("flush.before.store.write", 2, lambda: struck.append("dead"))
    for place in ("flush.before.store.write", "claim.before.store.claim", "flush.before.store.write"):
        assert struck == []
        passing(place)
    assert struck == ["dead"]
