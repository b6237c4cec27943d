"""What a task cost.

Fargate bills vCPU, memory and storage from the moment when it begins to pull the image until the task has stopped, by
the second and for a minute at least; 20 GB of ephemeral storage are free (AWS Fargate pricing). Prices are dated data;
what they do not know has no cost here rather than a wrong one.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from contract.job import JobRow
from executor.core.tasks import TaskView

LEAST_BILLED_S: Final = 60.0
FREE_STORAGE_GB: Final = 20
_CPU_UNITS: Final = 1024
_MIB_PER_GB: Final = 1024
_S_PER_HOUR: Final = 3600.0


class Rate(BaseModel):
    """Prices of one capacity provider and architecture, USD an hour: of a vCPU, of a GB of memory, of storage."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    vcpu_hour_usd: float = Field(ge=0)
    gb_hour_usd: float = Field(ge=0)
    storage_gb_hour_usd: float = Field(default=0.0, ge=0)


class PriceList(BaseModel):
    """Rates with the day on which they held and where they come from.

    ``rates`` go by ``<region>/<capacity provider>/<architecture>``, or without the region for every region.
    """

    model_config = ConfigDict(frozen=True)

    as_of: date
    source: str
    rates: dict[str, Rate]

    def with_own(self, own: Mapping[str, Rate] | None) -> "PriceList":
        """These prices with somebody's own laid over them."""
        return self.model_copy(update={"rates": self.rates | dict(own or {})})

    def rate(self, region: str, provider: str, architecture: str) -> Rate | None:
        """The rate that holds, or None when none is known; one for every region goes before all others."""
        kind = f"{provider}/{architecture}"
        return self.rates.get(kind) or self.rates.get(f"{region}/{kind}")


def billed_s(task: TaskView) -> float:
    """Seconds of a stopped task that are billed; 0 for one that never got as far as its image."""
    begun_at = task.pull_started_at or task.started_at
    if begun_at is None or task.stopped_at is None:
        return 0.0
    return max(LEAST_BILLED_S, (task.stopped_at - begun_at).total_seconds())


def cost_usd(job: JobRow, task: TaskView, prices: PriceList) -> float | None:
    """What one task cost, in USD; None when its size or its price is not known.

    Args:
        job: its row, with the size that was asked for.
        task: stopped.
        prices: what a vCPU and a GB cost.
    """
    seconds = billed_s(task)
    if seconds == 0.0:
        return 0.0
    provider = task.capacity_provider or job.capacity_provider or "FARGATE"
    rate = prices.rate(_region_of(task.arn), provider, task.architecture)
    if rate is None or job.cpu is None or job.memory_mb is None:
        return None
    storage_gb = max(0, (task.storage_gb or 0) - FREE_STORAGE_GB)
    hourly = (
        job.cpu / _CPU_UNITS * rate.vcpu_hour_usd
        + job.memory_mb / _MIB_PER_GB * rate.gb_hour_usd
        + storage_gb * rate.storage_gb_hour_usd
    )
    return round(hourly * seconds / _S_PER_HOUR, 6)


def _region_of(arn: str) -> str:
    # arn:aws:ecs:<region>:<account>:task/<cluster>/<id>
    return (arn.split(":") + [""] * 4)[3]
