"""What is measured, and what a job's step or an answer of the world adds to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contract.job import JobRow
from contract.outcome import FailureClass
from contract.states import TERMINAL, JobState
from executor.core.troubles import TROUBLES


class Metric(StrEnum):
    """The name of one metric, as CloudWatch shows it."""

    QUEUE_AGE = "QueueAge"
    CLAIM_TO_LAUNCH = "ClaimToLaunch"
    LAUNCH_TO_RUNNING = "LaunchToRunning"
    RUNNING = "Running"
    LEADING = "Leading"
    OUTCOMES = "Outcomes"
    FAILURES = "Failures"
    COST = "CostUsd"
    THROTTLES = "Throttles"
    FLUSH_ROWS = "FlushRows"
    WAREHOUSE_WAKES = "WarehouseWakes"
    LOOP_AGE = "LoopAge"


@dataclass(frozen=True, slots=True)
class Form:
    """A metric's unit, as CloudWatch names it, and the dimension that it has besides the installation, if any."""

    unit: str
    dimension: str | None = None


FORMS: Final[Mapping[Metric, Form]] = {
    Metric.QUEUE_AGE: Form("Seconds"),
    Metric.CLAIM_TO_LAUNCH: Form("Seconds"),
    Metric.LAUNCH_TO_RUNNING: Form("Seconds"),
    Metric.RUNNING: Form("Count"),
    Metric.LEADING: Form("Count"),
    Metric.OUTCOMES: Form("Count", "Class"),
    Metric.FAILURES: Form("Count", "Trouble"),
    Metric.COST: Form("None"),
    Metric.THROTTLES: Form("Count"),
    Metric.FLUSH_ROWS: Form("Count"),
    Metric.WAREHOUSE_WAKES: Form("Count"),
    Metric.LOOP_AGE: Form("Seconds", "Loop"),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One value of a metric; ``of`` is the value of its own dimension."""

    metric: Metric
    value: float
    of: str | None = None


def of_step(before: JobRow | None, job: JobRow) -> tuple[Measure, ...]:
    """What a job's step measures.

    Args:
        before: the job as it was known; None for one that was just claimed, or adopted from an earlier leader.
        job: the job as it is now. One that was adopted in the midst of its life measures nothing.
    """
    if before is None:
        fresh = job.status is JobState.CLAIMED and job.launch_token is None
        return _between(Metric.QUEUE_AGE, job.due_at or job.enqueued_at, job.claimed_at) if fresh else ()
    if before.status is job.status:
        return ()
    if job.status is JobState.LAUNCHED:
        return _between(Metric.CLAIM_TO_LAUNCH, job.claimed_at, job.launched_at)
    if job.status is JobState.RUNNING:
        return _between(Metric.LAUNCH_TO_RUNNING, job.launched_at, job.started_at)
    if job.status in TERMINAL or job.status is JobState.RETRY_WAIT:
        return _ended(before, job)
    return ()


def _ended(before: JobRow, job: JobRow) -> tuple[Measure, ...]:
    # What a row has cost is the sum of its attempts.
    cost_usd = (job.cost_usd or 0.0) - (before.cost_usd or 0.0)
    costs = (Measure(Metric.COST, cost_usd),) if cost_usd > 0 else ()
    if job.failure_class is None:
        return Measure(Metric.OUTCOMES, 1, str(job.status)), *costs
    outcome = Measure(Metric.OUTCOMES, 1, job.failure_class)
    return outcome, Measure(Metric.FAILURES, 1, TROUBLES[FailureClass(job.failure_class)]), *costs


def _between(metric: Metric, start: datetime | None, end: datetime | None) -> tuple[Measure, ...]:
    # Snowflake and ECS each give a moment by their own clock: what a difference of theirs makes negative is 0.
    if start is None or end is None:
        return ()
    return (Measure(metric, max(0.0, (end - start).total_seconds())),)
