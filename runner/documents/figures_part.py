"""Key figures as a part of a document: the value, and how it changed since the period before."""

from decimal import Decimal
from typing import Any

from contract.presentation import ColumnFormat, ColumnKind, KeyFigure, KeyFigures
from runner.documents.kept import KeptFigures, places
from runner.documents.parts import FigurePart, FiguresPart, News
from runner.writers.format import Result
from runner.writers.shown import Shown, is_number, printable

_PERCENT = 100


def figures_part(title: str, section: KeyFigures, kept: KeptFigures, result: Result, shown: Shown) -> FiguresPart:
    """The figures of a query's first row; without a row each is an en dash."""
    figures = tuple(_figure(figure, section, kept, result, shown) for figure in section.figures)
    return FiguresPart(title, figures, "" if kept.row is not None else "No rows.")


def _figure(figure: KeyFigure, section: KeyFigures, kept: KeptFigures, result: Result, shown: Shown) -> FigurePart:
    row = kept.row or {}
    place = places([figure.value], result, "key figures")[0]
    look, value = result.columns[place].look, row.get(place)
    label, text = printable(figure.label), shown.text(value, look)
    if figure.previous is None:
        return FigurePart(label, text, "", News.NEITHER, "")
    previous = row.get(places([figure.previous], result, "key figures")[0])
    before = f"{printable(section.compared_with)}: {shown.text(previous, look)}"
    if not (_finite(value) and _finite(previous)):
        return FigurePart(label, text, "", News.NEITHER, before)
    change, up = _change(Decimal(str(value)), Decimal(str(previous)), look, shown)
    news = News.NEITHER if up is None else News.GOOD if up is (figure.good == "up") else News.BAD
    return FigurePart(label, text, change, news, before)


def _change(value: Decimal, previous: Decimal, look: ColumnFormat, shown: Shown) -> tuple[str, bool | None]:
    """The change in words, and whether it goes up; nothing when it stands still."""
    if value == previous:
        return "unchanged", None
    up = value > previous
    arrow = "\N{BLACK UP-POINTING TRIANGLE}" if up else "\N{BLACK DOWN-POINTING TRIANGLE}"
    if look.kind is ColumnKind.PERCENT:
        points = (value - previous) * (_PERCENT if look.fraction else 1)
        return f"{arrow} {shown.points(points, 1 if look.decimals is None else look.decimals)}", up
    if previous == 0:
        # Nothing can be said in percent of nothing.
        return arrow, up
    return f"{arrow} {shown.percent((value - previous) / abs(previous), 1)}", up


def _finite(value: Any) -> bool:
    return is_number(value) and Decimal(str(value)).is_finite()
