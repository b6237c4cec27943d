"""Totals over batches: exact, NULLs left out, nothing made of nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from runner.arrow import pa
from runner.writers.totals import Kind, Total

NINES = Decimal("9" * 38)


def total(kind: Kind, *batches: Any) -> Any:
    added = Total(kind)
    for batch in batches:
        added.add(batch)
    return added.value()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("sum", Decimal("6.50")),
        ("average", Decimal("3.25")),
        ("min", Decimal("-1.00")),
        ("max", Decimal("7.50")),
        ("count", 2),
    ],
)
def test_every_kind_goes_over_all_batches_without_nulls(kind: Kind, value: object) -> None:
    money = pa.decimal128(10, 2)
    batches = [pa.array([Decimal("-1.00"), None], money), pa.array([], money), pa.array([Decimal("7.50")], money)]
    assert total(kind, *batches) == value


def test_sums_beyond_what_a_machine_word_holds_are_exact() -> None:
    assert total("sum", pa.array([2**63 - 1] * 2), pa.array([1])) == 2**64 - 1
    assert total(
        "sum", pa.array([NINES] * 2, pa.decimal128(38, 0)), pa.array([NINES], pa.decimal128(38, 0))
    ) == 3 * int(NINES)


def test_days_have_a_first_and_a_last_and_texts_only_a_count() -> None:
    days = pa.array([date(2026, 1, 2), date(2025, 1, 2)])
    assert (total("min", days), total("max", days), total("sum", days)) == (date(2025, 1, 2), date(2026, 1, 2), None)
    texts = pa.array(["1", "2"])
    assert (total("sum", texts), total("max", texts), total("count", texts)) == (None, None, 2)


def test_nothing_has_no_total_but_a_count_of_none() -> None:
    nothing = pa.array([None], pa.int64())
    assert [total(kind, nothing) for kind in ("sum", "average", "max", "count")] == [None, None, None, 0]


def test_what_is_no_finite_number_counts_and_is_left_out_of_all_else() -> None:
    amounts = pa.array([1.0, float("nan"), None, float("inf"), 3.0])
    kinds: tuple[Kind, ...] = ("sum", "average", "min", "max", "count")
    assert [total(kind, amounts) for kind in kinds] == [4.0, 2.0, 1.0, 3.0, 4]


def test_an_average_has_no_more_places_than_a_person_reads() -> None:
    assert str(total("average", pa.array([1, 1, 3]))) == "1.666667"
    assert str(total("average", pa.array([1, 2]))) == "1.5"
