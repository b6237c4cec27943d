"""Bind variables as clients send them, as Python values."""

import binascii
import datetime as dt
import decimal
from typing import Any, Final

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def read_bindings(bindings: dict[str, dict[str, Any]] | None) -> list[Any]:
    """The rows of bind values: none, one (a tuple or a dict of names), or many for an array binding."""
    if not bindings:
        return []
    if not all(key.isdigit() for key in bindings):
        return [{name: _value(bound["type"], bound["value"]) for name, bound in bindings.items()}]
    ordered = [bindings[str(position)] for position in range(1, len(bindings) + 1)]
    if any(isinstance(bound["value"], list) and bound["type"] != "ARRAY" for bound in ordered):
        columns = [[_value(bound["type"], cell) for cell in bound["value"]] for bound in ordered]
        return list(zip(*columns, strict=True))
    return [tuple(_value(bound["type"], bound["value"]) for bound in ordered)]


def _value(kind: str, text: Any) -> Any:  # noqa: PLR0911  a rule table, read top to bottom
    if text is None or not isinstance(text, str):
        return text
    match kind:
        case "FIXED":
            number = decimal.Decimal(text)
            return int(number) if number == number.to_integral_value() and "." not in text else number
        case "REAL":
            return float(text)
        case "BOOLEAN":
            return text.lower() in {"true", "1"}
        case "BINARY":
            return binascii.unhexlify(text)
        case "DATE":
            return (_EPOCH + dt.timedelta(milliseconds=int(text))).date()
        case "TIME":
            return (_EPOCH + dt.timedelta(microseconds=int(text) // 1000)).time()
        case "TIMESTAMP_NTZ":
            return _moment(text).replace(tzinfo=None)
        case "TIMESTAMP_LTZ" | "TIMESTAMP_TZ":
            return _moment(text)
        case _:
            return text


def _moment(text: str) -> dt.datetime:
    """Nanoseconds since 1970, optionally followed by the UTC offset in minutes + 1440."""
    nanoseconds, _, offset = text.partition(" ")
    moment = _EPOCH + dt.timedelta(microseconds=int(nanoseconds.split(".")[0]) // 1000)
    if offset:
        return moment.astimezone(dt.timezone(dt.timedelta(minutes=int(offset) - 1440)))
    return moment
