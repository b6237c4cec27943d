"""Single values on the sheets that the library XlsxWriter makes: the summary, and what charts are drawn from."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from runner.writers.values import NULL, is_finite, is_number, on_the_clock, printable
from runner.writers.xlsx.looks import CellKind, Look

MAX_DIGITS: Final = 15
"""Digits of a number that a spreadsheet keeps."""

_FIRST_SAFE_DAY: Final = date(1900, 3, 1)
_LONGEST: Final = 1_000


def write_value(sheet: Any, place: tuple[int, int], value: Any, look: Look, cell_format: Any, zone: ZoneInfo) -> None:
    """Write a value as the streamed rows have it: what a spreadsheet has no cell for as text, NULL as an en dash.

    Args:
        sheet: of the library.
        place: row and column, counted from 0.
        value: as ``values`` gives it.
        look: of the value's column.
        cell_format: of the library, with the number format of the look.
        zone: in which instants are shown.
    """
    row, column = place
    if isinstance(value, datetime):
        value = on_the_clock(value, zone)
    if is_day(value):
        sheet.write_datetime(row, column, value, cell_format)
    elif is_number(value) and look.cell is not CellKind.TEXT and _is_kept(value):
        sheet.write_number(row, column, float(value), cell_format)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, cell_format)
    else:
        sheet.write_string(row, column, text_of(value, zone), cell_format)


def text_of(value: Any, zone: ZoneInfo) -> str:
    """A value in words."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return on_the_clock(value, zone).isoformat(" ", "seconds")
    said = format(value, "f") if isinstance(value, Decimal) else printable(str(value))
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def is_day(value: Any) -> bool:
    """Whether a value is a day or an instant that a spreadsheet counts rightly: it does so from March 1900 on."""
    return isinstance(value, date) and (value.date() if isinstance(value, datetime) else value) >= _FIRST_SAFE_DAY


def _is_kept(value: Any) -> bool:
    # Further digits of a float say nothing about what it stands for.
    if not is_finite(value):
        return False
    return isinstance(value, float) or len(Decimal(value).normalize().as_tuple().digits) <= MAX_DIGITS
