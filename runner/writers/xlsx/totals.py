"""The last line of a sheet: what a column comes to, as a formula that minds the filter, with its value computed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from runner.arrow import Array, pa, pc
from runner.writers import totals
from runner.writers.cells import plain_text
from runner.writers.totals import Kind
from runner.writers.values import is_finite, on_the_clock
from runner.writers.xlsx.cells import told_as_text
from runner.writers.xlsx.single import is_day, text_of

_FUNCTIONS: Final = {
    # SUBTOTAL's numbers of functions that leave hidden rows out, and the plain function for several sheets (Excel).
    "average": (101, "AVERAGE"),
    "count": (103, "COUNTA"),
    "max": (104, "MAX"),
    "min": (105, "MIN"),
    "sum": (109, "SUM"),
}

_BEFORE_ALL: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets have no zones


@dataclass(frozen=True, slots=True)
class Total:
    """A total as the sheet takes it: the formula without ``=`` and its value, or a text when cells hold texts.

    A formula would pass over numbers that are too long for a spreadsheet and therefore stand there as text.
    """

    formula: str
    value: float
    text: str | None = None


class Tally:
    """A column's total in the making, reckoned as documents do."""

    def __init__(self, function: Kind, time_zone: str) -> None:
        """Add up for this function; instants are shown in the zone."""
        self._function = function
        self._zone = ZoneInfo(time_zone)
        self._total = totals.Total(function)
        self._exact = True

    def add(self, column: Array) -> None:
        """Take the values of one batch; NULL counts for nothing, and NaN and infinities count only."""
        self._total.add(column)
        kind = column.type
        if self._function != "count" and (pa.types.is_integer(kind) or pa.types.is_decimal(kind)):
            as_text = told_as_text(column, plain_text(column))
            self._exact = self._exact and (as_text is None or not pc.any(as_text).as_py())

    def total(self, ranges: list[str]) -> Total:
        """The total over the cells of one sheet, or of several."""
        number, name = _FUNCTIONS[self._function]
        formula = f"SUBTOTAL({number},{ranges[0]})" if len(ranges) == 1 else f"{name}({','.join(ranges)})"
        value = self._total.value()
        if isinstance(value, date):
            if not is_day(value):
                return Total(formula, 0, text_of(value, self._zone))
            return Total(formula, _serial(value, self._zone))
        # A formula over nothing comes to 0.
        value = 0 if value is None else value
        if not is_finite(value) or not is_finite(float(value)):
            return Total(formula, 0, text_of(value, self._zone))
        return Total(formula, float(value), None if self._exact else text_of(Decimal(value), self._zone))


def _serial(value: date, zone: ZoneInfo) -> float:
    """A day or an instant as the number of days that a spreadsheet knows it by."""
    if not isinstance(value, datetime):
        return float((value - _BEFORE_ALL.date()).days)
    return (on_the_clock(value, zone) - _BEFORE_ALL) / timedelta(days=1)
