"""A document as its parts, all of them text already: what HTML and PDF draw, each in its own way."""

from dataclasses import dataclass
from enum import StrEnum


class News(StrEnum):
    """What a change means to the reader."""

    GOOD = "good"
    BAD = "bad"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class FigurePart:
    """One key figure: its value, and its change (arrow and sign, so that colour is not alone in telling)."""

    label: str
    value: str
    change: str
    news: News
    previous: str


@dataclass(frozen=True, slots=True)
class FiguresPart:
    """A row of key figures, and a word when there are none."""

    title: str
    figures: tuple[FigurePart, ...]
    note: str
    kind: str = "figures"


@dataclass(frozen=True, slots=True)
class ChartPart:
    """A chart: its drawing as SVG, one for phones where that is wanted, what it shows in words, what it leaves out."""

    title: str
    svg: str
    on_a_phone: str
    alt: str
    note: str
    kind: str = "chart"


@dataclass(frozen=True, slots=True)
class TablePart:
    """A table: headings, which columns stand to the right or on one line, cells, totals, and what it leaves out."""

    title: str
    headings: tuple[str, ...]
    to_the_right: tuple[bool, ...]
    on_one_line: tuple[bool, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[str, ...]
    note: str
    kind: str = "table"


Part = FiguresPart | ChartPart | TablePart


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    ``facts`` are labels and values of its cover, ``origin`` its foot line, ``direction`` is ltr or rtl.
    """

    title: str
    day: str
    description: str
    facts: tuple[tuple[str, str], ...]
    origin: str
    locale: str
    direction: str
    parts: tuple[Part, ...]
