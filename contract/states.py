"""The states of a job. Which may follow which is the table in ``executor.core.transitions``."""

from enum import StrEnum
from typing import Final


class JobState(StrEnum):
    """Where a job is in its life, as the view ``JOBS`` shows it."""

    QUEUED = "QUEUED"
    CLAIMED = "CLAIMED"
    LAUNCHED = "LAUNCHED"
    RUNNING = "RUNNING"
    CANCELLING = "CANCELLING"
    RETRY_WAIT = "RETRY_WAIT"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    DUPLICATE = "DUPLICATE"
    EXPIRED = "EXPIRED"


TERMINAL: Final = frozenset(
    {
        JobState.SUCCEEDED,
        JobState.FAILED,
        JobState.CANCELLED,
        JobState.DUPLICATE,
        JobState.EXPIRED,
    }
)
