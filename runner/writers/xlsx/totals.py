"""The last line of a sheet: what a column comes to, as a formula that minds the filter, with its value computed."""

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

from runner.arrow import Array, pa, pc
from runner.writers.cells import plain_text
from runner.writers.xlsx.cells import told_as_text

_FUNCTIONS: Final = {
    # SUBTOTAL's numbers of functions that leave hidden rows out, and the plain function for several sheets (Excel).
    "average": (101, "AVERAGE"),
    "count": (103, "COUNTA"),
    "max": (104, "MAX"),
    "min": (105, "MIN"),
    "sum": (109, "SUM"),
}

_EXACT: Final = Context(prec=80)


@dataclass(frozen=True, slots=True)
class Total:
    """A total as the sheet takes it: the formula without ``=`` and its value, or a text when cells hold texts.

    A formula would pass over numbers that are too long for a spreadsheet and therefore stand there as text.
    """

    formula: str
    value: float
    text: str | None = None


class Tally:
    """A column's total in the making."""

    def __init__(self, function: str) -> None:
        """Add up for ``sum``, ``average``, ``min``, ``max`` or ``count``."""
        self._function = function
        self._count = 0
        self._sum: Decimal | float = Decimal(0)
        self._least: Any = None
        self._most: Any = None
        self._exact = True

    def add(self, column: Array) -> None:
        """Take the values of one batch; NULL and NaN count for nothing."""
        values = pc.drop_null(column)
        if pa.types.is_floating(column.type):
            values = pc.filter(values, pc.is_finite(values))
        elif self._function != "count":
            as_text = told_as_text(values, plain_text(values))
            self._exact = self._exact and (as_text is None or not pc.any(as_text).as_py())
        if not len(values):
            return
        self._count += len(values)
        if self._function in {"sum", "average"}:
            self._sum = _added(self._sum, values)
        if self._function in {"min", "max"}:
            ends = pc.min_max(values).as_py()
            self._least = ends["min"] if self._least is None else min(self._least, ends["min"])
            self._most = ends["max"] if self._most is None else max(self._most, ends["max"])

    def total(self, ranges: list[str]) -> Total:
        """The total over the cells of one sheet, or of several."""
        number, name = _FUNCTIONS[self._function]
        formula = f"SUBTOTAL({number},{ranges[0]})" if len(ranges) == 1 else f"{name}({','.join(ranges)})"
        value = self._value()
        return Total(formula, float(value), None if self._exact or self._function == "count" else f"{value:f}")

    def _value(self) -> Any:
        match self._function:
            case "sum":
                return self._sum
            case "average":
                return float(self._sum) / self._count if self._count else 0
            case "count":
                return self._count
            case "min":
                return self._least if self._least is not None else 0
            case _:
                return self._most if self._most is not None else 0


def _added(so_far: Decimal | float, values: Array) -> Decimal | float:
    kind = values.type
    if pa.types.is_floating(kind):
        return float(so_far) + float(pc.sum(values).as_py())
    # Arrow's own sums of whole numbers go round beyond 64 bits.
    exact = values.cast(pa.decimal256(76, kind.scale if pa.types.is_decimal(kind) else 0))
    return _EXACT.add(Decimal(so_far), pc.sum(exact).as_py())
