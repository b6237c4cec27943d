"""Values of a result one by one as Python has them, for documents and for what a workbook does not stream."""

import math
import re
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any, Final

from runner.arrow import Array, DataType, pa, pc
from runner.writers.cells import plain_text
from runner.writers.format import Column

NULL: Final = "\N{EN DASH}"
# What XML 1.0 has no place for, and so no drawing: the library that makes them ends the process over one.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# Marks that turn the direction of all that follows; the letters themselves say which way they run.
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NO_CHARACTER: Final = re.compile("[\x80-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

Number = int | float | Decimal


def is_number(value: object) -> bool:
    """Whether a value is one that can be added up."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def is_finite(value: Any) -> bool:
    """Whether a value is a number that can be drawn and compared: neither NaN nor infinite."""
    return is_number(value) and (isinstance(value, int) or math.isfinite(value))


def is_numeric(kind: DataType) -> bool:
    """Whether a column of this type holds numbers."""
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind))


def printable(text: str) -> str:
    """Text without what no document can hold: a control character becomes its Unicode picture, the rest U+FFFD."""
    if text.isascii() and text.isprintable():
        return text
    pictured = _CONTROL.sub(lambda found: chr(0x2400 + min(ord(found[0]), 0x21)), _TURNS.sub("", text))
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", pictured)


def values(cells: Array, column: Column) -> list[Any]:
    """A column's cells as Python values that can be shown; what has no format of its own as its plain text."""
    kind = cells.type
    if pa.types.is_timestamp(kind):
        # Python's datetime knows microseconds. Never by way of the column's own unit: nanoseconds end in 2262.
        return list(pc.cast(cells, pa.timestamp("us", kind.tz), safe=False).to_pylist())
    if column.type is not None and not kind.equals(column.type):
        # A batch of small numbers may come in a narrower type, which would show other decimals.
        cells = pc.cast(cells, column.type, safe=False)
        kind = cells.type
    if is_numeric(kind) or pa.types.is_date(kind) or pa.types.is_boolean(kind):
        return list(cells.to_pylist())
    return list(plain_text(cells, is_json=column.is_json).to_pylist())


def on_the_clock(moment: datetime, zone: tzinfo) -> datetime:
    """What a clock of the zone shows at an instant, without a zone.

    A moment without a zone is a reading of some clock, which no conversion may change; nor may what a conversion would
    push beyond the years that Python counts (1 to 9999).
    """
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(zone)
        except OverflowError:
            return moment.replace(tzinfo=None)
    return moment.replace(tzinfo=None)
