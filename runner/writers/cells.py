"""Cells as text, a whole column at a time.

A column becomes an Arrow array of strings, so that rows are joined by Arrow instead of by a Python loop: the
container pays for CPU, and a loop over cells costs some ten times as much. Only what Arrow cannot say exactly
(escapes of control characters, binary, nested types, tiny decimals) goes through Python.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from runner.arrow import Array, DataType, pa, pc

_STRING_OR_SPACE: Final = r'("(?:[^"\\]|\\.)*")|\s+'
_CONTROL: Final = r"[\x00-\x1f]"
_DAY_CHARACTERS: Final = len("2026-01-31")


def plain_text(column: Array, *, is_json: bool = False) -> Array:
    """The cells as a person reads them; NULL stays NULL.

    Dates and times are ISO 8601, instants in UTC with ``Z``; decimals keep their scale; binary is hex in capitals;
    NaN and the infinities are ``nan``, ``inf`` and ``-inf``; JSON and nested values are compact JSON.
    """
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        text = column.cast(pa.string())
        return _compact_json(text) if is_json else text
    if pa.types.is_decimal(kind):
        return _fixed_point(column)
    if pa.types.is_timestamp(kind):
        return _instant(column)
    if pa.types.is_time(kind):
        return _without_zero_fraction(column.cast(pa.string()), kind.unit)
    if _is_nested(kind):
        return _through_python(column, _json)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return _through_python(column, lambda value: value.hex().upper())
    return column.cast(pa.string())


def json_text(column: Array, *, is_json: bool = False) -> tuple[Array, bool]:
    """The cells as JSON values: numbers exact to their last digit, JSON as it is.

    NaN and the infinities, which JSON has no numbers for, become strings. With it comes whether quotes still belong
    around every cell: whoever joins cells to rows adds those in the same stroke. Otherwise NULL is ``null``.
    """
    text = plain_text(column, is_json=is_json)
    kind = column.type
    if pa.types.is_floating(kind):
        finite = pc.is_finite(column)
        if not pc.all(finite).as_py():
            text = pc.if_else(finite, text, _with_quotes(text))
    elif not (is_json or _is_number(kind) or _is_nested(kind)):
        text = text if _needs_no_escape(kind) else _escaped(text)
        if text.null_count == 0:
            return text, True
        text = _with_quotes(text)
    return pc.fill_null(text, "null"), False


def _is_number(kind: DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_boolean(kind))


def _is_nested(kind: DataType) -> bool:
    return bool(pa.types.is_nested(kind))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _through_python(column: Array, text_of: Callable[[Any], str]) -> Array:
    return pa.array([None if value is None else text_of(value) for value in column.to_pylist()], pa.string())


def _fixed_point(column: Array) -> Array:
    text = column.cast(pa.string())
    # Arrow writes 0.0000001 as 1E-7, which a person's spreadsheet takes for text.
    if pc.any(pc.match_substring(text, "E")).as_py():
        return _through_python(text, lambda value: format(Decimal(value), "f"))
    return text


def _instant(column: Array) -> Array:
    # A cast to a timestamp without zone keeps the instant and reads it in UTC.
    text = column.cast(pa.timestamp(column.type.unit)).cast(pa.string())
    text = pc.binary_replace_slice(text, _DAY_CHARACTERS, _DAY_CHARACTERS + 1, "T")
    text = _without_zero_fraction(text, column.type.unit)
    return pc.binary_join_element_wise(text, "Z", "") if column.type.tz else text


def _without_zero_fraction(text: Array, unit: str) -> Array:
    # Arrow writes as many digits of a second as the unit has, so zeros before a point are never reached.
    return text if unit == "s" else pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), ".")


def _compact_json(text: Array) -> Array:
    # Snowflake hands VARIANT out pretty-printed; white space outside strings says nothing.
    return pc.replace_substring_regex(text, _STRING_OR_SPACE, r"\1")


def _needs_no_escape(kind: DataType) -> bool:
    return not (pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _escaped(text: Array) -> Array:
    if pc.any(pc.match_substring_regex(text, _CONTROL)).as_py():
        return _through_python(text, lambda value: _json(value)[1:-1])
    return pc.replace_substring(pc.replace_substring(text, "\\", "\\\\"), '"', '\\"')


def _with_quotes(text: Array) -> Array:
    return pc.binary_join_element_wise('"', text, '"', "")


def write_lines(lines: Array, write: Callable[[memoryview], object], *, skip: int = 0) -> None:
    """Write an array of strings one after the other, straight from Arrow's memory.

    Args:
        lines: strings without NULLs, freshly computed (their buffer starts at the first of them).
        write: takes the bytes.
        skip: bytes to leave out at the front.
    """
    _, offsets, data = lines.buffers()
    if data is None or not len(lines):
        return
    ends = memoryview(offsets).cast("i")
    first, last = ends[lines.offset], ends[lines.offset + len(lines)]
    write(memoryview(data)[first + skip : last])
