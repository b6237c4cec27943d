"""What happened when, of one subject."""

from datetime import UTC, datetime
from typing import Final

from doctor.evidence.tasks import Task
from doctor.explain.facts import Facts

_MOST: Final = 60
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


def timeline(facts: Facts) -> list[tuple[datetime | None, str]]:
    """Starts, ends and what ECS said, the oldest first; of very many, the first and the last."""
    found: list[tuple[datetime | None, str]] = []
    for task in facts.subject.tasks:
        found += _of_task(task)
    found += [(event.at, event.text) for event in facts.subject.events]
    found += [
        (line.at, f"log: {line.text.strip()[:200]}") for line in ([facts.told[1]] if facts.told else []) if line.at
    ]
    for deployment in (facts.subject.service or {}).get("deployments") or []:
        if deployment.get("rolloutStateReason"):
            found.append((None, f"deployment {deployment.get('rolloutState')}: {deployment['rolloutStateReason']}"))
    ordered = sorted(found, key=lambda pair: pair[0] or _LONG_AGO)
    if len(ordered) <= _MOST:
        return ordered
    left = len(ordered) - _MOST
    return [*ordered[: _MOST // 2], (None, f"… {left} more …"), *ordered[-_MOST // 2 :]]


def _of_task(task: Task) -> list[tuple[datetime | None, str]]:
    name = f"task {task.id}"
    codes = ", ".join(f"{c.name} {c.exit_code if c.exit_code is not None else 'no exit code'}" for c in task.containers)
    found: list[tuple[datetime | None, str]] = []
    if task.started:
        found.append((task.started, f"{name} is RUNNING"))
    if task.is_stopped:
        life = f" after {task.life_s:.0f} s" if task.life_s is not None else ""
        found.append((task.ended, f"{name} is ended{life}: {task.reason or 'no reason'} ({codes})"))
    return found
