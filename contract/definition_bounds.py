"""Bounds of parameters between which there is no value, or of which the default lies outside.

The model that reads definitions does not look for them: one that was defined before is read as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from contract.refusal import Problem, shown
from contract.report import ParameterSpec

_LONGEST = ParameterSpec.model_fields["max_length"].default


def problems(given: Mapping[str, Any], root: str) -> Iterator[Problem]:
    """Parameters that take no value at all, or not their own default, as the document says them."""
    parameters = given.get("parameters")
    for name, spec in parameters.items() if isinstance(parameters, Mapping) else ():
        if isinstance(spec, Mapping):
            path = f"{root}.parameters.{name}"
            yield from _without_value(spec, path) or _outside(spec, path)


def _without_value(spec: Mapping[str, Any], path: str) -> list[Problem]:
    found = []
    for low, high, otherwise in (("minimum", "maximum", None), ("minLength", "maxLength", _LONGEST)):
        least, most = _number(spec.get(low)), _number(spec.get(high, otherwise))
        if least is not None and most is not None and least > most:
            says = f"{least:g} is above {high}, which is {most:g}, so that no value fits; change one of them"
            found.append(Problem(f"{path}.{low}", says))
    return found


def _outside(spec: Mapping[str, Any], path: str) -> list[Problem]:
    # A CALL that leaves the parameter out would run with a value that no CALL may give.
    default = spec.get("default")
    match spec.get("type"), spec.get("format"), default:
        case (("integer" | "number"), _, _):
            measure, unit, bounds = _number(default), "", ("minimum", "maximum")
        case "string", None, str():
            measure, unit, bounds = float(len(default)), " characters long, which", ("minLength", "maxLength")
        case _:
            return []
    low, high = bounds
    least, most = _number(spec.get(low)), _number(spec.get(high, _LONGEST if unit else None))
    of = f"{shown(default)} is {measure:g}{unit}" if unit and measure is not None else shown(default)
    if measure is not None and least is not None and measure < least:
        return [Problem(f"{path}.default", f"{of} is below {low}, which is {least:g}; change one of them")]
    if measure is not None and most is not None and measure > most:
        return [Problem(f"{path}.default", f"{of} is above {high}, which is {most:g}; change one of them")]
    return []


def _number(value: object) -> float | None:
    # Decimals of a VARIANT come as texts, and the model reads them.
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
