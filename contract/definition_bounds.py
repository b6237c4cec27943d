"""Bounds of parameters between which there is no value.

The model that reads definitions does not look for them: one that was defined before is read as it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from contract.refusal import Problem
from contract.report import ParameterSpec

_LONGEST = ParameterSpec.model_fields["max_length"].default


def problems(given: Mapping[str, Any], root: str) -> Iterator[Problem]:
    """Parameters that take no value at all, as the document says them."""
    parameters = given.get("parameters")
    for name, spec in parameters.items() if isinstance(parameters, Mapping) else ():
        if isinstance(spec, Mapping):
            for low, high, otherwise in (("minimum", "maximum", None), ("minLength", "maxLength", _LONGEST)):
                least, most = _number(spec.get(low)), _number(spec.get(high, otherwise))
                if least is not None and most is not None and least > most:
                    says = f"{least:g} is above {high}, which is {most:g}, so that no value fits; change one of them"
                    yield Problem(f"{root}.parameters.{name}.{low}", says)


def _number(value: object) -> float | None:
    # Decimals of a VARIANT come as texts, and the model reads them.
    if not isinstance(value, int | float | str) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
