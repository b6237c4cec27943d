"""The cycle of a service whose tasks never get healthy: 2 → 4 → 2 → 4.

ECS starts a replacement before it ends an unhealthy task, and the replacement is as unhealthy; so the number of running
tasks goes above the desired one and back, for ever. Tasks that have been RUNNING never make ECS wait longer between
tries, so nothing but the deployment circuit breaker ends it.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from statistics import median
from typing import Final

from doctor.evidence.moments import clock, span
from doctor.evidence.subjects import Subject

_WINDOW: Final = timedelta(minutes=30)
_FEWEST: Final = 3
_TOGETHER: Final = timedelta(minutes=1)
_SHORT_S: Final = 15 * 60
_STARTED: Final = re.compile(r"has started (\d+) tasks?")
_STOPPED: Final = re.compile(r"has (?:begun draining|stopped) (\d+) (?:running )?(?:tasks?|connections)")
_UNHEALTHY: Final = re.compile(r"\(task ([0-9a-f-]+)\) failed container health checks", re.IGNORECASE)
_TASK: Final = re.compile(r"\(task ([0-9a-f-]+)\)")


@dataclass(frozen=True)
class Cycle:
    """What the tasks of a service did.

    Attributes:
        ended_for_health: When each task that ECS ended for its health check began to end, the oldest first.
        unhealthy: How many tasks were ended for their health check, with and without a known time.
        lives_s: How long each of them ran, seconds, in order of length.
        counts: How many tasks ran, each time the number changed.
        desired: How many should run; None when that is not known.
    """

    ended_for_health: tuple[datetime, ...]
    unhealthy: int
    lives_s: tuple[float, ...]
    counts: tuple[int, ...]
    desired: int | None

    @property
    def is_one(self) -> bool:
        """Whether it is a cycle: three in half an hour, each short-lived; without times, three at all."""
        if self.lives_s and median(self.lives_s) > _SHORT_S:
            return False
        if len(self.ended_for_health) < _FEWEST:
            return self.unhealthy >= _FEWEST and not self.ended_for_health
        thirds = zip(self.ended_for_health, self.ended_for_health[_FEWEST - 1 :], strict=False)
        return any(last - first <= _WINDOW for first, last in thirds)

    @property
    def says(self) -> str:
        """One sentence with the numbers; empty when no task was ended for its health."""
        if not self.unhealthy:
            return ""
        tasks = f"{self.unhealthy} task{'s were' if self.unhealthy > 1 else ' was'} ended for failed health checks"
        if self.ended_for_health:
            first, last = self.ended_for_health[0], self.ended_for_health[-1]
            tasks += f" between {clock(first)} and {clock(last)} UTC ({span((last - first).total_seconds())})"
        if self.lives_s:
            shortest, longest = self.lives_s[0], self.lives_s[-1]
            tasks += f", each {shortest:.0f}" + (f" to {longest:.0f}" if longest - shortest >= 1 else "") + " s old"
        wanted = f", with {self.desired} wanted" if self.desired is not None else ""
        if self.is_one and len(self.counts) >= _FEWEST:
            shown = " → ".join(map(str, self.counts[:9])) + (" → …" if len(self.counts) > 9 else "")
            return f"The number of running tasks goes {shown}{wanted}: {tasks}."
        return f"{tasks[0].upper()}{tasks[1:]}{wanted}."


def cycle(subject: Subject) -> Cycle:
    """What is known of a service's cycle, from its tasks and from what ECS said of it."""
    told = {found[1]: event.at for event in subject.events if (found := _UNHEALTHY.search(event.text))}
    known = {task.id: task for task in subject.tasks if task.stopped_for_health}
    starts = _starts(subject)
    ends = {name: task.ended or told.get(name) for name, task in known.items()} | {
        name: at for name, at in told.items() if name not in known
    }
    lives: list[float] = []
    for name, ended in ends.items():
        task = known.get(name)
        started = task.started if task else starts.get(name)
        if ended and started:
            lives.append((ended - started).total_seconds())
    desired = (subject.service or {}).get("desiredCount")
    return Cycle(
        ended_for_health=tuple(sorted(at for at in ends.values() if at)),
        unhealthy=len(ends),
        lives_s=tuple(sorted(lives)),
        counts=_counts_of_tasks(subject) or _counts_of_events(subject),
        desired=int(desired) if isinstance(desired, int | float) else None,
    )


def _starts(subject: Subject) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for event in subject.events:
        if event.at and _STARTED.search(event.text):
            found |= dict.fromkeys(_TASK.findall(event.text), event.at)
    return found


def _counts_of_tasks(subject: Subject) -> tuple[int, ...]:
    """How many ran, from the times of the tasks; nothing when most of them carry none."""
    timed = [task for task in subject.tasks if task.started]
    if len(timed) < _FEWEST:
        return ()
    changes = [(task.started, 1) for task in timed] + [(task.stopped or task.ended, -1) for task in timed]
    return _course([(at, change) for at, change in changes if at])


def _counts_of_events(subject: Subject) -> tuple[int, ...]:
    changes: list[tuple[datetime, int]] = []
    for event in subject.events:
        for pattern, sign in ((_STARTED, 1), (_STOPPED, -1)):
            found = pattern.search(event.text)
            if found and event.at:
                changes.append((event.at, sign * int(found[1])))
    return _course(changes)


def _course(changes: list[tuple[datetime, int]]) -> tuple[int, ...]:
    """The number of tasks after each group of like changes that follow each other within a minute."""
    groups: list[tuple[datetime, int]] = []
    for at, change in sorted(changes):
        if groups and (groups[-1][1] > 0) == (change > 0) and at - groups[-1][0] <= _TOGETHER:
            groups[-1] = (at, groups[-1][1] + change)
        else:
            groups.append((at, change))
    course = [0, *accumulate(change for _, change in groups)]
    return tuple(count - min(course) for count in course)[1:]
