"""A root of a graph of tasks starts once, however quickly the rounds follow each other."""

import threading
from typing import Any

from local_cloud.snowflake.task_runs import TaskRuns

DUE = {
    "database": "D",
    "schema": "S",
    "name": "T",
    "state": "started",
    "options": {"SCHEDULE": "1 SECONDS"},
    "resumed_s": 0.0,
}


class OneTask:
    """A server with one task that is always due."""

    catalog: "OneTask"

    def __init__(self) -> None:
        self.catalog = self

    def all(self, _kind: str) -> list[dict[str, Any]]:
        return [DUE]

    def update(self, *_anything: Any) -> None:
        """The task stays due."""


class Waiting(TaskRuns):
    """Its graphs go on until they are told to end."""

    def __init__(self) -> None:
        server: Any = OneTask()  # a part of a server is enough
        super().__init__(server, lambda: 100.0)
        self.may_end = threading.Event()

    def _graph(self, *_anything: Any) -> None:
        self.may_end.wait(10)


def test_a_second_round_finds_the_root_taken_before_its_thread_has_begun() -> None:
    runs = Waiting()
    first, second = runs.tick(), runs.tick()
    assert (len(first), len(second)) == (1, 0)
    runs.may_end.set()
    first[0].join()
    (third,) = runs.tick()
    third.join()
