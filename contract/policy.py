"""The limits that an executor keeps, chosen by whoever runs it."""

from pydantic import BaseModel, ConfigDict, Field


class RetryPolicy(BaseModel):
    """Two budgets: a report's own failures count against its ``max_attempts``, the cloud's against this cap."""

    model_config = ConfigDict(frozen=True)

    max_infra_failures: int = Field(default=5, ge=0)
    first_delay_s: float = Field(default=5.0, gt=0)
    max_delay_s: float = Field(default=300.0, gt=0)


class Limits(BaseModel):
    """How much may run at once, and how much is claimed in one statement."""

    model_config = ConfigDict(frozen=True)

    max_running: int = Field(default=50, ge=1)
    max_claim: int = Field(default=50, ge=1, le=200)
