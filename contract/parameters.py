"""What a caller gave, checked against what the report takes; every problem at once."""

import math
from collections.abc import Mapping
from datetime import date

from contract.meant import closest
from contract.refusal import Problem, RefusedError, shown
from contract.relative_dates import resolve_date
from contract.report import ParameterSpec, ReportDefinition, Scalar

_BEYOND_NUMBER = 10**38
"""Snowflake's NUMBER has 38 digits."""


def resolve_parameters(
    definition: ReportDefinition, given: Mapping[str, object], business_date: date
) -> dict[str, Scalar]:
    """The parameters of a job: given values checked, defaults filled in, dates as ISO text.

    Args:
        definition: the report type's definition.
        given: name to value as the caller wrote them.
        business_date: the day that relative defaults count from.

    Raises:
        RefusedError: naming each parameter that is unknown, missing, of a wrong kind or out of order.
    """
    problems = [
        Problem(
            f"params.{name}",
            f"is not a parameter of this report; {_meant(name, definition)}it takes {_names(definition)}",
        )
        for name in given
        if name not in definition.parameters
    ]
    problems += _half_ranges(definition, given)
    values: dict[str, Scalar] = {}
    for name, spec in definition.parameters.items():
        value = given.get(name)
        if value is None and name in definition.required:
            problems.append(Problem(f"params.{name}", "is missing; this report needs it"))
            continue
        try:
            values[name] = _default(spec, business_date) if value is None else _checked(spec, value)
        except ValueError as error:
            problems.append(Problem(f"params.{name}", str(error)))
    if not problems:
        problems = _disordered(definition, values)
    if problems:
        raise RefusedError(problems)
    return values


def _meant(name: str, definition: ReportDefinition) -> str:
    close = closest(name, definition.parameters)
    return f"did you mean {close}? " if close else ""


def _names(definition: ReportDefinition) -> str:
    return ", ".join(definition.parameters) or "none"


def _half_ranges(definition: ReportDefinition, given: Mapping[str, object]) -> list[Problem]:
    # A range of which one end was given and the other silently defaulted is a report about days nobody meant.
    problems = []
    for pair in definition.ranges:
        absent = [name for name in pair if given.get(name) is None and name not in definition.required]
        if len(absent) == 1:
            other = pair[0] if absent[0] == pair[1] else pair[1]
            problems.append(Problem(f"params.{absent[0]}", f"is missing; it goes with {other}"))
    return problems


def _default(spec: ParameterSpec, business_date: date) -> Scalar:
    if spec.format == "date" and isinstance(spec.default, str):
        return resolve_date(spec.default, business_date).isoformat()
    return spec.default


def _checked(spec: ParameterSpec, value: object) -> Scalar:
    checked = _date(value) if spec.format == "date" else _CHECKS[spec.type](spec, value)
    if spec.enum is not None and checked not in spec.enum:
        raise ValueError(f"{shown(value)} is not one of {', '.join(str(item) for item in spec.enum)}")
    return checked


def _date(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise ValueError(f"{shown(value)} is not a date; write it as YYYY-MM-DD")


def _string(spec: ParameterSpec, value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{shown(value)} is not text")  # noqa: TRY004 - one kind of refusal for all values
    if not spec.min_length <= len(value) <= spec.max_length:
        raise ValueError(
            f"is {len(value)} characters long; it takes {spec.min_length} to {spec.max_length}"
            if len(value) > spec.max_length
            else f"is too short; it takes at least {spec.min_length} characters"
        )
    return value


def _number(spec: ParameterSpec, value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{shown(value)} is not a number")  # noqa: TRY004 - as above
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{shown(value)} is not a number")
    if abs(value) >= _BEYOND_NUMBER:
        raise ValueError(f"{shown(value)} is too large; a NUMBER has 38 digits")
    if spec.minimum is not None and value < spec.minimum:
        raise ValueError(f"{shown(value)} is below {spec.minimum:g}")
    if spec.maximum is not None and value > spec.maximum:
        raise ValueError(f"{shown(value)} is above {spec.maximum:g}")
    return value


def _integer(spec: ParameterSpec, value: object) -> int:
    number = _number(spec, value)
    if number != int(number):
        raise ValueError(f"{shown(value)} is not a whole number")
    return int(number)


def _boolean(_spec: ParameterSpec, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{shown(value)} is neither true nor false")  # noqa: TRY004 - as above
    return value


_CHECKS = {"string": _string, "number": _number, "integer": _integer, "boolean": _boolean}


def _disordered(definition: ReportDefinition, values: Mapping[str, Scalar]) -> list[Problem]:
    # Both ends are ISO dates (the definition sees to it), and those sort as text.
    problems = []
    for low, high in definition.ranges:
        first, last = values[low], values[high]
        if first is not None and last is not None and str(last) < str(first):
            problems.append(Problem(f"params.{high}", f"{last} is before {low} {first}; give a day on or after it"))
    return problems
