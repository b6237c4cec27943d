"""The container's clock beside Snowflake's and S3's."""

from typing import Final

from contract.outcome import ExitCode
from runner.connection_test.step import BrokenError, NotTriedError, Step, Trip

MOST_S: Final = 30.0
"""Snowflake takes a key pair's proof for 60 s, S3 a signature for 15 minutes; half of the smaller tells in time."""


class Clock(Step):
    """The clocks agree."""

    name = "clock"
    title = "clocks agree"
    limit_s = 5.0
    exit_code = ExitCode.REPORT_ERROR
    remedy = "Fargate keeps the clock by itself; elsewhere let the host follow a time server (chrony, NTP)"

    def take(self, trip: Trip) -> str:
        """Compare what the other steps were told."""
        if not trip.clock_offsets_s:
            raise NotTriedError("neither Snowflake nor S3 told the time")
        told = ", ".join(f"{name} {_said(-offset)}" for name, offset in trip.clock_offsets_s.items())
        if any(abs(offset) > MOST_S for offset in trip.clock_offsets_s.values()):
            raise BrokenError(f"the container's clock is wrong: against {told}")
        return f"against {told}"


def _said(offset_s: float) -> str:
    if abs(offset_s) < 1:
        return "less than 1 s off"
    return f"{abs(offset_s):.0f} s {'ahead' if offset_s > 0 else 'behind'}"
