"""Which overload of a procedure a CALL means: the one whose declared types are nearest to the arguments'.

Snowflake permits procedures of one name that differ in the number or the types of their arguments (docs
developer-guide/udf-stored-procedure-naming-conventions). Arguments that need no conversion win; where two overloads are
equally near, Snowflake's own choice is not documented, and this one refuses to guess.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.procedure_ddl import Procedure, family

Fit = tuple[Procedure, dict[str, str]]
_IMPOSSIBLE: Final = 1_000
# (given, declared) -> how far the conversion goes; from text and to text everything goes, at the price of the last.
_STEPS: Final = {
    ("NUMBER", "FLOAT"): 1,
    ("FLOAT", "NUMBER"): 2,
    ("DATE", "TIMESTAMP_NTZ"): 1,
    ("DATE", "TIMESTAMP_LTZ"): 2,
    ("DATE", "TIMESTAMP_TZ"): 2,
    ("TIMESTAMP_NTZ", "TIMESTAMP_LTZ"): 1,
    ("TIMESTAMP_NTZ", "TIMESTAMP_TZ"): 1,
    ("TIMESTAMP_LTZ", "TIMESTAMP_TZ"): 0,
    ("TIMESTAMP_LTZ", "TIMESTAMP_NTZ"): 1,
    ("NUMBER", "BOOLEAN"): 3,
    ("OBJECT", "VARIANT"): 1,
    ("ARRAY", "VARIANT"): 1,
}
_FROM_TEXT, _TO_TEXT, _TO_VARIANT = 4, 5, 3
_SEMI_STRUCTURED: Final = frozenset(("VARIANT", "OBJECT", "ARRAY"))


def nearest(fits: Sequence[Fit], kinds: dict[str, str]) -> Fit:
    """The overload nearest to the arguments, whose families `kinds` tells by their SQL.

    Raises:
        ProgrammingError: 000002 when two are equally near.
    """
    ranked = sorted(((_distance(fit, kinds), index) for index, fit in enumerate(fits)), key=lambda pair: pair)
    if len(ranked) > 1 and ranked[0][0] == ranked[1][0]:  # e.g. of a NULL, which fits every type
        names = " and ".join(fits[index][0].signature for _, index in ranked[:2])
        raise not_supported(f"choosing between {names}, which are equally near; cast the arguments")
    return fits[ranked[0][1]]


def _distance(fit: Fit, kinds: dict[str, str]) -> int:
    procedure, given = fit
    return sum(_steps(kinds[given[p.name]], family(p.type)) for p in procedure.parameters if given[p.name] in kinds)


def _steps(given: str, declared: str) -> int:
    if given in {declared, "NULL"}:
        return 0
    if (given, declared) in _STEPS:
        return _STEPS[given, declared]
    if declared == "VARIANT":
        return _TO_VARIANT
    if given == "VARCHAR":
        return _FROM_TEXT if declared not in _SEMI_STRUCTURED else _IMPOSSIBLE
    return _TO_TEXT if declared == "VARCHAR" and given not in _SEMI_STRUCTURED else _IMPOSSIBLE


def family_of_value(engine_type: str, value: Any) -> str:
    """The family of an argument's value; that of a NULL fits everything."""
    if value is None:
        return "NULL"
    if engine_type == "JSON":
        found = json.loads(value)
        return "OBJECT" if isinstance(found, dict) else "ARRAY" if isinstance(found, list) else "VARIANT"
    names = {
        "VARCHAR": "VARCHAR",
        "DOUBLE": "FLOAT",
        "FLOAT": "FLOAT",
        "BOOLEAN": "BOOLEAN",
        "DATE": "DATE",
        "TIME": "TIME",
        "BLOB": "BINARY",
        "TIMESTAMP": "TIMESTAMP_NTZ",
        "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ",
    }
    return names.get(engine_type, "NUMBER")
