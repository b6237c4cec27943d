"""The test for a person: one line per step, and what to do first."""

from textwrap import wrap
from typing import Final

from contract.connection_test import ConnectionReport, StepResult, StepStatus

_MARKS: Final = {
    StepStatus.OK: "ok",
    StepStatus.BROKEN: "BROKEN",
    StepStatus.WARNING: "warning",
    StepStatus.NOT_TRIED: "-",
}
_WIDTH: Final = 116
_INDENT: Final = " " * 10


def page(report: ConnectionReport) -> str:
    """The text of ``connection_test.txt``."""
    head = [
        f"Connection test {report.job_id}, {report.started_at:%Y-%m-%d %H:%M:%S} UTC",
        f"task {report.task_arn}",
        "",
    ]
    lines = [line for step in report.steps for line in _lines(step)]
    return "\n".join([*head, *lines, "", _verdict(report)]) + "\n"


def _lines(step: StepResult) -> list[str]:
    first = f"{_MARKS[step.status]:<9} {step.name:<9} {step.seconds:>7.2f} s  {step.title}"
    told = [*wrap(step.detail, _WIDTH), *(wrap(f"To do: {step.remedy}", _WIDTH) if step.remedy else [])]
    return [first, *(_INDENT + line for line in told)]


def _verdict(report: ConnectionReport) -> str:
    if report.first_broken is None:
        return f"Everything works ({report.seconds:.1f} s)."
    return f"The first broken step is {report.first_broken}; begin there."
