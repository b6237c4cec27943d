"""Which tasks there are, and how they are found: by ARN, by container, by what they are."""

import threading
from collections import Counter
from datetime import timedelta

from local_cloud.aws.clock import Clock
from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.refusals import task_not_found
from local_cloud.aws.fargate.retention import Retention
from local_cloud.aws.fargate.supervisor import Supervisor

Entry = tuple[TaskRecord, Supervisor]


class Roster:
    """All tasks that ECS still knows; whoever does two things as one step holds `lock`.

    Args:
        clock: the present moment.
        stopped_retention_s: how long a STOPPED task is known, in seconds; a hundredth more is possible.
        visible_after_s: how long a new task is not seen by those who read, in seconds.
    """

    def __init__(self, clock: Clock, stopped_retention_s: float, visible_after_s: float) -> None:
        self.lock = threading.RLock()
        self._clock = clock
        self._retention = Retention(stopped_retention_s)
        self._unseen_for = timedelta(seconds=visible_after_s)
        self._tasks: dict[str, Entry] = {}
        self._by_container: dict[str, tuple[TaskRecord, str]] = {}

    def add(self, record: TaskRecord, supervisor: Supervisor, container_ids: list[str]) -> None:
        """Take a new task in, with the ids of its containers in the definition's order."""
        names = [definition["name"] for definition in record.request.definition.containers]
        with self.lock:
            self._tasks[record.arn] = record, supervisor
            for name, container_id in zip(names, container_ids, strict=True):
                self._by_container[container_id] = record, name

    def entry(self, arn: str) -> Entry | None:
        """Find a task, one that has vanished too."""
        with self.lock:
            return self._tasks.get(arn)

    def seen(self, arn: str, *, late: bool = False) -> Entry | None:
        """Find a task; `late` is how reading it is: a task just made is not there yet."""
        found = self.entry(arn)
        if found is None or found[0].vanished:
            return None
        unseen = late and self._clock() < found[0].created_at + self._unseen_for
        return None if unseen else found

    def entries(self) -> list[Entry]:
        """Answer with all tasks, in the order in which they were made."""
        with self.lock:
            return list(self._tasks.values())

    def listed(self) -> list[TaskRecord]:
        """Answer with the tasks that can be read, in the order in which they were made."""
        with self.lock:
            return [found[0] for arn in self._tasks if (found := self.seen(arn, late=True))]

    def record(self, arn: str) -> TaskRecord:
        """Find a task by its ARN.

        Raises:
            RefusedError: when there is no such task.
        """
        found = self.entry(arn)
        if found is None:
            raise task_not_found()
        return found[0]

    def container(self, container_id: str) -> tuple[TaskRecord, str, int] | None:
        """Find a container by its id: its task, its name and the id of its process (0 when none runs)."""
        with self.lock:
            found = self._by_container.get(container_id)
            entry = self._tasks.get(found[0].arn) if found else None
        if not found or not entry:
            return None
        running = entry[1].containers.get(found[1])
        return found[0], found[1], running.process.pid if running else 0

    def container_ids(self, record: TaskRecord) -> dict[str, str]:
        """Answer with the ids of a task's containers by their names."""
        with self.lock:
            return {name: key for key, (owner, name) in self._by_container.items() if owner is record}

    def count_by_status(self) -> dict[str, int]:
        """Count the tasks in each status."""
        return dict(Counter(record.last_status for record, _ in self.entries()))

    def count_in(self, cluster_arn: str) -> Counter[str]:
        """Count the tasks of a cluster in each status."""
        records = [record for record, _ in self.entries() if not record.vanished]
        return Counter(record.last_status for record in records if record.request.cluster.arn == cluster_arn)

    def providers_of(self, group: str) -> Counter[str]:
        """Count the tasks of a group that shall run, by their capacity provider."""
        records = [record for record, _ in self.entries()]
        return Counter(
            record.request.capacity_provider
            for record in records
            if record.request.group == group and record.desired_status == "RUNNING" and record.request.capacity_provider
        )

    def forget_old(self) -> bool:
        """Forget the tasks that stopped too long ago; answers whether there were any."""
        with self.lock:
            gone = self._retention.over((record for record, _ in self._tasks.values()), self._clock())
            for arn in gone:
                del self._tasks[arn]
            if gone:
                kept = {key: value for key, value in self._by_container.items() if value[0].arn not in gone}
                self._by_container = kept
        return bool(gone)

    def forget_all(self) -> list[Supervisor]:
        """Forget every task; answers with those who led them."""
        with self.lock:
            supervisors = [supervisor for _, supervisor in self._tasks.values()]
            self._tasks.clear()
            self._by_container.clear()
        return supervisors
