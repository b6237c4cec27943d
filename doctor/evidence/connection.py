"""A test of the connections from inside a container, from its report or from the lines of its log."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract.connection_test import StepStatus

_ACTION: Final = "connection_test_step"


@dataclass(frozen=True)
class Step:
    """One thing that was tried: how it went, what was seen, what to do."""

    name: str
    status: str
    detail: str
    remedy: str

    @property
    def broken(self) -> bool:
        """Whether it does not work, and is needed."""
        return self.status == StepStatus.BROKEN


def of_report(data: Mapping[str, Any]) -> tuple[Step, ...] | None:
    """The steps of a saved ``connection_test.json``; None of other data."""
    steps = data.get("steps")
    if "first_broken" not in data or not isinstance(steps, list):
        return None
    return tuple(_step(one, one.get("name")) for one in steps if isinstance(one, dict))


def of_lines(lines: Iterable[str]) -> tuple[Step, ...]:
    """The steps that a runner's log tells of; the log is all that is left when S3 is what is broken."""
    found: dict[str, Step] = {}
    for line in lines:
        if _ACTION not in line:
            continue
        try:
            data = json.loads(line[line.index("{") :])
        except ValueError:
            continue
        if data.get("action") == _ACTION:
            said = str(data.get("message") or data.get("event") or "").split(": ", 2)[-1]
            found[str(data.get("step"))] = _step({"detail": said} | data, data.get("step"))
    return tuple(found.values())


def of_error(text: str, remedy: str) -> tuple[Step, ...]:
    """The broken step out of a job's error, ``step dns: nowhere.invalid does not resolve``."""
    word, _, rest = text.partition(" ")
    name, colon, detail = rest.partition(": ")
    return (Step(name, StepStatus.BROKEN, detail, remedy),) if word == "step" and colon else ()


def _step(data: Mapping[str, Any], name: object) -> Step:
    return Step(str(name), str(data.get("status")), str(data.get("detail") or ""), str(data.get("remedy") or ""))
