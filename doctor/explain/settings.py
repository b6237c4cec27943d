"""The theories that something which the service needs was not given to it: variables, secrets, time to start."""

import re
from datetime import datetime
from typing import Final

from doctor.evidence.evidence import Line, Log
from doctor.evidence.tasks import Task
from doctor.explain import commands
from doctor.explain.facts import Facts
from doctor.explain.theory import Certainty, Change, Theory, Verdict, open_, refuted
from executor.core.families import Family

_READY: Final = re.compile(
    r"\b(ready|startup complete|started (?:in|on|successfully)|listening|serving on|running on http|subscribed"
    r"|consuming|waiting for messages|connected to)\b",
    re.IGNORECASE,
)
_FAMILIES: Final = {Family.APP_CONFIG_MISSING, Family.SECRET_DENIED, Family.SECRET_MISSING}


def configuration(facts: Facts) -> Theory:
    """A variable or a secret is missing."""
    name, title = "configuration", "A variable or a secret is missing"
    if facts.told:
        cause, line = facts.told
        if cause.family in _FAMILIES:
            return Theory(
                name, title, Verdict.SUPPORTED, Certainty.LIKELY, cause.cause_id,
                (f"the log says: {line.text.strip()[:300]}", cause.summary), remedy=cause.remedy,
            )  # fmt: skip
    if facts.was_healthy:
        return refuted(name, title, f"task {facts.was_healthy[0].id} was HEALTHY with what it was given")
    secrets = [str(one.get("name")) for entry in facts.subject.containers for one in entry.get("secrets") or []]
    against: tuple[str, ...] = ()
    if facts.started and secrets:
        against += (f"the secrets ({', '.join(secrets)}) are not missing: ECS reads them before it starts a container",)
    if facts.alive_when_ended:
        against += ("a program that misses a variable mostly ends with an error; these ran until ECS ended them",)
    says = "what the program needs is in no file here" + ("" if facts.subject.logs else ", and there is no log")
    return open_(name, title, says, against=against, settles=commands.tail(facts))


def slow_start(facts: Facts) -> Theory:
    """The service needs longer to start than the health check waits."""
    name, title = "slow_start", "The service starts too slowly for the check"
    if facts.spared:
        return refuted(name, title, "ECS ended no task for a failed health check")
    if facts.was_healthy:
        return refuted(name, title, f"task {facts.was_healthy[0].id} became HEALTHY")
    if facts.verdicts and facts.verdicts[0].can_ever_pass is False:
        return refuted(name, title, "the check cannot pass however long the service is given")
    if not facts.verdicts:
        return open_(name, title, "the health check's times are not in the evidence", settles=commands.tail(facts))
    check = facts.verdicts[0].check
    patience_s = (check.start_period_s or 0) + check.retries * check.interval_s
    measured = _ready_after(facts)
    given = (
        f"the check gives it {check.start_period_s or 0} s + {check.retries} x {check.interval_s} s = {patience_s} s"
    )
    if measured is None:
        return open_(name, title, f"{given}; no log tells when the service was ready", settles=commands.tail(facts))
    seconds, line = measured
    says = f"it was ready {seconds:.0f} s after the task's start (“{line.text.strip()[:120]}”); {given}"
    if seconds <= patience_s:
        return refuted(name, title, says)
    wanted = min(300, int(seconds * 1.5) + 1)
    change = Change(
        f"{facts.subject.name}, container {check.container}: healthCheck",
        (f'"startPeriod": {check.start_period_s or 0}',),
        (f'"startPeriod": {wanted}',),
    )
    return Theory(
        name, title, Verdict.SUPPORTED, Certainty.CERTAIN, "container_health_failed", (says,), changes=(change,),
        remedy=f"Raise startPeriod to {wanted} s, or let the service start faster.",
    )  # fmt: skip


def _ready_after(facts: Facts) -> tuple[float, Line] | None:
    """The longest time from a task's start to the line of its log that says it is ready."""
    found: list[tuple[float, Line]] = []
    for task in facts.started:
        for log in facts.subject.logs:
            line = _first_ready(log, task) if task.id in log.name or len(facts.started) == 1 else None
            if line and line.at and task.started:
                found.append(((line.at - task.started).total_seconds(), line))
    return max(found, key=lambda pair: pair[0]) if found else None


def _first_ready(log: Log, task: Task) -> Line | None:
    def after_start(at: datetime | None) -> bool:
        return at is not None and task.started is not None and at >= task.started

    return next((line for line in log.lines if after_start(line.at) and _READY.search(line.text)), None)
