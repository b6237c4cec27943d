"""How a key figure changed since the period before: the one reckoning for documents and workbooks."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from contract.presentation import ColumnFormat, ColumnKind
from runner.writers.values import is_finite

UP: Final = "\N{BLACK UP-POINTING TRIANGLE}"
DOWN: Final = "\N{BLACK DOWN-POINTING TRIANGLE}"
UNCHANGED: Final = "unchanged"
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Change:
    """A change.

    Attributes:
        up: whether it goes up; None when the figure stands still.
        ratio: of the figure before (0.25 is a quarter more); None where it is in points, or where that was 0.
        points: percentage points, between two percentages.
    """

    up: bool | None
    ratio: Decimal | None = None
    points: Decimal | None = None

    @property
    def arrow(self) -> str:
        """Which way it goes, as a sign."""
        return "" if self.up is None else UP if self.up else DOWN


def change_of(value: Any, previous: Any, look: ColumnFormat) -> Change | None:
    """The change between two values of columns with this look; None unless both are finite numbers."""
    if not (is_finite(value) and is_finite(previous)):
        return None
    now, before = Decimal(str(value)), Decimal(str(previous))
    if now == before:
        return Change(None)
    up = now > before
    if look.kind is ColumnKind.PERCENT:
        return Change(up, points=(now - before) * (_PERCENT if look.fraction else 1))
    # Nothing can be said in percent of nothing.
    return Change(up, None if before == 0 else (now - before) / abs(before))


def places_of_points(look: ColumnFormat) -> int:
    """Places after the point of percentage points."""
    return 1 if look.decimals is None else look.decimals
