"""May this job try again? A report's own failures and the cloud's are counted apart."""

from dataclasses import dataclass

from contract.job import JobRow
from contract.outcome import Blame, Verdict
from contract.policy import RetryPolicy


@dataclass(frozen=True, slots=True)
class Spent:
    """The two counters after this failure, and whether another try is left."""

    user_failures: int
    infra_failures: int
    may_retry: bool


def after_failure(
    job: JobRow, verdict: Verdict, max_attempts: int, policy: RetryPolicy, *, changed: bool = False, waited_s: float = 0
) -> Spent:
    """What a failure costs.

    Args:
        job: the row with its counters.
        verdict: whose fault it was and whether a retry helps.
        max_attempts: how often the report itself may fail.
        policy: the cap for failures of the cloud, and for how long a job waits for what is nobody's fault.
        changed: whether the next attempt is given what this one lacked.
        waited_s: how long it has been waiting for what is nobody's fault.
    """
    user = job.user_failures + (verdict.blame is Blame.REPORT)
    infra = job.infra_failures + (verdict.blame is Blame.INFRASTRUCTURE)
    # Only the budget that was charged can be used up by this failure: a refused launch leaves the report's alone.
    within = {
        Blame.REPORT: user < max_attempts,
        Blame.INFRASTRUCTURE: infra <= policy.max_infra_failures,
        Blame.NOBODY: waited_s < policy.max_wait_s,
    }[verdict.blame]
    return Spent(user, infra, (verdict.retry_helps or (verdict.with_change and changed)) and within)
