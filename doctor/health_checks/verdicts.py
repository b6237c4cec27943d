"""What is to be said of a health check, and of one that its template's conditions make into several."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from doctor.health_checks.better import Better
from doctor.health_checks.checks import Check
from doctor.health_checks.faults import Fault, told


@dataclass(frozen=True)
class Verdict:
    """What is to be said of one check.

    Attributes:
        check: The check.
        image: The words for the image that was assumed.
        can_ever_pass: Whether there is a state of the service in which it ends with 0; ``depends`` when that hangs on
            something that the files do not tell.
        can_ever_fail: Whether there is a state in which it does not, supposing that its programs are there.
        measures: What it really looks at.
        faults: What is wrong, the gravest first.
        notes: What is worth knowing, and no fault.
        better: A check to put in its place; None when nothing is wrong.
    """

    check: Check
    image: str
    can_ever_pass: bool | Literal["depends"]
    can_ever_fail: bool
    measures: str
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]
    better: Better | None

    @property
    def bad(self) -> bool:
        """Whether it should not stay as it is."""
        return bool(self.faults)


def merged(verdicts: Sequence[Verdict | None]) -> Verdict | None:
    """One verdict on all forms of a check: certain only where all agree; a fault says under which conditions it is one.

    A form without a health check is None; it says nothing of the others.
    """
    there = [one for one in verdicts if one is not None]
    if len(there) < 2:
        return there[0] if there else None
    worst = next((one for one in there if one.faults), there[0])
    passes = {one.can_ever_pass for one in there}
    note = told("condition_decides", about=" / ".join(one.check.when for one in there), more="", image="")
    return replace(
        worst,
        can_ever_pass=passes.pop() if len(passes) == 1 else "depends",
        can_ever_fail=all(one.can_ever_fail for one in there),
        faults=_said(there, [one.faults for one in there]),
        notes=(*_said(there, [one.notes for one in there]), note),
    )


def _said(verdicts: list[Verdict], lists: list[tuple[Fault, ...]]) -> tuple[Fault, ...]:
    """Every fault once; with its conditions where it is none under others."""
    found: dict[Fault, list[str]] = {}
    for verdict, faults in zip(verdicts, lists, strict=True):
        for fault in faults:
            found.setdefault(fault, []).append(verdict.check.when)
    return tuple(
        fault if len(when) == len(verdicts) else Fault(fault.id, f"{fault.says} (when {', or '.join(when)})")
        for fault, when in found.items()
    )
