"""Weighs the theories against each other: the cause where the evidence settles it, else the first suspect."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from doctor.evidence.moments import clock
from doctor.evidence.subjects import Subject
from doctor.explain.endpoints import endpoints
from doctor.explain.facts import Facts
from doctor.explain.health import health_check
from doctor.explain.missing import instead, missing
from doctor.explain.network import network
from doctor.explain.others import others
from doctor.explain.settings import configuration, slow_start
from doctor.explain.start import command, crash, memory, start
from doctor.explain.theory import Certainty, Change, Theory, Verdict
from doctor.explain.timeline import timeline

THEORIES: Final[tuple[Callable[[Facts], Theory], ...]] = (
    health_check, endpoints, start, memory, command, crash, configuration, slow_start, network, others,
)  # fmt: skip
"""In the order in which they come first when the evidence weighs the same."""

_ON: Final = {"enable": True, "rollback": True}
_WEIGHT: Final = {Certainty.CERTAIN: 0, Certainty.LIKELY: 1, Certainty.POSSIBLE: 2, Certainty.NONE: 3}
_RANK: Final = {Verdict.SUPPORTED: 0, Verdict.NOT_TESTABLE: 1, Verdict.REFUTED: 2}


@dataclass(frozen=True)
class Report:
    """What is to be said of one service or task.

    Attributes:
        subject: Its name.
        seen: What was seen, in sentences with numbers.
        timeline: Points in time, each with what happened.
        settled: Whether the evidence settles the cause.
        says: The answer in one sentence.
        cause_id: The cause's stable name; of one that is not settled, the first suspect's; empty when all is well.
        theory: The id of that theory.
        certainty: How sure that is.
        theories: All theories, the first suspect first.
        changes: What to change.
        remedy: The same in words.
        settles: The one command that would settle what is open; empty when nothing is.
        instead: What to use where the usual tool is not at hand.
        missing: What the evidence does not hold and would be worth having.
    """

    subject: str
    seen: tuple[str, ...]
    timeline: tuple[tuple[str, str], ...]
    settled: bool
    says: str
    cause_id: str
    theory: str
    certainty: Certainty
    theories: tuple[Theory, ...]
    changes: tuple[Change, ...]
    remedy: str
    settles: str
    instead: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def well(self) -> bool:
        """Whether nothing speaks of a failure."""
        return self.settled and not self.cause_id


def explain(subject: Subject, *own: Theory) -> Report:
    """The report on one subject; ``own`` are theories of the caller's, which come first where they weigh the same."""
    facts = Facts(subject)
    ranked = sorted((*own, *(theory(facts) for theory in THEORIES)), key=_key)
    first = ranked[0]
    suspect = first if first.verdict is Verdict.SUPPORTED else None
    settled = suspect is not None and suspect.certainty in {Certainty.CERTAIN, Certainty.LIKELY}
    well = suspect is None and not _trouble(facts)
    return Report(
        subject=subject.name,
        seen=_seen(facts),
        timeline=tuple((clock(at), what) for at, what in timeline(facts)),
        settled=settled or well,
        says=_says(suspect, settled=settled, well=well),
        cause_id=suspect.cause_id if suspect else "" if well else "unknown",
        theory=suspect.id if suspect else "",
        certainty=suspect.certainty if suspect else Certainty.NONE,
        theories=tuple(ranked),
        changes=tuple(change for theory in ranked if theory.verdict is Verdict.SUPPORTED for change in theory.changes)
        + _brake(facts),
        remedy=suspect.remedy if suspect else "",
        settles="" if well or (suspect and suspect.certainty is Certainty.CERTAIN) else _settles(ranked),
        instead=() if settled or well else instead(facts),
        missing=missing(facts),
    )  # fmt: skip


def _key(theory: Theory) -> tuple[int, int]:
    return _RANK[theory.verdict], _WEIGHT[theory.certainty]


def _trouble(facts: Facts) -> bool:
    return bool(facts.unhealthy or facts.crashed or facts.never_started or _short_of(facts))


def _short_of(facts: Facts) -> bool:
    service = facts.subject.service or {}
    return int(service.get("runningCount") or 0) < int(service.get("desiredCount") or 0)


def _says(suspect: Theory | None, *, settled: bool, well: bool) -> str:
    if well:
        return "Nothing in the evidence speaks of a failure."
    if suspect is None:
        return "Not settled: no theory is supported by this evidence."
    head = suspect.title if suspect.certainty is Certainty.CERTAIN else f"Most likely: {suspect.title}"
    if not settled:
        head = f"Not settled. First suspect: {suspect.title}"
    against = f" Against it speaks: {'; '.join(suspect.against)}." if suspect.against and not settled else ""
    return f"{head}: {suspect.evidence[0]}.{against}"


def _seen(facts: Facts) -> tuple[str, ...]:
    service = facts.subject.service or {}
    seen: list[str] = []
    if "desiredCount" in service:
        running = service.get("runningCount", "an unknown number")
        seen.append(f"{service['desiredCount']} tasks wanted, {running} running.")
    if facts.cycle.says:
        seen.append(facts.cycle.says)
    reasons = dict.fromkeys(task.reason for task in facts.subject.stopped if task.reason)
    seen += [f"ECS says: “{reason[:300]}”" for reason in reasons]
    return tuple(seen)


def _settles(ranked: list[Theory]) -> str:
    return next((theory.settles for theory in ranked if theory.settles and theory.verdict is not Verdict.REFUTED), "")


def _brake(facts: Facts) -> tuple[Change, ...]:
    """Without the circuit breaker a deployment that cannot succeed goes on for hours."""
    service = facts.subject.service or {}
    configuration_ = service.get("deploymentConfiguration")
    if not _trouble(facts) or not isinstance(configuration_, dict):
        return ()
    breaker = configuration_.get("deploymentCircuitBreaker") or {}
    if breaker.get("enable") and breaker.get("rollback"):
        return ()
    set_, wanted = ({"enable": bool(b.get("enable")), "rollback": bool(b.get("rollback"))} for b in (breaker, _ON))
    old, new = (f'"deploymentCircuitBreaker": {json.dumps(value)}' for value in (set_, wanted))
    return (Change(f"{facts.subject.name}: deploymentConfiguration, so that it ends after minutes", (old,), (new,)),)
