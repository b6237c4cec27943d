"""Report types defined and dropped: every version is kept, a job keeps the one it was asked with."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import available_timezones

from pydantic import ValidationError
from snowflake.snowpark import Session

from contract import definition_changes, definition_columns, definition_kinds
from contract.binding import bound
from contract.definition import ROOT, canonical, digest_of, parse_definition, sample_values
from contract.ids import REPORT_TYPE_PATTERN
from contract.meant import nearest
from contract.moment import as_of
from contract.refusal import Problem, RefusedError, refuse, shown
from contract.report import ReportDefinition
from snowpark_procs import enqueue
from snowpark_procs.report_types import find
from snowpark_procs.statements import insert_with_patience, run, variant

VERSION_TRIES: Final = 5
_DECIMAL: Final = re.compile(r"-?\d{1,38}(\.\d{1,38})?([eE][+-]?\d{1,2})?")
_INSERTED: Final = "number of rows inserted"


def define_report(session: Session, report_type: str | None, definition: object) -> dict[str, Any]:
    """Keep a definition as the newest version of its type, unless it is that already.

    Raises:
        RefusedError: naming everything that is wrong with it: first all that can be seen without Snowflake; when that
            is in order, all that Snowflake says of the queries, and every column that they do not give.
    """
    problems, report = _named(report_type), None
    try:
        document = _numbers(enqueue.object_of(definition, ROOT))
        problems += _time_zone(document)
        report = parse_definition(document)
    except RefusedError as error:
        problems += error.problems
    if problems or report is None:
        raise RefusedError(problems)
    columns = _compiled(session, report)
    name, text = str(report_type).strip().upper(), canonical(report)
    before, version, changed = _kept(session, name, text, dropped=False)
    said = f"is version {version} of {name}" if changed else f"{name} is defined so already, as its version {version}"
    message = f"This definition {said}; jobs asked for from now on use it." if changed else f"{said}; nothing changed."
    told = {"report_type": name, "version": version, "changed": changed, "message": message, "columns": columns}
    return told | {"changes": _changes(before, text) if changed else []}


def drop_report(session: Session, report_type: str | None) -> dict[str, Any]:
    """Take a type out of use; jobs that were asked for keep their version.

    Raises:
        RefusedError: there is no such type.
    """
    report = find(session, report_type, also_disabled=True)
    # For readers that do not know what dropped means it is switched off, which comes to nearly the same.
    off = report.definition.model_copy(update={"enabled": False})
    _, version, changed = _kept(session, report.name, canonical(off), dropped=True)
    message = f"{report.name} is dropped: nobody can ask for it any more, and jobs asked for before are still made."
    return {"report_type": report.name, "version": version, "changed": changed, "message": message}


def _named(report_type: object) -> list[Problem]:
    if isinstance(report_type, str) and re.fullmatch(REPORT_TYPE_PATTERN, report_type.strip().upper()):
        return []
    says = "cannot name a report type; take letters, digits and _, at most 40, a letter first"
    return [Problem("report_type", f"{shown(report_type)} {says}")]


def _numbers(given: Mapping[str, Any]) -> Mapping[str, Any]:
    """The document with the decimals of its numeric parameters as numbers.

    A VARIANT hands decimals over as texts and whole numbers as numbers (docs, data type mappings); everywhere else a
    number is read from a text anyway, but here a text could be meant.
    """
    parameters = given.get("parameters")
    if not isinstance(parameters, Mapping):
        return given
    return {**given, "parameters": {name: _spec(spec) for name, spec in parameters.items()}}


def _spec(spec: object) -> object:
    # A tuple: what is given may be anything, also what a set cannot be asked for.
    if not isinstance(spec, Mapping) or spec.get("type") != "number":
        return spec
    changed = {name: _number(value) for name, value in spec.items() if name == "default"}
    if isinstance(spec.get("enum"), list):
        changed["enum"] = [_number(value) for value in spec["enum"]]
    return {**spec, **changed}


def _number(value: object) -> object:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        return value
    return float(value) if "." in value or "e" in value.lower() else int(value)


def _time_zone(given: Mapping[str, Any]) -> list[Problem]:
    known, zone = available_timezones(), given.get("time_zone", "UTC")
    # Where Python has no zones, nobody is refused for it; what is no text, the model refuses.
    if not known or not isinstance(zone, str) or zone in known:
        return []
    near = nearest(zone, known).partition("known are")[0]
    says = f"{shown(zone)} is no time zone; {near}write it as in Europe/Berlin"
    return [Problem(f"{ROOT}.time_zone", says)]


def _changes(before: Mapping[str, Any] | None, text: str) -> list[str]:
    """What a new version changes; nothing for the first of its type."""
    if before is None:
        return []
    again = ["it was dropped, and is in use again"] if before["dropped"] else []
    try:
        old = json.loads(canonical(ReportDefinition.model_validate(variant(before["definition"]))))
    except ValidationError:  # a version of the product that took it is gone
        return [*again, "the definition before cannot be read by this version"]
    new = json.loads(text)
    if before["dropped"]:  # dropping switched it off, nobody's definition did
        old, new = ({key: value for key, value in one.items() if key != "enabled"} for one in (old, new))
    return [*again, *definition_changes.changes(old, new)]


def _kept(session: Session, name: str, text: str, *, dropped: bool) -> tuple[dict[str, Any] | None, int, bool]:
    """The newest version there was, the version there is now, and whether it was added."""
    digest = digest_of(text)
    for _ in range(VERSION_TRIES):
        newest = run(session, "newest_version", report_type=name)
        before = newest[0] if newest else None
        if before and before["digest"] == digest and bool(before["dropped"]) == dropped:
            return before, int(before["version"]), False
        added = insert_with_patience(
            session, "add_report_version", report_type=name, definition=text, digest=digest, dropped=dropped
        )
        if added and int(added[0][_INSERTED]) == 1:
            versions = run(session, "kept_version", report_type=name, digest=digest, dropped=dropped)
            return before, int(versions[0]["version"]), True
    raise refuse("report_type", f"{name} is being defined by others at this moment; call again")


def _compiled(session: Session, report: ReportDefinition) -> dict[str, list[str]]:
    """The columns of every query, by its name.

    Raises:
        RefusedError: naming every query that Snowflake refuses, every column that is named and not given, and every
            format, total and chart that its column does not fit.
    """
    if not report.queries:
        return {}
    now = enqueue.now(session)
    values = sample_values(report, now.date())
    orders = []
    for query in report.queries:
        text, given = bound(as_of(query.sql, now, one=report.one_moment), values)
        orders.append({"sql": text, "values": given})
    ((answer,),) = (row.values() for row in run(session, "call_compile_queries", queries=json.dumps(orders)))
    answers: Sequence[dict[str, Any]] = variant(answer)
    columns = {
        query.name: list(told["columns"])
        for query, told in zip(report.queries, answers, strict=True)
        if "columns" in told
    }
    problems = [
        Problem(f"{ROOT}.queries[{at}].sql", told["refused"]) for at, told in enumerate(answers) if "refused" in told
    ]
    # Procedures of an earlier version that still compile say nothing of types.
    types = {
        query.name: definition_kinds.types_of(told["columns"], told.get("types", ()))
        for query, told in zip(report.queries, answers, strict=True)
        if "columns" in told
    }
    problems += definition_columns.problems(report, columns, ROOT)
    problems += definition_kinds.problems(report, types, ROOT)
    if problems:
        raise RefusedError(problems)
    return columns
