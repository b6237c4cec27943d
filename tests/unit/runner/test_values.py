"""Values one by one, the changes between them, and what follows from locale and currency."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.numbers import get_currency_precision

from contract.presentation import ColumnFormat, ColumnKind
from runner.arrow import pa
from runner.writers.change import Change, change_of
from runner.writers.format import Column
from runner.writers.locales import currency_places
from runner.writers.values import on_the_clock, values

FAR = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_a_far_instant_stays_where_it_is_though_its_column_counts_nanoseconds() -> None:
    column = Column("until", type=pa.timestamp("ns", "UTC"))
    assert values(pa.array([FAR], pa.timestamp("us", "UTC")), column) == [FAR]


def test_a_narrow_batch_has_the_decimals_of_its_column() -> None:
    column = Column("amount", type=pa.decimal128(12, 2))
    assert str(values(pa.array([5], pa.int8()), column)[0]) == "5.00"


def test_a_clock_of_the_zone_shows_an_instant_even_at_the_end_of_all_years() -> None:
    vienna = ZoneInfo("Europe/Vienna")
    assert on_the_clock(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), vienna).isoformat() == "2026-07-02T00:30:00"
    assert on_the_clock(FAR, vienna).isoformat() == "9999-12-31T23:59:59"


@pytest.mark.parametrize(
    ("now", "before", "kind", "change"),
    [
        (12, 8, None, Change(True, ratio=Decimal("0.5"))),
        (-5, -10, None, Change(True, ratio=Decimal("0.5"))),
        (5, -10, None, Change(True, ratio=Decimal("1.5"))),
        (3, 0, None, Change(True)),
        (3, 3.0, None, Change(None)),
        (Decimal("12.5"), 10, ColumnKind.PERCENT, Change(True, points=Decimal("2.5"))),
        (float("nan"), 1, None, None),
        (1, float("inf"), None, None),
        ("text", 1, None, None),
        (None, 1, None, None),
    ],
)
def test_a_change_goes_by_what_the_figure_was(
    now: object, before: object, kind: ColumnKind | None, change: Change | None
) -> None:
    assert change_of(now, before, ColumnFormat(kind=kind)) == change


def test_a_currency_has_the_places_that_documents_give_it() -> None:
    codes = [str(code) for code in Locale("en").currencies]
    assert {code: currency_places(code) for code in codes} == {code: get_currency_precision(code) for code in codes}
