"""On which of Fargate's two capacities an attempt runs: Spot is a third of the price and may be taken back."""

from typing import Final

from contract.job import JobRow
from contract.policy import RetryPolicy
from contract.resources import Capacity

ON_DEMAND: Final = "FARGATE"
SPOT: Final = "FARGATE_SPOT"
"""The names of the two capacity providers (ECS developer guide, "Fargate capacity providers")."""

MAX_INTERRUPTIONS: Final = 2
MAX_REFUSALS: Final = 2
"""After so many a job runs on demand: Fargate does not put on-demand capacity in the place of Spot by itself."""


def provider_of(job: JobRow, wanted: Capacity, max_attempts: int, policy: RetryPolicy) -> str:
    """The capacity provider of a job's next launch.

    Args:
        job: the row with its counters.
        wanted: what the request, the report's definition or the installation asks for.
        max_attempts: how often the report itself may fail; its last attempt is not put at risk.
        policy: the budget of the cloud's failures; its last one is not put at risk either.
    """
    if wanted is not Capacity.SPOT_FIRST:
        return SPOT if wanted is Capacity.SPOT else ON_DEMAND
    # A first attempt that is the only one may still be interrupted: that uses none of the report's attempts.
    last_of_report = job.user_failures > 0 and job.user_failures + 1 >= max_attempts
    last_of_cloud = job.infra_failures >= policy.max_infra_failures
    worn = job.interruptions >= MAX_INTERRUPTIONS or job.refusals >= MAX_REFUSALS
    return ON_DEMAND if last_of_report or last_of_cloud or worn else SPOT
