"""Values as a person reads them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.presentation import ColumnFormat, ColumnKind
from runner.writers.shown import Shown, heading
from runner.writers.values import printable

PLAIN = ColumnFormat()
NUMBER = ColumnFormat(kind=ColumnKind.NUMBER)
EUROS = ColumnFormat(kind=ColumnKind.CURRENCY, currency="EUR")
PERCENT = ColumnFormat(kind=ColumnKind.PERCENT, decimals=1)
AMERICAN, GERMAN = Shown("en-US", "America/New_York"), Shown("de-DE", "Europe/Berlin")


@pytest.mark.parametrize(
    ("value", "look", "american", "german"),
    [
        (None, PLAIN, "\N{EN DASH}", "\N{EN DASH}"),
        (2026, PLAIN, "2026", "2026"),
        (1234567, NUMBER, "1,234,567", "1.234.567"),
        (Decimal("1234.50"), PLAIN, "1,234.50", "1.234,50"),
        (Decimal("0.125"), ColumnFormat(decimals=2), "0.13", "0,13"),
        (Decimal("-2.5"), ColumnFormat(decimals=0), "-3", "-3"),
        (
            Decimal(12345678901234567890123456789012345678),
            NUMBER,
            "12,345,678,901,234,567,890,123,456,789,012,345,678",
            "12.345.678.901.234.567.890.123.456.789.012.345.678",
        ),
        (0.1 + 0.2, PLAIN, "0.3", "0,3"),
        (1e300, PLAIN, "1E300", "1E300"),
        (float("nan"), PLAIN, "NaN", "NaN"),
        (float("-inf"), PLAIN, "-∞", "-∞"),
        (Decimal("-1234.5"), EUROS, "-€1,234.50", "-1.234,50\xa0€"),
        (1234, ColumnFormat(kind=ColumnKind.CURRENCY, currency="JPY"), "¥1,234", "1.234\xa0¥"),
        (Decimal("12.34"), PERCENT, "12.3%", "12,3\xa0%"),
        (0.25, ColumnFormat(kind=ColumnKind.PERCENT, fraction=True), "25%", "25\xa0%"),
        (Decimal("16302.00"), ColumnFormat(kind=ColumnKind.TEXT), "16302.00", "16302.00"),
        (date(2026, 11, 2), PLAIN, "Nov 2, 2026", "02.11.2026"),
        (date(2026, 11, 2), ColumnFormat(kind=ColumnKind.MONTH), "Nov 2026", "Nov. 2026"),
        (
            datetime(2026, 11, 2, 23, 30, tzinfo=UTC),
            PLAIN,
            "Nov 2, 2026, 6:30:00\u202fPM",
            "03.11.2026, 00:30:00",
        ),
        (
            datetime(2026, 11, 1, 23, 30, tzinfo=UTC),
            ColumnFormat(kind=ColumnKind.DATE),
            "Nov 1, 2026",
            "02.11.2026",
        ),
        (
            datetime(2026, 12, 1, 1, 30, tzinfo=UTC),
            ColumnFormat(kind=ColumnKind.MONTH),
            "Nov 2026",
            "Dez. 2026",
        ),
        (True, PLAIN, "true", "true"),
        ("12", ColumnFormat(kind=ColumnKind.NUMBER), "12", "12"),
    ],
)
def test_a_value_is_shown_as_its_locale_and_zone_have_it(
    value: Any, look: ColumnFormat, american: str, german: str
) -> None:
    assert (AMERICAN.text(value, look), GERMAN.text(value, look)) == (american, german)


def test_a_timestamp_without_zone_is_not_converted() -> None:
    reading = datetime(2026, 11, 2, 23, 30)  # noqa: DTZ001 - a value without zone is the case
    assert AMERICAN.text(reading, PLAIN) == "Nov 2, 2026, 11:30:00\u202fPM"


@pytest.mark.parametrize(
    ("value", "look", "text"),
    [
        (0, EUROS, "€0"),
        (1_250_000, EUROS, "€1.25M"),
        (15_000, PLAIN, "15K"),
        (0.25, PLAIN, "0.25"),
        (12.5, PERCENT, "12.5%"),
        (2e299, PLAIN, "2E299"),
    ],
)
def test_the_marks_of_an_axis_are_short(value: float, look: ColumnFormat, text: str) -> None:
    assert AMERICAN.short(value, look) == text


def test_a_locale_without_a_word_for_thousands_separates_them() -> None:
    assert GERMAN.short(250_000, PLAIN) == "250.000"


@pytest.mark.parametrize(
    ("name", "look", "title"),
    [
        ("average_order_value", PLAIN, "Average order value"),
        ("REVENUE", PLAIN, "Revenue"),
        ("x", ColumnFormat(title="Größe"), "Größe"),
        ("_", PLAIN, "_"),
    ],
)
def test_a_column_without_title_is_called_by_its_name_in_words(name: str, look: ColumnFormat, title: str) -> None:
    assert heading(name, look) == title


def test_what_no_document_can_hold_is_pictured() -> None:
    assert printable("a\x00b\x1f\x7f\ufffe\u202ec\n\t") == "a\u2400b\u241f\u2421\ufffdc\n\t"


def test_printable_text_is_fit_for_xml() -> None:
    every = printable("".join(map(chr, range(0x10000))))
    assert not [c for c in every if not (c in "\t\n\r" or " " <= c < "\ud800" or "\udfff" < c < "\ufffe")]


@given(st.decimals(-(10**37), 10**37, allow_nan=False, allow_infinity=False, places=1))
def test_no_digit_of_a_decimal_is_lost(value: Decimal) -> None:
    assert Decimal(AMERICAN.text(value, PLAIN).replace(",", "")) == value
