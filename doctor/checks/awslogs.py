"""The options of the awslogs driver, which a deployment and the files of one are judged by alike."""

from collections.abc import Iterator, Mapping
from typing import Final

from doctor.checks.frame import Fault, Severity

OPTIONS: Final = frozenset({
    "awslogs-create-group", "awslogs-datetime-format", "awslogs-endpoint", "awslogs-format", "awslogs-group",
    "awslogs-multiline-pattern", "awslogs-region", "awslogs-stream-prefix", "max-buffer-size", "mode",
})  # fmt: skip
_MODES: Final = ("blocking", "non-blocking")
_EXCLUSIVE: Final = ("awslogs-datetime-format", "awslogs-multiline-pattern")


def wrong_options(who: str, options: Mapping[str, str]) -> Iterator[Fault]:
    """What the driver does not take, or takes and does not heed.

    Args:
        who: The container, as the fault names it.
        options: Its options; the value of one that is not known yet is empty.
    """
    if strangers := sorted(set(options) - OPTIONS):
        says = f"{who}: the awslogs driver knows no option {', '.join(strangers)}"
        yield Fault(says, "Correct or remove it; the task would not start.")
    mode = options.get("mode")
    if mode and mode not in _MODES:
        yield Fault(f"{who}: mode {mode} is none of the log driver's", f"Take {' or '.join(_MODES)}.")
    if mode == "blocking" and "max-buffer-size" in options:
        says = f"{who} has a buffer for its log that only the mode non-blocking uses"
        yield Fault(says, "Set mode to non-blocking, or leave max-buffer-size out.", Severity.WARNING)
    if set(_EXCLUSIVE) <= set(options):
        yield Fault(f"{who}: {' and '.join(_EXCLUSIVE)} exclude each other", "Leave one of them out.")
