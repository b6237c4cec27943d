"""What a seed means: which jobs are asked for, what their containers do, and what goes wrong meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random


class Fault(StrEnum):
    """Kinds of trouble; a scenario has a handful of them, so that few hide behind many."""

    KILL = "an executor is killed"
    KILL_AT_STEP = "an executor is killed at one of its calls"
    FREEZE = "an executor stands still and wakes up"
    FREEZE_AT_STEP = "an executor stands still at one of its calls"
    STOP = "an executor is told to stop"
    UNREACHED = "calls do not arrive"
    UNANSWERED = "answers get lost"
    LATE = "statements and launches are carried out after nobody waited for them"
    HELD = "statements wait for a lock"
    OLD_READING = "a statement that waited sees what was there when it began"
    SLOW = "calls take their time"
    CROWDED = "too many statements wait for a lock, and ours is refused"
    STORE_AWAY = "Snowflake is away"
    AWS_AWAY = "AWS is away"
    THROTTLED = "RunTask asks for patience"
    NO_ROOM = "Fargate has no room"
    FORBIDDEN = "RunTask refuses for good"
    UNSEEN = "a new task is invisible for a while"
    FORGOTTEN = "ECS forgets tasks that ended"
    LEASE_DELETED = "somebody deletes the lease"
    RIVAL = "an executor has a lease of its own"
    SKEW = "clocks are wrong by minutes"
    ROW_GONE = "a row vanishes before its launch"
    DAY_PASSES = "no executor for a day: ECS forgets its tokens"
    CANCEL = "somebody cancels jobs"
    PAUSE = "somebody pauses a type"
    STOP_LOST = "orders to stop get lost"
    STALE = "a launch arrives once more when ECS has forgotten its token"
    OLD = "requests lay for a week before anybody looked"
    SPIKES = "caps per type and per requester"


class Act(StrEnum):
    """What a container does."""

    DONE = "makes its report"
    FAILS = "fails with its own error"
    CRASHES = "ends in a way the contract does not know"
    MEMORY = "uses too much memory"
    DEADLINE = "is ended by its own watchdog"
    HANGS = "hangs, its watchdog with it, and does not hear SIGTERM"
    SILENT = "ends well without a manifest"
    SPOT = "loses its Spot capacity"
    UNSTARTED = "never starts"


REPORTS_FAULT = frozenset({Act.FAILS, Act.CRASHES, Act.MEMORY, Act.DEADLINE, Act.HANGS, Act.SILENT})
CLOUDS_FAULT = frozenset({Act.SPOT, Act.UNSTARTED})
THEMES = (
    (Fault.OLD_READING, Fault.HELD, Fault.LEASE_DELETED),
    (Fault.OLD_READING, Fault.LATE, Fault.LEASE_DELETED, Fault.FREEZE_AT_STEP),
    (Fault.OLD_READING, Fault.LATE, Fault.RIVAL),
    (Fault.OLD_READING, Fault.LATE, Fault.STOP),
    (Fault.DAY_PASSES, Fault.FORGOTTEN, Fault.LATE),
    (Fault.DAY_PASSES, Fault.UNANSWERED, Fault.THROTTLED),
    (Fault.ROW_GONE, Fault.SLOW, Fault.UNREACHED),
    (Fault.KILL_AT_STEP, Fault.SLOW, Fault.DAY_PASSES),
)
"""Kinds of trouble that meet in one place."""
TYPES = ("SALES", "STOCK", "MARGIN")
REQUESTERS = ("ANA", "BEN", "CLEO")


@dataclass(frozen=True, slots=True)
class JobPlan:
    """One request: when it is made, by whom, and what its first, second, … container does; the last act repeats."""

    number: int
    job_id: str
    at_s: float
    report_type: str
    requester: str
    priority: int
    acts: tuple[Act, ...]
    runs_for_s: float

    def act(self, attempt: int) -> Act:
        """What the container of an attempt does."""
        return self.acts[min(attempt, len(self.acts)) - 1]


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that a seed decides beforehand; the rest is drawn on the way, from the same seed."""

    seed: int
    faults: frozenset[Fault]
    jobs: tuple[JobPlan, ...]
    executors: int
    max_running: int
    trouble_s: float
    rate: float

    def has(self, fault: Fault) -> bool:
        """Whether this kind of trouble is in it."""
        return fault in self.faults


def scenario(seed: int, jobs: int = 20) -> Scenario:
    """The scenario of a seed."""
    dice = Random(f"plan {seed} {jobs}")
    faults = frozenset(dice.sample(list(Fault), dice.choice((2, 3, 4, 5, 6, 8))))
    rate = dice.choice((0.01, 0.03, 0.1))
    if dice.random() < 0.4:
        faults = frozenset([*dice.choice(THEMES), *dice.sample(list(Fault), 2)])
        rate = 0.1
    trouble_s = dice.uniform(30, 110)
    return Scenario(
        seed=seed,
        faults=faults,
        jobs=_asked_by_one([_job(dice, number, trouble_s) for number in range(jobs)]),
        executors=3 if Fault.LEASE_DELETED in faults else dice.choice((1, 2, 2, 3)),
        max_running=dice.choice((3, 8, 20)) if jobs <= 20 else jobs // 8,
        trouble_s=trouble_s,
        rate=rate,
    )


def _asked_by_one(jobs: Iterable[JobPlan]) -> tuple[JobPlan, ...]:
    # Who asks for a job again is who asked first, or the caps could not be counted from the plan.
    first: dict[str, JobPlan] = {}
    return tuple(replace(job, requester=first.setdefault(job.job_id, job).requester) for job in jobs)


def _job(dice: Random, number: int, trouble_s: float) -> JobPlan:
    # Some ask for a job that was asked for before.
    again = number > 0 and dice.random() < 0.05
    name = dice.randrange(number) if again else number
    return JobPlan(
        number=number,
        job_id=f"job-{name}",
        at_s=0.0 if dice.random() < 0.5 else dice.uniform(0, trouble_s * 0.8),
        report_type=TYPES[name % len(TYPES)],
        requester=dice.choice(REQUESTERS),
        priority=dice.choice((20, 50, 50, 80)),
        acts=_acts(dice),
        runs_for_s=dice.choice((3.0, 10.0, 30.0)) * dice.uniform(0.5, 1.5),
    )


def _acts(dice: Random) -> tuple[Act, ...]:
    roll = dice.random()
    if roll < 0.55:
        return (Act.DONE,)
    if roll < 0.62:
        return (dice.choice((Act.CRASHES, Act.FAILS)),)  # poison: it never succeeds
    bad = [dice.choice(list(Act)[1:]) for _ in range(dice.choice((1, 1, 2, 3)))]
    return (*bad, Act.DONE)
