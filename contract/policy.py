"""The limits that an executor keeps, chosen by whoever runs it."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field


class RetryPolicy(BaseModel):
    """Two budgets: a report's own failures count against its ``max_attempts``, the cloud's against this cap."""

    model_config = ConfigDict(frozen=True)

    max_infra_failures: int = Field(default=5, ge=0)
    first_delay_s: float = Field(default=5.0, gt=0)
    max_delay_s: float = Field(default=300.0, gt=0)
    max_wait_s: float = Field(default=604_800.0, gt=0)
    """How long a job waits for what is nobody's fault, room or a quota, before it ends with that as its cause."""
    max_memory_mb: int = Field(default=16_384, ge=512)
    """How far a job's memory may grow after it ran out of it."""


class Caps(BaseModel):
    """How many jobs of one report type, and of one requester, may be at work at once; None is as many as there is room.

    A report type's own ``max_running`` goes before ``per_type``.
    """

    model_config = ConfigDict(frozen=True)

    per_type: int | None = Field(default=None, ge=1)
    per_requester: int | None = Field(default=None, ge=1)


NO_CAPS: Final = Caps()
"""Nothing but the room there is in total."""


class Limits(BaseModel):
    """How much may run at once, and how much is claimed in one statement."""

    model_config = ConfigDict(frozen=True)

    max_running: int = Field(default=50, ge=1)
    max_claim: int = Field(default=200, ge=1, le=200)
    caps: Caps = NO_CAPS
