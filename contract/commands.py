"""What callers may order besides reports: rows of the intake that the leading executor carries out."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict

ALL_TYPES: Final = "*"
"""The report type of an order that means every type."""

MIN_KEEP_DAYS: Final = 1
MAX_KEEP_DAYS: Final = 3_650


class CommandKind(StrEnum):
    """The ``kind`` of a row of the intake that asks for no report."""

    CANCEL = "CANCEL"
    PAUSE = "PAUSE"
    RESUME = "RESUME"
    PRUNE = "PRUNE"


class Command(BaseModel):
    """An order that waits to be carried out; ``keep_days`` belongs to PRUNE."""

    model_config = ConfigDict(frozen=True)

    request_id: str
    kind: CommandKind
    report_type: str | None = None
    keep_days: int | None = None
    ordered_by: str
    at: datetime
