"""Values between SQL and a handler, by Snowflake's mapping of types to Python."""

import datetime as dt
import decimal
import json
from typing import Any, Final

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.procedure_ddl import family

_SEMI_STRUCTURED: Final = frozenset({"VARIANT", "OBJECT", "ARRAY"})


class SqlNull:
    """What a handler gets for SQL NULL in a VARIANT; JSON null arrives as None."""

    is_sql_null = True

    def __bool__(self) -> bool:
        """Empty, so that a handler's `value or default` takes the default."""
        return False


def argument_sql(expression: str, declared: str) -> str:
    """SQL that brings a scalar argument to its declared type; semi-structured ones stay as they are."""
    return expression if family(declared) in _SEMI_STRUCTURED else f"CAST({expression} AS {declared})"


def to_python(value: Any, engine_type: str, declared: str, name: str) -> Any:
    """An evaluated argument as the handler gets it.

    Raises:
        ProgrammingError: 001044 when an OBJECT or ARRAY is given something else.
    """
    kind = family(declared)
    if kind in _SEMI_STRUCTURED:
        return _structured(value, engine_type, kind, name)
    if value is None:
        return None
    if kind == "NUMBER" and isinstance(value, decimal.Decimal) and "," not in declared:
        return int(value)
    if kind == "FLOAT":
        return float(value)
    if kind == "TIMESTAMP_LTZ" and isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    return value


def _structured(value: Any, engine_type: str, kind: str, name: str) -> Any:
    if value is None:
        return SqlNull() if kind == "VARIANT" else None
    found = json.loads(value) if engine_type == "JSON" else value
    if isinstance(found, (decimal.Decimal, dt.date, dt.time)):
        found = _plain(found)
    wanted = {"OBJECT": dict, "ARRAY": list}.get(kind)
    if wanted and found is not None and (engine_type == "VARCHAR" or not isinstance(found, wanted)):
        text = f"SQL compilation error:\nInvalid argument types for argument '{name}': expected {kind}, "
        raise failure(1044, "42P13", f"{text}got {_sql_kind(found, engine_type)}.")
    return found


def _sql_kind(value: Any, engine_type: str) -> str:
    kinds = {dict: "OBJECT", list: "ARRAY", str: "VARCHAR", bool: "BOOLEAN", int: "NUMBER", float: "FLOAT"}
    return kinds.get(type(value), engine_type)


def _plain(value: Any) -> Any:
    """Inside a VARIANT a whole number is an int; dates, times and other decimals are text."""
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def to_engine(value: Any, declared: str) -> tuple[Any, str]:
    """A handler's return value for the result's one row, and the engine type of its column.

    Raises:
        TypeError: the value does not fit the declared return type.
    """
    kind = family(declared)
    engine_type = {
        "VARCHAR": "VARCHAR",
        "NUMBER": "BIGINT",
        "FLOAT": "DOUBLE",
        "BOOLEAN": "BOOLEAN",
        "DATE": "DATE",
        "TIME": "TIME",
        "TIMESTAMP_NTZ": "TIMESTAMP",
        "TIMESTAMP_LTZ": "TIMESTAMP WITH TIME ZONE",
        "TIMESTAMP_TZ": "TIMESTAMP WITH TIME ZONE",
        "BINARY": "BLOB",
    }.get(kind, "JSON")
    if value is None or isinstance(value, SqlNull):
        return None, engine_type
    if kind in _SEMI_STRUCTURED:
        _expect(value, {"OBJECT": (dict,), "ARRAY": (list, tuple)}.get(kind, (object,)), declared)
        return json.dumps(value, default=_json_text), "JSON"
    accepted: dict[str, tuple[type, ...]] = {
        "VARCHAR": (str,),
        "NUMBER": (int, decimal.Decimal),
        "FLOAT": (int, float, decimal.Decimal),
        "BOOLEAN": (bool,),
        "DATE": (dt.date,),
        "TIME": (dt.time,),
        "BINARY": (bytes, bytearray),
    }
    _expect(value, accepted.get(kind, (dt.datetime,)), declared)
    if kind == "NUMBER" and isinstance(value, decimal.Decimal):
        return int(value), engine_type
    return (float(value) if kind == "FLOAT" else value), engine_type


def _expect(value: Any, types: tuple[type, ...], declared: str) -> None:
    if not isinstance(value, types):
        raise TypeError(f"Returned {type(value).__name__} '{value}', which does not fit RETURNS {declared}")


def _json_text(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        return _plain(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
