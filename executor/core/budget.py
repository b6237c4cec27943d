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


def after_failure(job: JobRow, verdict: Verdict, max_attempts: int, policy: RetryPolicy) -> Spent:
    """What a failure costs.

    Args:
        job: the row with its counters.
        verdict: whose fault it was and whether a retry helps.
        max_attempts: how often the report itself may fail.
        policy: the cap for failures of the cloud.
    """
    user = job.user_failures + (verdict.blame is Blame.REPORT)
    infra = job.infra_failures + (verdict.blame is Blame.INFRASTRUCTURE)
    # Only the budget that was charged can be used up by this failure: a refused launch leaves the report's alone.
    within = {
        Blame.REPORT: user < max_attempts,
        Blame.INFRASTRUCTURE: infra <= policy.max_infra_failures,
        Blame.NOBODY: True,
    }[verdict.blame]
    return Spent(user, infra, verdict.retry_helps and within)
