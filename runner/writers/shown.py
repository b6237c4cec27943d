"""A value as a person reads it: numbers, money, percentages, days and instants in the words of a locale and a zone.

Documents and charts take their text from here, so that a figure looks the same in each. Data files do not: there the
values stay as they are (``cells``).
"""

import copy
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import (
    NumberPattern,
    format_compact_currency,
    format_compact_decimal,
    format_scientific,
    get_currency_precision,
)

from contract.presentation import ColumnFormat, ColumnKind
from runner.writers.values import NULL, Number, is_number, on_the_clock, printable

_PERCENT: Final = 100
_FLOAT_PLACES: Final = 6
# 38 digits of Snowflake, with room for what a locale puts between.
_DIGITS: Final = 120
_LEAST: Final = 1e-6
_MOST: Final = 1e21
_SHORT_LEAST: Final = 0.01
_SHORT_MOST: Final = 1e15
_SCIENTIFIC: Final = "0.#####E0"
_LONG: Final = re.compile(r"\d{4}")
_DAYS: Final = frozenset({ColumnKind.DATE, ColumnKind.MONTH})


def heading(name: str, look: ColumnFormat) -> str:
    """The title of a column: the one it was given, or its name in words."""
    if look.title:
        return look.title
    words = " ".join(name.replace("_", " ").split())
    return f"{words[:1].upper()}{words[1:].lower()}" if words else name


class Shown:
    """Turns values into text for readers of one locale and time zone."""

    def __init__(self, locale: str, time_zone: str) -> None:
        """Take a locale such as ``de-CH`` and an IANA zone such as ``Europe/Zurich``.

        Raises:
            ValueError: Babel knows no such locale, or the zone's name is malformed.
            KeyError: there is no such zone.
        """
        self._locale = Locale.parse(locale, sep="-")
        self._zone = ZoneInfo(time_zone)

    @property
    def direction(self) -> str:
        """Which way the locale's text runs: ``ltr`` or ``rtl``."""
        return self._locale.text_direction

    def text(self, value: Any, look: ColumnFormat) -> str:
        """The value in the column's format, or as its own kind when it does not fit that; NULL is an en dash.

        Rounding is half away from zero, as the reports' own figures are rounded.
        """
        if value is None:
            return NULL
        if is_number(value):
            # A number that is a name, an id for example, is neither grouped nor rounded.
            return format(_decimal(value), "f") if look.kind is ColumnKind.TEXT else self._amount(value, look)
        if isinstance(value, datetime):
            there = on_the_clock(value, self._zone)
            return self._day(there.date(), look) if look.kind in _DAYS else self._instant(there)
        if isinstance(value, date):
            return self._day(value, look)
        if isinstance(value, bool):
            return "true" if value else "false"
        return printable(str(value))

    def short(self, value: float, look: ColumnFormat) -> str:
        """An amount in few letters, for the marks of an axis: ``$1.2M``."""
        if value and not _SHORT_LEAST <= abs(value) < _SHORT_MOST:
            return self._scientific(value)
        with _exact():
            if look.kind is ColumnKind.PERCENT:
                return self._amount(value, look.model_copy(update={"decimals": None}))
            if look.kind is ColumnKind.CURRENCY and look.currency:
                shown = format_compact_currency(_decimal(value), look.currency, locale=self._locale, fraction_digits=2)
            else:
                shown = format_compact_decimal(_decimal(value), locale=self._locale, fraction_digits=2)
        # Some locales leave thousands as they are; then they want their separators.
        return self._amount(value, look.model_copy(update={"decimals": 0})) if _LONG.search(shown) else shown

    def count(self, number: int) -> str:
        """A count with the locale's separators."""
        return self._amount(number, ColumnFormat(kind=ColumnKind.NUMBER))

    def percent(self, ratio: Number, decimals: int) -> str:
        """A ratio (0.25) as percent with its sign (``+25.0%``)."""
        return self._signed(ratio, _patterns(self._locale).percent, decimals)

    def points(self, difference: Number, decimals: int) -> str:
        """A difference between two percentages, in percentage points (``+1.2 pp``)."""
        return f"{self._signed(difference, _patterns(self._locale).number, decimals)} pp"

    def instant(self, moment: datetime) -> str:
        """A moment to the minute, with its zone."""
        there = moment.astimezone(self._zone)
        minute = format_time(there, "short", tzinfo=self._zone, locale=self._locale)
        return f"{format_date(there, 'medium', locale=self._locale)}, {minute} {there.tzname()}"

    def long_day(self, day: date) -> str:
        """A day with its month in full."""
        return format_date(day, "long", locale=self._locale)

    def _amount(self, value: Number, look: ColumnFormat) -> str:
        if isinstance(value, float | Decimal) and not Decimal(value).is_finite():
            return str(value).replace("inf", "\N{INFINITY}").replace("Infinity", "\N{INFINITY}").replace("nan", "NaN")
        if isinstance(value, float) and value and not _LEAST <= abs(value) < _MOST:
            # Beyond what a person counts in, and what a float knows exactly.
            return self._scientific(value)
        patterns = _patterns(self._locale)
        if look.kind is ColumnKind.CURRENCY and look.currency:
            decimals = get_currency_precision(look.currency) if look.decimals is None else look.decimals
            return self._applied(value, patterns.money, (decimals, decimals), currency=look.currency)
        if look.kind is ColumnKind.PERCENT:
            with _exact():
                percent = _decimal(value) * _PERCENT if look.fraction else _decimal(value)
                places = _places(float(percent) if isinstance(value, float) else percent, look.decimals)
                return self._applied(percent / _PERCENT, patterns.percent, places)
        places = _places(value, look.decimals)
        if look.kind is None and look.decimals is None and places == (0, 0):
            # A whole number nobody gave a format may be a year or an id, which separators would spoil.
            return format(_decimal(value), "f")
        return self._applied(value, patterns.number, places)

    def _scientific(self, value: Number) -> str:
        return format_scientific(_decimal(value), format=_SCIENTIFIC, locale=self._locale)

    def _signed(self, value: Number, pattern: NumberPattern, decimals: int) -> str:
        return ("+" if value > 0 else "") + self._applied(value, pattern, (decimals, decimals))

    def _applied(
        self, value: Number, pattern: NumberPattern, places: tuple[int, int], *, currency: str | None = None
    ) -> str:
        pattern = copy.copy(pattern)
        pattern.frac_prec = places
        with _exact():
            applied: str = pattern.apply(_decimal(value), self._locale, currency=currency, currency_digits=False)
        return applied

    def _day(self, day: date, look: ColumnFormat) -> str:
        if look.kind is ColumnKind.MONTH:
            return format_skeleton("yMMM", day, locale=self._locale)
        return format_date(day, "medium", locale=self._locale)

    def _instant(self, there: datetime) -> str:
        # What a clock shows already, so there is nothing to convert.
        return format_datetime(there, "medium", tzinfo=UTC, locale=self._locale)


class _Patterns:
    def __init__(self, locale: Locale) -> None:
        self.number: NumberPattern = locale.decimal_formats[None]
        self.percent: NumberPattern = locale.percent_formats[None]
        self.money: NumberPattern = locale.currency_formats["standard"]


_patterns: Callable[[Locale], _Patterns] = cache(_Patterns)


def _exact() -> AbstractContextManager[Context]:
    return localcontext(prec=_DIGITS, rounding=ROUND_HALF_UP)


def _decimal(value: Number) -> Decimal:
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def _places(value: Number, wanted: int | None) -> tuple[int, int]:
    """The least and the most places after the decimal point."""
    if wanted is not None:
        return wanted, wanted
    exponent = _decimal(value).as_tuple().exponent
    places = max(0, -exponent) if isinstance(exponent, int) else 0
    return (0, min(places, _FLOAT_PLACES)) if isinstance(value, float) else (places, places)
