"""What kind of trouble a failure is: who has to look, and where. An alarm counts one kind."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contract.outcome import FailureClass


class Trouble(StrEnum):
    """Where to look when attempts fail."""

    START = "start"
    """No task gets to run: image, secrets, network, quota, a role."""
    REACH = "reach"
    """Tasks run and cannot reach what they need: Snowflake or S3."""
    REPORT = "report"
    """Reports fail by themselves: their queries, parameters, sizes, deadlines."""
    CLOUD = "cloud"
    """AWS interrupts, throttles or has no room; a few are nothing."""


TROUBLES: Final[Mapping[FailureClass, Trouble]] = {
    FailureClass.START_FAILED: Trouble.START,
    FailureClass.START_DEADLINE: Trouble.START,
    FailureClass.LAUNCH_REFUSED: Trouble.START,
    FailureClass.NEVER_RAN: Trouble.START,
    FailureClass.SNOWFLAKE_UNREACHABLE: Trouble.REACH,
    FailureClass.S3_UNWRITABLE: Trouble.REACH,
    FailureClass.REPORT_ERROR: Trouble.REPORT,
    FailureClass.BAD_PARAMETERS: Trouble.REPORT,
    FailureClass.QUERY_FAILED: Trouble.REPORT,
    FailureClass.DEADLINE: Trouble.REPORT,
    FailureClass.OUT_OF_MEMORY: Trouble.REPORT,
    FailureClass.NO_MANIFEST: Trouble.REPORT,
    FailureClass.FILES_MISSING: Trouble.REPORT,
    FailureClass.CRASHED: Trouble.REPORT,
    FailureClass.CAPACITY: Trouble.CLOUD,
    FailureClass.THROTTLED: Trouble.CLOUD,
    FailureClass.SPOT_INTERRUPTION: Trouble.CLOUD,
    FailureClass.STOPPED: Trouble.CLOUD,
    FailureClass.LOST: Trouble.CLOUD,
}
"""The kind of every failure class."""
