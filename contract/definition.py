"""A report definition as somebody writes it: checked as a whole, every problem at once, before it is kept."""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from contract import definition_bounds, definition_names, one_select
from contract.locales import LOCALES
from contract.meant import nearest
from contract.refusal import Problem, RefusedError, refusal_of, shown
from contract.relative_dates import resolve_date
from contract.report import ParameterSpec, ReportDefinition, Scalar
from contract.unknown_keys import unknown_keys

ROOT: Final = "definition"
MAX_CHARS: Final = 400_000
"""The longest definition as JSON: it travels as one bind, and a statement takes 1 MB of them with its text."""

# pydantic puts the kind of a section, and what of a mapping's item is wrong, between the keys of the document.
_SECTION: Final = re.compile(r"(\.sections\[\d+\])\.(?:key_figures|table|chart)(?=\.|$)")
# The model's own words about names, which are said by their paths already.
_SAID: Final = re.compile(
    r"^queries: |^sections: |: a range goes from |: used, but not among |^due goes with a cadence"
)
_OWN_WORDS: Final = frozenset({f"{ROOT}.locale"})
"""Fields of which is said here what is wrong; the model would say that it does not match a pattern."""
_OF_KEY: Final = re.compile(r"\.\[key\]$")


def parse_definition(given: Mapping[str, Any]) -> ReportDefinition:
    """The definition that a document says.

    Raises:
        RefusedError: naming, by its path, everything that can be seen to be wrong without asking Snowflake: keys that
            nobody knows, values out of range, binds without a parameter and parameters without use, sections of
            queries that there are not, texts that are not one SELECT.
    """
    problems = [*unknown_keys(ReportDefinition, given, ROOT), *definition_names.problems(given, ROOT), *_texts(given)]
    problems += [*_locale(given), *_due(given), *definition_bounds.problems(given, ROOT)]
    report = None
    try:
        report = ReportDefinition.model_validate(dict(given))
    except ValidationError as error:
        told = {problem.field for problem in problems} & _OWN_WORDS
        problems += [
            problem
            for problem in _in_callers_words(error)
            if problem.field not in told and not (problems and _SAID.search(problem.says))
        ]
    if problems or report is None:
        raise RefusedError(_each_once(problems))
    if (length := len(canonical(report))) > MAX_CHARS:
        raise RefusedError([Problem(ROOT, f"takes {length} characters as JSON; {MAX_CHARS} is the most")])
    return report


def canonical(report: ReportDefinition) -> str:
    """The one JSON text of a definition: what equals its default is left out, keys are in order."""
    return json.dumps(report.model_dump(mode="json", by_alias=True, exclude_defaults=True), sort_keys=True)


def digest_of(text: str) -> str:
    """The digest by which a version of a definition is known again, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()


def sample_values(report: ReportDefinition, day: date) -> dict[str, Scalar]:
    """A value for every parameter, of its type and within its bounds: what a query is compiled with."""
    return {name: _sample(spec, day) for name, spec in report.parameters.items()}


def _sample(spec: ParameterSpec, day: date) -> Scalar:
    if spec.format == "date":
        return (resolve_date(spec.default, day) if isinstance(spec.default, str) else day).isoformat()
    if spec.default is not None:
        return spec.default
    if spec.enum:
        return next((value for value in spec.enum if value is not None), None)
    match spec.type:
        case "string":
            return "x" * spec.min_length
        case "boolean":
            return True
        case kind:
            low = spec.minimum if spec.minimum is not None else min(0.0, spec.maximum or 0.0)
            return int(low) if kind == "integer" else low


def _texts(given: Mapping[str, Any]) -> list[Problem]:
    return [
        Problem(f"{ROOT}.queries[{position}].sql", fault)
        for position, sql in definition_names.query_texts(given)
        if (fault := one_select.fault(sql)) is not None
    ]


def _locale(given: Mapping[str, Any]) -> list[Problem]:
    locale = given.get("locale")
    if not isinstance(locale, str) or locale in LOCALES:
        return []
    near = nearest(locale, LOCALES).partition("known are")[0]
    return [Problem(f"{ROOT}.locale", f"{shown(locale)} is no locale; {near}write it as de or de-DE")]


def _due(given: Mapping[str, Any]) -> list[Problem]:
    if given.get("due") is None or given.get("cadence") is not None:
        return []
    return [Problem(f"{ROOT}.due", "goes with a cadence; give one, or leave due out")]


def _in_callers_words(error: ValidationError) -> list[Problem]:
    refused = refusal_of(error, ROOT)
    return [Problem(_OF_KEY.sub("", _SECTION.sub(r"\1", problem.field)), problem.says) for problem in refused.problems]


def _each_once(problems: list[Problem]) -> list[Problem]:
    return list(dict.fromkeys(problems))
