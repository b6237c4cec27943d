"""Report types as the procedures need them: read, understood, or refused by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from snowflake.snowpark import Session

from contract.refusal import refuse, shown
from contract.report import ReportDefinition
from snowpark_procs.statements import run, variant


@dataclass(frozen=True, slots=True)
class ReportType:
    """A report type in its newest version."""

    name: str
    version: int
    definition: ReportDefinition


def _of(row: dict[str, Any]) -> ReportType:
    definition = ReportDefinition.model_validate(variant(row["definition"]))
    return ReportType(row["report_type"], int(row["version"]), definition)


def find(session: Session, given: str | None, field: str = "report_type", *, also_disabled: bool = False) -> ReportType:
    """The type of that name, in capitals or not.

    Raises:
        RefusedError: there is none, or it is switched off.
    """
    name = str(given or "").strip().upper()
    rows = run(session, "report_type", report_type=name)
    if not rows:
        known = ", ".join(row["report_type"] for row in run(session, "report_types")) or "none yet"
        raise refuse(field, f"{shown(given)} is not a report type; known are {known}")
    found = _of(rows[0])
    if not (found.definition.enabled or also_disabled):
        raise refuse(field, f"{found.name} is switched off; enable it in its definition")
    return found


def all_types(session: Session) -> list[ReportType]:
    """Every type in its newest version, switched on or not."""
    return [_of(row) for row in run(session, "report_types")]


def enabled_types(session: Session) -> list[ReportType]:
    """Every type that is switched on, in its newest version."""
    return [item for item in all_types(session) if item.definition.enabled]


def choose(types: Mapping[str, ReportType], given: object, field: str = "report_type") -> ReportType:
    """The type of that name among those there are, in capitals or not.

    Raises:
        RefusedError: there is none, or it is switched off.
    """
    found = types.get(str(given or "").strip().upper())
    if found is None:
        raise refuse(field, f"{shown(given)} is not a report type; known are {', '.join(types) or 'none yet'}")
    if not found.definition.enabled:
        raise refuse(field, f"{found.name} is switched off; enable it in its definition")
    return found
