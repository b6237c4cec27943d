"""A task that has STOPPED is remembered as long as asked, and looking for those to forget is not done every time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from local_cloud.aws.fargate.retention import LOOKS, Retention

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def stopped(name: str, at: datetime | None) -> Any:
    return SimpleNamespace(arn=name, stopped_at=at)


def test_only_tasks_whose_time_is_over_are_forgotten() -> None:
    tasks = [
        stopped("running", None),
        stopped("old", NOON - timedelta(seconds=61)),
        stopped("young", NOON - timedelta(seconds=59)),
    ]
    assert Retention(60.0).over(tasks, NOON) == {"old"}


def test_all_tasks_are_looked_at_a_hundred_times_in_the_time_they_are_remembered() -> None:
    looked = 0

    def tasks() -> Iterator[Any]:
        nonlocal looked
        looked += 1
        yield stopped("old", NOON - timedelta(hours=1))

    retention = Retention(100.0)
    for second in range(100):
        for part in range(10):
            retention.over(tasks(), NOON + timedelta(seconds=second, milliseconds=100 * part))
    assert looked == LOOKS
