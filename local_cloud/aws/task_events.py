"""`ECS Task State Change` events: what EventBridge is told of every change of a task.

Events go out in the order of the changes, from one thread. Duplicates, disorder and losses, which EventBridge
allows itself, come only when ordered. Source: the page on task state change events in the ECS developer guide.
"""

import json
import queue
import threading
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.faults.orders import EVENT_KINDS, FaultBook

MOMENTS = (
    "connectivityAt", "createdAt", "pullStartedAt", "pullStoppedAt", "startedAt", "stoppingAt",
    "executionStoppedAt", "stoppedAt",
)  # fmt: skip
NOT_IN_EVENTS = ("healthStatus", "tags")
HELD_FOR_S = 1.0  # how long an event waits to be overtaken, when disorder was ordered


class EventBus(Protocol):
    """Where events go."""

    def listens(self, place: Place) -> bool:
        """Whether any rule is there to send an event on."""

    def send(self, place: Place, event: dict[str, Any]) -> None:
        """Match an event with the rules and send it to their targets."""


@dataclass(frozen=True, slots=True)
class _Note:
    place: Place
    event: dict[str, Any]


class TaskEvents:
    """Tells an event bus of tasks.

    Args:
        bus: where the events go.
        faults: the trouble that was ordered.
    """

    def __init__(self, bus: EventBus, faults: FaultBook) -> None:
        self._bus = bus
        self._faults = faults
        self._notes: queue.Queue[_Note] = queue.Queue()
        self._held: tuple[float, _Note] | None = None
        threading.Thread(target=self._publish, name="task-events", daemon=True).start()

    def note(self, record: TaskRecord) -> None:
        """Take down how a task is now; the event goes out soon."""
        place = record.request.place
        if not record.vanished and self._bus.listens(place):
            self._notes.put(_Note(place, task_event(json.loads(record.to_json()), place)))

    def _publish(self) -> None:
        while True:
            try:
                note = self._notes.get(timeout=self._patience_s())
            except queue.Empty:
                self._let_go()
                continue
            self._pass_on(note)

    def _patience_s(self) -> float | None:
        return max(0.01, self._held[0] - time.monotonic()) if self._held else None

    def _pass_on(self, note: _Note) -> None:
        fault = self._faults.take("event", json.dumps(note.event), EVENT_KINDS)
        kind = fault.kind if fault else ""
        if kind == "disorder":
            self._let_go()
            self._held = time.monotonic() + HELD_FOR_S, note
            return
        for _ in range({"lost": 0, "duplicate": 2}.get(kind, 1)):
            self._bus.send(note.place, note.event)
        if self._held and self._held[1].event["resources"] == note.event["resources"]:
            self._let_go()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held:
            self._bus.send(held[1].place, held[1].event)


def task_event(task: dict[str, Any], place: Place) -> dict[str, Any]:
    """Make the event of a task from the document that DescribeTasks has; moments become ISO 8601 text."""
    detail = {name: value for name, value in task.items() if name not in NOT_IN_EVENTS}
    detail |= {name: _moment(task[name]) for name in MOMENTS if name in task}
    detail["containers"] = [
        {name: value for name, value in row.items() if name not in NOT_IN_EVENTS} for row in task["containers"]
    ]
    latest = max(task[name] for name in MOMENTS if name in task)
    detail["updatedAt"] = _moment(latest)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": place.account,
        "time": latest,
        "region": place.region,
        "resources": [task["taskArn"]],
        "detail": detail,
    }


def _moment(epoch_s: float) -> str:
    return datetime.fromtimestamp(epoch_s, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
