"""The order of the tests, and who runs them."""

import gc
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.simulation.seeded import summary
from tests.together import TogetherScheduling, turn

ROOT = Path(__file__).parent

# A machine that is busy with other things must not fail a claim that says nothing of time.
settings.register_profile("any_machine", deadline=None)
settings.load_profile("any_machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--without-thorough", action="store_true", help="leave out what is marked thorough")
    parser.addoption("--seeds", type=int, default=300, help="scenarios of 20 jobs; one of 1,000 jobs for each 200")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("without_thorough"):
        later = [item for item in items if item.get_closest_marker("thorough")]
        config.hook.pytest_deselected(items=later)
        items[:] = [item for item in items if not item.get_closest_marker("thorough")]
    items.sort(key=lambda item: turn(item.path.relative_to(ROOT)))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    # What collecting makes stays to the end, and no search for garbage need look through it again and again.
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # else DuckDB, which counts what is left of it at the end, would tell of leaks


@pytest.hookimpl(optionalhook=True)  # without xdist there is nothing to hand out
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> TogetherScheduling:
    config.option.loadscopereorder = False  # else the groups of many tests would come before those of long ones
    return TogetherScheduling(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", [])
    for line in summary.lines(pair for report in reports for pair in report.user_properties):
        terminalreporter.write_line(line)
