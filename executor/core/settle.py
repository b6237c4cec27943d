"""What becomes of a job when its attempt has ended, or when its launch was refused."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contract.events import AttemptResult, Event, JobEvent
from contract.job import JobRow
from contract.manifest import ReportFailure
from contract.outcome import MAX_ERROR_BYTES, MAX_LOG_TAIL_BYTES, Blame, FailureClass, Verdict, cut
from contract.policy import RetryPolicy
from contract.resources import Resources
from contract.states import TERMINAL, JobState
from executor.core import backoff, budget, resources
from executor.core.breaker import Breaker, forgiven, wait_s
from executor.core.causes import EMPTY, Catalogue
from executor.core.failures import Evidence, judge, succeeded
from executor.core.log_lines import readable
from executor.core.measures import measure
from executor.core.transitions import RANK, Trigger, after


@dataclass(frozen=True, slots=True)
class Settlement:
    """The row as it is to be written, the result row, the history; ``due_in_s`` when the job waits for another try."""

    job: JobRow
    result: AttemptResult | None
    events: tuple[Event, ...]
    due_in_s: float | None = None


def event(job: JobRow, name: JobEvent, at: datetime, **detail: object) -> Event:
    """One event of a job; the same step of the same try always has the same id."""
    return Event(
        event_id=f"{job.request_id}/{job.attempt}.{job.launch_try}/{name}",
        job_id=job.job_id,
        attempt=job.attempt,
        event=name,
        detail={key: value for key, value in detail.items() if value is not None},
        at=at,
    )


@dataclass(frozen=True, slots=True)
class _Terms:
    """By what a failure is charged: budgets and delays, and what holds launches back."""

    policy: RetryPolicy
    breaker: Breaker | None = None


def settle(
    job: JobRow,
    evidence: Evidence,
    *,
    max_attempts: int,
    policy: RetryPolicy,
    now: datetime,
    dice: float,
    catalogue: Catalogue = EMPTY,
    breaker: Breaker | None = None,
) -> Settlement:
    """The verdict on an ended attempt, and what follows from it.

    Args:
        job: the row, LAUNCHED, RUNNING or CANCELLING.
        evidence: task, manifest and log tail.
        max_attempts: how often the report itself may fail.
        policy: the budget for failures of the cloud, and the delays.
        now: the present, UTC.
        dice: a random number in [0, 1) that spreads retries.
        catalogue: known texts.
        breaker: what holds launches back at this moment.
    """
    facts = _facts(job, evidence, now)
    if succeeded(evidence):
        done = _moved(job, Trigger.SUCCEED, facts)
        row = _result(done, evidence, None, now)
        return Settlement(done, row, (event(done, JobEvent.SUCCEEDED, now, files=_file_count(evidence)),))
    verdict = judge(evidence, catalogue)
    by = _Terms(policy, breaker)
    return _after_failure(job, verdict, evidence, facts, max_attempts=max_attempts, by=by, now=now, dice=dice)


def _after_failure(
    job: JobRow,
    verdict: Verdict,
    evidence: Evidence,
    facts: dict[str, object],
    *,
    max_attempts: int,
    by: _Terms,
    now: datetime,
    dice: float,
) -> Settlement:
    if job.status is JobState.CANCELLING:
        cancelled = _moved(job, Trigger.STOP_CONFIRMED, facts)
        stopped = event(cancelled, JobEvent.CANCELLED, now, diagnosis=verdict.diagnosis)
        return Settlement(cancelled, _result(cancelled, evidence, verdict, now), (stopped,))
    plan = _plan(job, verdict, max_attempts, by, now=now, dice=dice)
    facts |= plan.facts
    if plan.due_in_s is None:
        ended = _moved(job, Trigger.FAIL_FOR_GOOD, facts)
        failed = event(ended, JobEvent.FAILED, now, **_what_failed(job, verdict), diagnosis=plan.verdict.diagnosis)
        return Settlement(ended, _result(ended, evidence, plan.verdict, now), (failed,))
    waiting = _moved(job, Trigger.FAIL_AGAIN, facts | {"finished_at": None})
    due_in_s = round(plan.due_in_s, 1)
    planned = event(waiting, JobEvent.RETRY_PLANNED, now, **_what_failed(job, verdict), due_in_s=due_in_s)
    return Settlement(waiting, _result(waiting, evidence, plan.verdict, now), (planned,), plan.due_in_s)


def refused(
    job: JobRow, verdict: Verdict, *, policy: RetryPolicy, now: datetime, dice: float, breaker: Breaker | None = None
) -> Settlement:
    """What follows when RunTask was refused and nothing ran: wait and try again, or give up with the reason."""
    plan = _plan(job, verdict, 1, _Terms(policy, breaker), now=now, dice=dice)
    facts = {name: value for name, value in plan.facts.items() if name != "user_failures"}
    evidence = Evidence(container="", task=None, manifest=None)
    if plan.due_in_s is None:
        ended = _moved(job, Trigger.GIVE_UP_LAUNCH, facts | {"finished_at": now})
        failed = event(ended, JobEvent.FAILED, now, cause_id=verdict.cause_id, diagnosis=plan.verdict.diagnosis)
        return Settlement(ended, _result(ended, evidence, plan.verdict, now), (failed,))
    waiting = _moved(job, Trigger.REFUSE, facts)
    says = {"cause_id": verdict.cause_id, "diagnosis": plan.verdict.diagnosis, "remedy": plan.verdict.remedy}
    planned = event(waiting, JobEvent.LAUNCH_REFUSED, now, **says, due_in_s=round(plan.due_in_s, 1))
    return Settlement(waiting, None, (planned,), plan.due_in_s)


def _what_failed(job: JobRow, verdict: Verdict) -> dict[str, Any]:
    # The row tells the size of the next attempt; which size was too small stands in the history alone.
    size = {"cpu": job.cpu, "memory_mb": job.memory_mb} if verdict.failure_class is FailureClass.OUT_OF_MEMORY else {}
    return {"cause_id": verdict.cause_id, "failure_class": verdict.failure_class, **size}


def lacks_room(verdict: Verdict) -> bool:
    """Whether there was no room or no quota left: then other subnets may have some, and a task that ends makes some."""
    return verdict.failure_class is FailureClass.CAPACITY


@dataclass(frozen=True, slots=True)
class _Plan:
    """The verdict as it is charged, what the row learns of it, and when to try again; None when never."""

    verdict: Verdict
    facts: dict[str, object]
    due_in_s: float | None


def _plan(job: JobRow, found: Verdict, max_attempts: int, by: _Terms, *, now: datetime, dice: float) -> _Plan:
    verdict = forgiven(by.breaker, found) if by.breaker else found
    size = _next_size(job, verdict, by.policy)
    since = job.waits_since or now
    waited_s = (now - since).total_seconds()
    spent = budget.after_failure(job, verdict, max_attempts, by.policy, changed=size is not None, waited_s=waited_s)
    patient = verdict.blame is Blame.NOBODY
    facts: dict[str, object] = {
        "user_failures": spent.user_failures,
        "infra_failures": spent.infra_failures,
        "failure_class": verdict.failure_class,
        "cause_id": verdict.cause_id,
        "interruptions": job.interruptions + (verdict.failure_class is FailureClass.SPOT_INTERRUPTION),
        "refusals": job.refusals + lacks_room(verdict),
        "waits_since": since if patient else job.waits_since,
    }
    if not spent.may_retry:
        return _Plan(verdict, facts, None)
    if size is not None:
        facts |= {"cpu": size.cpu, "memory_mb": size.memory_mb}
    if by.breaker and verdict is not found:
        return _Plan(verdict, facts, wait_s(by.breaker, dice))
    # What nobody is to blame for costs no budget, so patience must grow with the tries instead.
    charged = spent.infra_failures + (spent.user_failures if verdict.blame is Blame.REPORT else 0)
    tries = job.attempt + job.launch_try - 1 if patient else charged
    return _Plan(verdict, facts, backoff.delay_s(by.policy, max(1, tries), dice))


def _next_size(job: JobRow, verdict: Verdict, policy: RetryPolicy) -> Resources | None:
    if verdict.failure_class is not FailureClass.OUT_OF_MEMORY or job.cpu is None or job.memory_mb is None:
        return None
    return resources.next_size(Resources(cpu=job.cpu, memory_mb=job.memory_mb), policy.max_memory_mb)


def _moved(job: JobRow, trigger: Trigger, facts: dict[str, object]) -> JobRow:
    status = after(job.status, trigger)
    update: dict[str, Any] = {**facts, "status": status, "status_rank": RANK[status]}
    if status not in TERMINAL:
        update["finished_at"] = None
    return replace(job, **update)


def _facts(job: JobRow, evidence: Evidence, now: datetime) -> dict[str, object]:
    manifest, task = evidence.manifest, evidence.task
    started = (task.started_at if task else None) or job.started_at or (manifest.started_at if manifest else None)
    stopped = (task.stopped_at if task else None) or (manifest.finished_at if manifest else None)
    return {
        "started_at": started,
        "finished_at": stopped or now,
        "cost_usd": _sum(job.cost_usd, evidence.cost_usd),
        "peak_memory_mb": manifest.peak_memory_mb if manifest else None,
        "rows_out": manifest.rows if manifest else None,
        "bytes_out": manifest.bytes if manifest else None,
    }


def _result(job: JobRow, evidence: Evidence, verdict: Verdict | None, now: datetime) -> AttemptResult:
    manifest, task = evidence.manifest, evidence.task
    failure = manifest.failure if manifest else None
    took = measure(job, task, manifest)
    exit_code = evidence.exit_code if task else (manifest.exit_code if manifest else None)
    return AttemptResult(
        request_id=job.request_id,
        job_id=job.job_id,
        attempt=job.attempt,
        exit_code=exit_code,
        stop_code=task.stop_code if task else None,
        stop_reason=task.stopped_reason if task else None,
        verdict=verdict,
        error=cut(_error(failure), MAX_ERROR_BYTES) if failure else None,
        log_tail=cut(readable(evidence.log_tail), MAX_LOG_TAIL_BYTES, keep_end=True) if evidence.log_tail else None,
        manifest=manifest,
        start_s=took.start_s,
        pull_s=took.pull_s,
        run_s=took.run_s,
        cost_usd=evidence.cost_usd,
        at=now,
    )


def _sum(before: float | None, now: float | None) -> float | None:
    # A job costs what all its attempts did.
    return before if now is None else round((before or 0.0) + now, 6)


def _error(failure: ReportFailure) -> str:
    # Some texts name their query themselves, where it reads better.
    named = failure.query is None or re.search(rf"\bquery {re.escape(failure.query)}(?!\w)", failure.message)
    where = "" if named else f"query {failure.query}: "
    query_id = f" (query id {failure.query_id})" if failure.query_id else ""
    return f"{where}{failure.message}{query_id}"


def _file_count(evidence: Evidence) -> int:
    return len(evidence.manifest.files) if evidence.manifest else 0
