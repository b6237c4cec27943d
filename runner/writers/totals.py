"""A column's total over all rows, also of those that a document does not show."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, Final, Literal

from runner.arrow import Array, DataType, pa, pc
from runner.writers.values import is_numeric

_DIGITS: Final = 100
_MORE_PLACES: Final = 6
Kind = Literal["sum", "average", "min", "max", "count"]


class Total:
    """Adds a column up, batch by batch; NULLs are left out, and of all but a count NaN and infinities, too.

    Decimals stay exact. A sum of floats may go beyond what they hold, and then is infinite.
    """

    def __init__(self, kind: Kind) -> None:
        """Begin with nothing."""
        self.kind = kind
        self._count = 0
        self._value: Any = None

    def add(self, cells: Array) -> None:
        """Take the cells of a batch; what cannot be added up, text for example, only counts."""
        cells = pc.drop_null(cells)
        if pa.types.is_floating(cells.type) and self.kind != "count":
            # A spreadsheet has no cell for these, so its formulas pass over them.
            cells = pc.filter(cells, pc.is_finite(cells))
        self._count += len(cells)
        if not len(cells) or self.kind == "count":
            return
        if self.kind in {"min", "max"}:
            found = pc.min_max(_in_python(cells))[self.kind].as_py() if _has_order(cells.type) else None
            if found is not None:
                chosen = min if self.kind == "min" else max
                self._value = found if self._value is None else chosen(self._value, found)
        elif (found := _sum(cells)) is not None:
            with localcontext(prec=_DIGITS):
                self._value = found if self._value is None else self._value + found

    def value(self) -> Any:
        """The total so far, or None when there is none."""
        if self.kind == "count":
            return self._count
        if self.kind == "average" and self._value is not None:
            with localcontext(prec=_DIGITS, rounding=ROUND_HALF_UP):
                return _readable(self._value / self._count, self._value)
        return self._value


def _sum(cells: Array) -> Any:
    kind = cells.type
    if pa.types.is_decimal(kind):
        # 38 digits and more of them than anybody has rows cannot overflow 76.
        return pc.sum(pc.cast(cells, pa.decimal256(76, kind.scale))).as_py()
    if pa.types.is_integer(kind):
        # An integer of Arrow would silently begin anew beyond 64 bits.
        return Decimal(pc.sum(pc.cast(cells, pa.decimal128(38, 0))).as_py())
    return pc.sum(cells).as_py() if pa.types.is_floating(kind) else None


def _readable(mean: Any, whole: Any) -> Any:
    """A mean with a few more places than what it is of, where a third would have as many as there are."""
    if not isinstance(mean, Decimal):
        return mean
    most = _MORE_PLACES - min(0, int(whole.as_tuple().exponent))
    return round(mean, most) if -int(mean.as_tuple().exponent) > most else mean


def _has_order(kind: DataType) -> bool:
    return is_numeric(kind) or bool(pa.types.is_date(kind) or pa.types.is_timestamp(kind))


def _in_python(cells: Array) -> Array:
    # Python's datetime knows microseconds.
    kind = cells.type
    return pc.cast(cells, pa.timestamp("us", kind.tz), safe=False) if pa.types.is_timestamp(kind) else cells
