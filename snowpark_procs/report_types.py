"""Report types as the procedures need them: read, understood, or refused by name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from snowflake.snowpark import Session

from contract.meant import closest
from contract.refusal import RefusedError, refusal_of, refuse, shown
from contract.report import ReportDefinition
from snowpark_procs.statements import run, variant


@dataclass(frozen=True, slots=True)
class ReportType:
    """A report type in its newest version."""

    name: str
    version: int
    definition: ReportDefinition


def _of(row: dict[str, Any], field: str) -> ReportType:
    name, version = row["report_type"], int(row["version"])
    try:
        return ReportType(name, version, ReportDefinition.model_validate(variant(row["definition"])))
    except ValidationError as error:
        says = refusal_of(error, "definition")
        remedy = "deploy the version of the product that defined it, or define it anew"
        raise refuse(field, f"version {version} of {name} cannot be read by this version: {says}; {remedy}") from None


def find(session: Session, given: str | None, field: str = "report_type", *, also_disabled: bool = False) -> ReportType:
    """The type of that name, in capitals or not.

    Raises:
        RefusedError: there is none, it is switched off, or it says what this version does not know.
    """
    name = str(given or "").strip().upper()
    rows = run(session, "report_type", report_type=name)
    if not rows:
        known = [row["report_type"] for row in run(session, "report_types")]
        raise unknown_type(field, given, known, dropped_types(session), _meant(name, known))
    found = _of(rows[0], field)
    if not (found.definition.enabled or also_disabled):
        raise refuse(field, f"{found.name} is switched off; enable it in its definition")
    return found


def _meant(name: str, known: Sequence[str]) -> str | None:
    # Most names end alike, which says nothing; the beginning of one alone says it.
    begin = [one for one in known if name and one.startswith(name)]
    return begin[0] if len(begin) == 1 else closest(name, known, 0.85)


def all_types(session: Session) -> list[ReportType]:
    """Every type in its newest version, switched on or not.

    One that cannot be read is left out, so that it does not keep the others from being made; whoever asks for it by its
    name is told, and the calendar misses it.
    """
    found = []
    for row in run(session, "report_types"):
        with suppress(RefusedError):
            found.append(_of(row, "report_type"))
    return found


def enabled_types(session: Session) -> list[ReportType]:
    """Every type that is switched on, in its newest version."""
    return [item for item in all_types(session) if item.definition.enabled]


def dropped_types(session: Session) -> dict[str, str]:
    """The types that were dropped, each with the day, UTC."""
    return {row["report_type"]: row["dropped_on"] for row in run(session, "dropped_types")}


def unknown_type(
    field: str, given: object, known: Iterable[str], dropped: Mapping[str, str], meant: str | None = None
) -> RefusedError:
    """The refusal of a type that nobody can ask for: it was dropped, or never was; ``meant`` was perhaps meant."""
    name = str(given or "").strip().upper()
    if name in dropped:
        return refuse(field, f"{name} was dropped on {dropped[name]} (UTC); define_report brings it back")
    near = f"did you mean {meant}? " if meant else ""
    return refuse(field, f"{shown(given)} is not a report type; {near}known are {', '.join(known) or 'none yet'}")


def choose(types: Mapping[str, ReportType], given: object, dropped: Callable[[], Mapping[str, str]]) -> ReportType:
    """The type of that name among those there are, in capitals or not.

    Args:
        types: those that can be asked for, by name.
        given: the name.
        dropped: asked for those that were dropped, when there is no such type.

    Raises:
        RefusedError: there is none, or it is switched off.
    """
    field = "report_type"
    found = types.get(str(given or "").strip().upper())
    if found is None:
        raise unknown_type(field, given, types, dropped())
    if not found.definition.enabled:
        raise refuse(field, f"{found.name} is switched off; enable it in its definition")
    return found
