"""Starts the tasks' threads when there is something for them to do.

A task that is PROVISIONING only waits, and a thread that is started for it takes longer than everything else that
RunTask does. So the waiting is done here, in one thread for all tasks.
"""

import heapq
import itertools
import threading
import time

from local_cloud.aws.fargate.supervisor import Supervisor


class Starter:
    """Starts each supervisor when its first pause is over, or at once when it is told to stop before."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: set[Supervisor] = set()
        self._due: list[tuple[float, int, Supervisor]] = []  # a heap; what is not waiting any more is passed over
        self._numbers = itertools.count()
        threading.Thread(target=self._work, name="task-starter", daemon=True).start()

    def start(self, supervisor: Supervisor) -> None:
        """Start one when it is due."""
        supervisor.hurry = lambda: self._hurry(supervisor)
        with self._changed:
            self._waiting.add(supervisor)
            self._enter(time.monotonic() + supervisor.first_pause_s, supervisor)
        if supervisor.shall_stop:  # it was told so before it could hurry
            self._hurry(supervisor)

    def _hurry(self, supervisor: Supervisor) -> None:
        with self._changed:
            if supervisor in self._waiting:
                self._enter(time.monotonic(), supervisor)

    def _enter(self, due_s: float, supervisor: Supervisor) -> None:
        heapq.heappush(self._due, (due_s, next(self._numbers), supervisor))
        if self._due[0][2] is supervisor:
            self._changed.notify()

    def _work(self) -> None:
        while True:
            self._next().start()

    def _next(self) -> Supervisor:
        with self._changed:
            while True:
                left_s = self._due[0][0] - time.monotonic() if self._due else None
                if left_s is None or left_s > 0:
                    self._changed.wait(left_s)
                    continue
                _, _, supervisor = heapq.heappop(self._due)
                if supervisor in self._waiting:
                    self._waiting.discard(supervisor)
                    return supervisor
