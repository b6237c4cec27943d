"""What a service's scheduler does next, as a function of what it sees.

The rules, from the developer guide's pages on services and on the rolling update:

* An unhealthy task is replaced first, as far as maximumPercent leaves room. When the replacements have shown
  what they are and there are more tasks than desired, unhealthy ones are stopped, the oldest first. If the
  replacements are unhealthy too, this goes round for ever: 2, 4, 2, 4.
* Without room, unhealthy tasks are stopped one at a time, and replaced then.
* In a deployment, tasks of the old one are stopped as long as minimumHealthyPercent of the desired count stays
  healthy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

HEALTHY, UNHEALTHY, UNKNOWN = "HEALTHY", "UNHEALTHY", "UNKNOWN"


@dataclass(frozen=True, slots=True)
class TaskFact:
    """One task, as far as the scheduler cares; `live` is whether it shall run on."""

    arn: str
    deployment_id: str
    health: str = UNKNOWN
    live: bool = True


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service at one moment.

    Attributes:
        desired: the desired count.
        lower: how many healthy tasks must stay, from minimumHealthyPercent.
        upper: how many tasks there may be, from maximumPercent.
        primary: the deployment that shall be.
        may_start: whether the primary deployment may start tasks now.
        fallback: the older deployment whose lost tasks are replaced, None when there is none.
        tasks: those that hold room, in the order in which they were made.
    """

    desired: int
    lower: int
    upper: int
    primary: str
    tasks: tuple[TaskFact, ...] = ()
    may_start: bool = True
    fallback: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do: how many tasks to start by deployment, which to stop and why; `stuck` when nothing can be done."""

    start: Mapping[str, int] = field(default_factory=dict)
    unhealthy: tuple[str, ...] = ()
    scaled_in: tuple[str, ...] = ()
    stuck: bool = False


def next_plan(facts: ServiceFacts) -> Plan:
    """Decide what the scheduler does next."""
    live = [task for task in facts.tasks if task.live]
    primary = [task for task in live if task.deployment_id == facts.primary]
    old = [task for task in live if task.deployment_id != facts.primary]
    usable = [task for task in primary if task.health != UNHEALTHY]
    room = max(0, facts.upper - len(facts.tasks))
    need = max(0, facts.desired - len(usable)) if facts.may_start else 0
    start = {facts.primary: min(need, room)}
    if facts.fallback:
        held = sum(task.health != UNHEALTHY for task in old) + sum(task.health == HEALTHY for task in primary)
        missing = facts.lower - held
        start[facts.fallback] = max(0, min(room - start[facts.primary], missing))
    unhealthy = _unhealthy_to_stop(facts, live, room, sum(start.values()))
    scaled_in = _old_to_stop(facts, live, old, unhealthy) if old else _too_many(facts, usable)
    stuck = bool(need and old and not room and not unhealthy and not scaled_in and len(live) == len(facts.tasks))
    return Plan({key: count for key, count in start.items() if count}, unhealthy, scaled_in, stuck)


def is_complete(facts: ServiceFacts) -> bool:
    """Whether the primary deployment is all there is, and healthy."""
    live = [task for task in facts.tasks if task.live]
    return len(live) == facts.desired and all(
        task.deployment_id == facts.primary and task.health == HEALTHY for task in live
    )


def breaker_threshold(desired: int) -> int:
    """How many failed tasks trip the deployment circuit breaker: half the desired count, 3 to 200."""
    return min(200, max(3, -(-desired // 2)))


def _unhealthy_to_stop(facts: ServiceFacts, live: list[TaskFact], room: int, starts: int) -> tuple[str, ...]:
    unhealthy = [task.arn for task in live if task.health == UNHEALTHY]
    judged = sum(task.health != UNKNOWN for task in live)
    surplus = judged - facts.desired
    healthy = judged - len(unhealthy)
    if surplus > 0 and (judged == len(live) or healthy >= facts.desired):
        return tuple(unhealthy[:surplus])
    blocked = not room and not starts and judged == len(facts.tasks)
    return tuple(unhealthy[:1]) if blocked else ()


def _old_to_stop(
    facts: ServiceFacts, live: list[TaskFact], old: list[TaskFact], unhealthy: tuple[str, ...]
) -> tuple[str, ...]:
    if not facts.may_start:
        return ()
    spare = sum(task.health == HEALTHY for task in live) - facts.lower
    useless = [task.arn for task in old if task.health == UNKNOWN]
    healthy = [task.arn for task in old if task.health == HEALTHY]
    return tuple(arn for arn in [*useless, *healthy[: max(0, spare)]] if arn not in unhealthy)


def _too_many(facts: ServiceFacts, usable: list[TaskFact]) -> tuple[str, ...]:
    surplus = len(usable) - facts.desired
    newest_first = usable[::-1]
    unproven = [task.arn for task in newest_first if task.health != HEALTHY]
    proven = [task.arn for task in newest_first if task.health == HEALTHY]
    return tuple([*unproven, *proven][: max(0, surplus)])
