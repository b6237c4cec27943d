"""The times of a health check against what ECS takes (API reference, HealthCheck) and against each other."""

from typing import Final

from doctor.health_checks.checks import Check
from doctor.health_checks.worlds import Event

_RANGES: Final = {"interval": (5, 300), "timeout": (2, 60), "retries": (1, 10), "startPeriod": (0, 300)}


def timed(check: Check, measured_start_s: float | None) -> set[Event]:
    """What is wrong with interval, timeout, retries and start period.

    Args:
        check: The check.
        measured_start_s: How long the service was seen to need to start, seconds; None when nobody measured.
    """
    found: set[Event] = set()
    given = {
        "interval": check.interval_s,
        "timeout": check.timeout_s,
        "retries": check.retries,
        "startPeriod": check.start_period_s,
    }
    for name, value in given.items():
        low, high = _RANGES[name]
        if value is not None and not low <= value <= high:
            found.add(Event("out_of_range", f"{name} {value}", f"{low} to {high}"))
    if check.timeout_s >= check.interval_s:
        found.add(Event("timeout_not_below_interval", str(check.timeout_s), str(check.interval_s)))
    patience_s = (check.start_period_s or 0) + check.retries * check.interval_s
    if measured_start_s is not None and measured_start_s > patience_s:
        found.add(Event("start_period_too_short", f"{measured_start_s:g}", str(patience_s)))
    return found
