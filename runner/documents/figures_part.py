"""Key figures as a part of a document: the value, and how it changed since the period before."""

from contract.presentation import ColumnFormat, KeyFigure, KeyFigures
from runner.documents.kept import KeptFigures, places
from runner.documents.parts import FigurePart, FiguresPart, News
from runner.writers.change import UNCHANGED, Change, change_of, places_of_points
from runner.writers.format import Result
from runner.writers.shown import Shown
from runner.writers.values import printable


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
    if (change := change_of(value, previous, look)) is None:
        return FigurePart(label, text, "", News.NEITHER, before)
    news = News.NEITHER if change.up is None else News.GOOD if change.up is (figure.good == "up") else News.BAD
    return FigurePart(label, text, _in_words(change, look, shown), news, before)


def _in_words(change: Change, look: ColumnFormat, shown: Shown) -> str:
    if change.up is None:
        return UNCHANGED
    if change.points is not None:
        return f"{change.arrow} {shown.points(change.points, places_of_points(look))}"
    return change.arrow if change.ratio is None else f"{change.arrow} {shown.percent(change.ratio, 1)}"
