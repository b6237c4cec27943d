"""What a task may be given: the sizes that Fargate offers.

Source: ECS developer guide, "Fargate tasks and services", task CPU and memory. A pair that is not in the table
makes RunTask answer "No Fargate configuration exists for given values".
"""

from enum import StrEnum
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, model_validator


class Capacity(StrEnum):
    """On which of Fargate's capacities tasks run: Spot while a job can bear it, never Spot, or nothing else."""

    SPOT_FIRST = "spot-first"
    ON_DEMAND = "on-demand"
    SPOT = "spot"


def _steps(first_gb: int, last_gb: int, step_gb: int) -> tuple[int, ...]:
    return tuple(gb * 1024 for gb in range(first_gb, last_gb + 1, step_gb))


FARGATE_SIZES: Final[dict[int, tuple[int, ...]]] = {
    256: (512, 1024, 2048),
    512: _steps(1, 4, 1),
    1024: _steps(2, 8, 1),
    2048: _steps(4, 16, 1),
    4096: _steps(8, 30, 1),
    8192: _steps(16, 60, 4),
    16384: _steps(32, 120, 8),
}
"""Memory sizes in MiB by CPU units (1024 units are one vCPU)."""


def check_pair(cpu: int, memory_mb: int) -> None:
    """Refuse a size that Fargate does not offer.

    Raises:
        ValueError: saying which sizes there are.
    """
    if cpu not in FARGATE_SIZES:
        known = ", ".join(str(size) for size in FARGATE_SIZES)
        raise ValueError(f"cpu {cpu} is not a Fargate size; take one of {known}")
    if memory_mb not in FARGATE_SIZES[cpu]:
        sizes = ", ".join(str(size) for size in FARGATE_SIZES[cpu])
        raise ValueError(f"memory {memory_mb} MiB does not go with cpu {cpu}; take {sizes}")


class Resources(BaseModel):
    """The size of one task: ``cpu`` in CPU units, ``memory_mb`` in MiB, a pair that Fargate offers."""

    model_config = ConfigDict(frozen=True, extra="ignore")  # part of a definition, which is read leniently

    cpu: int = 256
    memory_mb: int = 512

    @model_validator(mode="after")
    def _a_pair_that_fargate_offers(self) -> Self:
        check_pair(self.cpu, self.memory_mb)
        return self
