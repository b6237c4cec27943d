"""Cells as SpreadsheetML, a whole column at a time.

The hot part of a workbook. A library that takes cell by cell pays for a Python call each; here Arrow joins the text of
20,000 cells at once, which costs about a tenth. Cells carry their address, texts lie inline, NULL is no cell at all
(ECMA-376 part 1, 18.3.1.4).
"""

import re
from collections.abc import Callable
from typing import Any, Final

from runner.arrow import Array, pa, pc
from runner.writers.cells import plain_text
from runner.writers.xlsx.looks import CellKind

MAX_TEXT_UNITS: Final = 32_767
"""Characters that a cell takes, counted as UTF-16 does (Excel specifications and limits)."""

CUT_NOTE: Final = " … [cut: a cell takes 32,767 characters]"

_MAX_DIGITS: Final = 15
_EPOCH_SERIAL: Final = 25_569.0
_FIRST_SAFE_SERIAL: Final = 61.0
_DAY_US: Final = 86_400_000_000.0
_MARKUP: Final = "[&<>]"
_UNSAYABLE: Final = r"[\x00-\x08\x0b-\x1f\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}_"
_UNSAYABLE_PARTS: Final = re.compile("[\\x00-\\x08\\x0b-\\x1f\\ufffe\\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_EDGE_SPACE: Final = r"^\s|\s$|\n"
_FORMULA_START: Final = r"^[=+\-@\t\r\n]"


class Place:
    """Where a column's cells of one batch are, and in which style.

    ``style`` numbers the cell formats of the workbook; ``quoted`` is the one of texts that look like formulas.
    """

    def __init__(self, letters: str, rows: Array, style: int, quoted: int) -> None:
        """Cells in column ``letters``, in the rows whose numbers ``rows`` holds as text."""
        self._letters = letters
        self._rows = rows
        self._style = _s(style)
        self._quoted = _s(quoted)

    def numbers(self, values: Array) -> Array:
        """Cells with numbers, given as their text."""
        return self._joined(f'"{self._style}><v>', values, "</v></c>")

    def booleans(self, values: Array) -> Array:
        """Cells with TRUE and FALSE."""
        return self._joined(f'"{self._style} t="b"><v>', pc.if_else(values, "1", "0"), "</v></c>")

    def texts(self, values: Array) -> Array:
        """Cells with text, never a formula; what looks like one is marked as text, so that editing keeps it so."""
        safe = escaped(values)
        space = ' xml:space="preserve"' if _any(values, _EDGE_SPACE) else ""
        opening = f' t="inlineStr"><is><t{space}>'
        plain = self._joined(f'"{self._style}{opening}', safe, "</t></is></c>")
        if not _any(values, _FORMULA_START):
            return plain
        marked = self._joined(f'"{self._quoted}{opening}', safe, "</t></is></c>")
        return pc.if_else(pc.match_substring_regex(values, _FORMULA_START), marked, plain)

    def _joined(self, opening: str, values: Array, closing: str) -> Array:
        return pc.binary_join_element_wise(f'<c r="{self._letters}', self._rows, opening, values, closing, "")


def _s(style: int) -> str:
    return f' s="{style}"' if style else ""


def column_cells(column: Array, kind: CellKind, place: Place, time_zone: str, *, is_json: bool = False) -> Array:
    """A column's cells, NULL where there is none.

    Numbers of more than 15 digits, NaN and the infinities, and days before March 1900 are text: a spreadsheet would
    round the first, does not know the second, and counts the last wrongly.

    Args:
        column: the values.
        kind: what they are in the sheet.
        place: where they go.
        time_zone: IANA name of the zone in which instants are shown; spreadsheets have none.
        is_json: whether the texts are JSON.
    """
    match kind:
        case CellKind.BOOLEAN:
            return place.booleans(column)
        case CellKind.NUMBER:
            text = plain_text(column)
            return _some_as_text(place, text, text, told_as_text(column, text))
        case CellKind.DATE | CellKind.TIMESTAMP:
            shown = _in_zone(column, time_zone)
            serial = pc.add(_days(shown.cast(pa.timestamp("us"), safe=False)), _EPOCH_SERIAL)
            early = pc.less(serial, _FIRST_SAFE_SERIAL)
            return _some_as_text(place, serial.cast(pa.string()), plain_text(shown), early)
        case CellKind.TIME:
            return place.numbers(_days(column.cast(pa.time64("us"), safe=False)).cast(pa.string()))
        case CellKind.TEXT:
            return place.texts(plain_text(column, is_json=is_json))


def _days(since_us: Array) -> Array:
    # A double has fewer digits than the microseconds of far centuries; what it drops is far below what is shown.
    return pc.divide(since_us.cast(pa.int64()).cast(pa.float64(), safe=False), _DAY_US)


def _some_as_text(place: Place, numbers: Array, texts: Array, is_text: Array | None) -> Array:
    cells = place.numbers(numbers)
    if is_text is None or not pc.any(is_text).as_py():
        return cells
    return pc.if_else(is_text, place.texts(texts), cells)


def told_as_text(column: Array, text: Array) -> Array | None:
    """Which numbers a spreadsheet would not keep as they are; None when it keeps all.

    Args:
        column: the numbers.
        text: the same as plain text.
    """
    kind = column.type
    if pa.types.is_floating(kind):
        return pc.invert(pc.is_finite(column))
    if pa.types.is_decimal(kind) and kind.precision <= _MAX_DIGITS:
        return None
    if pa.types.is_integer(kind) and kind.bit_width <= 32:
        return None
    digits = pc.replace_substring_regex(text, r"^-?[0.]*", "")
    digits = pc.replace_substring(digits, ".", "")
    return pc.greater(pc.binary_length(pc.replace_substring_regex(digits, "0+$", "")), _MAX_DIGITS)


def _in_zone(column: Array, time_zone: str) -> Array:
    if not (pa.types.is_timestamp(column.type) and column.type.tz):
        return column
    return pc.local_timestamp(column.cast(pa.timestamp(column.type.unit, time_zone)))


def escaped(text: Array) -> Array:
    """Texts as XML has them: markup escaped, what XML cannot say as ``_x0007_``, over-long ones cut and marked."""
    if pc.any(pc.greater(pc.utf8_length(text), MAX_TEXT_UNITS // 2)).as_py():
        text = _through_python(text, _cut)
    if _any(text, _UNSAYABLE):
        text = _through_python(text, lambda value: _UNSAYABLE_PARTS.sub(_spelled, value))
    if _any(text, _MARKUP):
        for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = pc.replace_substring(text, character, entity)
    return text


def _spelled(found: "re.Match[str]") -> str:
    return f"_x{ord(found.group()):04X}_"


def _cut(value: str) -> str:
    units = value.encode("utf-16-le")
    if len(units) <= 2 * MAX_TEXT_UNITS:
        return value
    # Half of a character of two units is left out, too.
    return units[: 2 * (MAX_TEXT_UNITS - len(CUT_NOTE))].decode("utf-16-le", "ignore") + CUT_NOTE


def _any(text: Array, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(text, pattern)).as_py())


def _through_python(column: Array, text_of: Callable[[Any], str]) -> Array:
    return pa.array([None if value is None else text_of(value) for value in column.to_pylist()], pa.string())
