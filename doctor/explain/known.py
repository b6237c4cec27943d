"""What the failure catalogue knows of the words of ECS and of logs."""

from collections.abc import Iterable
from typing import Final

from doctor.evidence.evidence import Line, Log
from executor import causes
from executor.core.causes import Cause, Scope
from executor.core.classify import cause_told
from executor.core.regions import told_apart

_LAST_LINES: Final = 200


def of_stop(text: str, task_arn: str = "") -> Cause | None:
    """The cause behind what ECS says of a task's end; by its ARN a secret of another region is told apart."""
    catalogue = causes.load()
    return told_apart(catalogue, catalogue.find(Scope.STOPPED, text), text, task_arn)


def of_exit(code: int) -> Cause | None:
    """The cause behind an exit code."""
    return causes.load().find(Scope.EXIT, f"exit={code}")


def of_line(text: str) -> Cause | None:
    """The cause that a line of a log tells of."""
    return cause_told(causes.load(), text, "log")


def of_logs(logs: Iterable[Log]) -> tuple[Cause, Line] | None:
    """The last line with a known cause among the last lines of some logs."""
    for log in logs:
        for line in reversed(log.lines[-_LAST_LINES:]):
            if found := of_line(line.text):
                return found, line
    return None
