"""Starts the tasks' threads, so that RunTask answers without waiting for them: a thread takes longer than the rest."""

import queue
import threading

from local_cloud.aws.fargate.supervisor import Supervisor


class Starter:
    """Starts supervisors in the order in which they come, from a thread of its own."""

    def __init__(self) -> None:
        self._waiting: queue.SimpleQueue[Supervisor] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="task-starter", daemon=True).start()

    def start(self, supervisor: Supervisor) -> None:
        """Start one very soon; one that is told to stop before then starts all the same, and ends at once."""
        self._waiting.put(supervisor)

    def _work(self) -> None:
        while True:
            self._waiting.get().start()
