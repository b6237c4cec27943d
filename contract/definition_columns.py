"""Columns that a definition names, compared with those that its queries give."""

from collections.abc import Iterator, Mapping, Sequence

from contract.meant import nearest
from contract.presentation import ChartSection, KeyFigures, Section, TableSection
from contract.refusal import Problem, shown
from contract.report import ReportDefinition


def problems(report: ReportDefinition, columns: Mapping[str, Sequence[str]], root: str) -> Iterator[Problem]:
    """Names of columns that no query gives, and columns that a query gives twice.

    Args:
        report: the definition.
        columns: the columns of each query that compiled, by the query's name.
        root: the definition's own name, before the keys in each problem's field.
    """
    for at, query in enumerate(report.queries):
        if query.name not in columns:
            continue
        there = [name.lower() for name in columns[query.name]]
        if twice := sorted({name for name in there if there.count(name) > 1}):
            yield Problem(
                f"{root}.queries[{at}].sql",
                f"gives more than one column {', '.join(twice)}; give each a name of its own with AS",
            )
        for name in query.columns:
            if name.lower() not in there:
                yield Problem(f"{root}.queries[{at}].columns.{name}", _absent(name, query.name, there))
    for at, section in enumerate(report.sections):
        if section.query in columns:
            there = [name.lower() for name in columns[section.query]]
            for place, name in _named(section):
                if name.lower() not in there:
                    yield Problem(f"{root}.sections[{at}].{place}", _absent(name, section.query, there))


def _absent(name: str, query: str, there: Sequence[str]) -> str:
    return f"{shown(name)} is no column of query {query}; {nearest(name.lower(), there)}"


def _named(section: Section) -> Iterator[tuple[str, str]]:
    """Place and name of every column that a section shows."""
    match section:
        case KeyFigures():
            for at, figure in enumerate(section.figures):
                yield f"figures[{at}].value", figure.value
                if figure.previous is not None:
                    yield f"figures[{at}].previous", figure.previous
        case TableSection():
            yield from ((f"columns[{at}]", name) for at, name in enumerate(section.columns))
        case ChartSection():
            yield "x", section.x
            yield from ((f"y[{at}]", name) for at, name in enumerate(section.y))
            if section.series is not None:
                yield "series", section.series
