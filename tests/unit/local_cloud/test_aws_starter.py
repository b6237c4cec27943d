"""A task that only waits needs no thread; one that is told to stop gets it at once."""

import threading
from typing import Any

from local_cloud.aws.fargate.starter import Starter

LONG_S = 3_600.0
DEADLINE_S = 30.0


class Waiting:
    """A supervisor that only tells that it was started."""

    def __init__(self, first_pause_s: float, *, shall_stop: bool = False) -> None:
        self.first_pause_s = first_pause_s
        self.shall_stop = shall_stop
        self.started = threading.Event()
        self.hurry: Any = None

    def start(self) -> None:
        assert not self.started.is_set(), "a thread can be started once"
        self.started.set()


def start(starter: Any, *waiting: Waiting) -> None:
    for one in waiting:
        starter.start(one)


def test_tasks_are_started_when_their_first_pause_is_over_whatever_came_before() -> None:
    long, short = Waiting(LONG_S), Waiting(0.01)
    start(Starter(), long, short)
    assert short.started.wait(DEADLINE_S)
    assert not long.started.is_set()


def test_a_task_that_is_told_to_stop_is_started_at_once_and_once() -> None:
    long, next_one, starter = Waiting(LONG_S), Waiting(0.0), Starter()
    start(starter, long)
    long.hurry()
    long.hurry()
    assert long.started.wait(DEADLINE_S)
    long.hurry()
    start(starter, next_one)  # the starter goes on
    assert next_one.started.wait(DEADLINE_S)


def test_a_task_that_was_told_to_stop_before_it_came_is_started_at_once() -> None:
    told = Waiting(LONG_S, shall_stop=True)
    start(Starter(), told)
    assert told.started.wait(DEADLINE_S)
