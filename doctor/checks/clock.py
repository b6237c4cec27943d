"""The check of this machine's clock."""

from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import CannotLookError, Place, RefusedError

_WRONG_S: Final = 60
_REFUSED_S: Final = 300


class Clock:
    """This machine's clock against that of AWS."""

    id = "clock"
    question = "This machine's clock agrees with that of AWS"
    severity = Severity.WARNING
    reads = ("sts:GetCallerIdentity",)
    theory = (
        "AWS refuses what is signed five minutes off, and Snowflake a token from the future: both look like bad keys."
    )

    def look(self, place: Place) -> list[Fault]:
        """Compare the date of an answer with when it came."""
        try:
            told = place.aws("sts", "get_caller_identity").get("ResponseMetadata") or {}
        except RefusedError as error:
            raise CannotLookError(f"AWS does not know us: {error}; see the check identity") from error
        ahead_s = told.get("clock_ahead_s")
        if ahead_s is None:
            raise CannotLookError("the answer of AWS has no date")
        if abs(ahead_s) <= _WRONG_S:
            return []
        way = "ahead of" if ahead_s > 0 else "behind"
        severity = Severity.ERROR if abs(ahead_s) >= _REFUSED_S else Severity.WARNING
        says = f"this machine's clock is {abs(ahead_s):.0f} s {way} that of AWS"
        return [Fault(says, "Let it be set by NTP: timedatectl set-ntp true.", severity)]
