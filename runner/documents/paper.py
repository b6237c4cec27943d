"""How a table goes on paper: how wide its columns are, whether the sheet is turned, where a wide one is split."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from runner.documents.letters import letters
from runner.documents.parts import TablePart
from runner.writers.locales import has_letter_paper

# Measured of FiraGO: the width of an average letter or digit, as a share of the letters' size.
_LETTER: Final = 0.56
_INSET_PT: Final = 9.0
_APART_PT: Final = 6.0
_WIDEST: Final = 48
_NARROWEST_TEXT: Final = 14
_NARROWEST_PROSE: Final = 28
_PROSE: Final = 120
# Letters' sizes to try in turn, upright and then turned.
_UPRIGHT_PT: Final = (8.5, 7.5)
_TURNED_PT: Final = (8.5, 7.5)


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet: its name, and the room between its margins in points, upright and turned."""

    name: str
    upright_pt: float
    turned_pt: float


A4: Final = Paper("a4", 504.0, 751.0)
LETTER: Final = Paper("us-letter", 521.0, 701.0)


def paper_of(locale: str) -> Paper:
    """The sheet that offices of a locale use."""
    return LETTER if has_letter_paper(locale) else A4


@dataclass(frozen=True, slots=True)
class Spread:
    """A table's columns in groups, each with its widths in points, all of one letter size, upright or turned."""

    groups: tuple[tuple[int, ...], ...]
    widths: tuple[tuple[float, ...], ...]
    size_pt: float
    turned: bool


def spread_out(part: TablePart, paper: Paper) -> Spread:
    """The most readable way to put a table on paper; too wide a table is split, its first column on each piece."""
    least, wanted = _lengths(part)
    every = tuple(range(len(least)))
    apart = apart_pt(part)
    sheets = [(size, paper.upright_pt, False) for size in _UPRIGHT_PT]
    sheets += [(size, paper.turned_pt, True) for size in _TURNED_PT]
    for size, room, turned in sheets:
        low = _points(least, apart, size)
        if sum(low) <= room:
            return Spread((every,), (_shared(low, _points(wanted, apart, size), room),), size, turned)
    size, room = _TURNED_PT[-1], paper.turned_pt
    low, high = _points(least, apart, size), _points(wanted, apart, size)
    groups = _groups(low, room)
    widths = [_shared([low[c] for c in group], [high[c] for c in group], room) for group in groups]
    return Spread(tuple(groups), tuple(widths), size, turned=True)


def apart_pt(part: TablePart) -> tuple[float, ...]:
    """The room before each column in points, besides what each has: a text that follows numbers would touch them."""
    return tuple(_APART_PT * (before and not here) for before, here in pairwise((False, *part.to_the_right)))


def _lengths(part: TablePart) -> tuple[list[int], list[int]]:
    """The least and the wanted width of each column in letters."""
    least, wanted = [], []
    for column, (heading, whole) in enumerate(zip(part.headings, part.on_one_line, strict=True)):
        cells = [row[column] for row in (*part.rows, *((part.totals,) if part.totals else ()))]
        longest = max((letters(line) for cell in cells for line in cell.split("\n")), default=0)
        of_heading = max((letters(word) for word in heading.split()), default=1)
        most = max(min(longest, _WIDEST), min(letters(heading), _WIDEST))
        keeps_whole = longest if whole else min(longest, _NARROWEST_TEXT if longest <= _PROSE else _NARROWEST_PROSE)
        least.append(max(min(of_heading, _NARROWEST_TEXT), keeps_whole, 2))
        wanted.append(max(most, least[-1]))
    return least, wanted


def _points(lengths: Sequence[int], apart: Sequence[float], size: float) -> list[float]:
    return [length * size * _LETTER + _INSET_PT + before for length, before in zip(lengths, apart, strict=True)]


def _shared(low: Sequence[float], high: Sequence[float], room: float) -> tuple[float, ...]:
    """Widths that fill the room: each column its least, then towards what it wants, then its share of the rest."""
    over = room - sum(low)
    wish = sum(high) - sum(low)
    part = 1.0 if wish <= 0 else min(1.0, max(0.0, over / wish))
    widths = [a + (b - a) * part for a, b in zip(low, high, strict=True)]
    stretch = max(1.0, room / sum(widths))
    return tuple(round(width * stretch, 2) for width in widths)


def _groups(widths: Sequence[float], room: float) -> list[tuple[int, ...]]:
    """Columns in order, as many on each piece as fit beside the first."""
    starts, used = [1], widths[0]
    for column in range(1, len(widths)):
        if used + widths[column] > room and column > starts[-1]:
            starts.append(column)
            used = widths[0]
        used += widths[column]
    return [(0, *range(first, last)) for first, last in pairwise([*starts, len(widths)])]
