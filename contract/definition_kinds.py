"""What a definition says of its columns, compared with what kind of value each of them is."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Final

from contract.presentation import ChartSection, ColumnFormat, ColumnKind
from contract.refusal import Problem
from contract.report import Query, ReportDefinition


class ColumnType(StrEnum):
    """What a column of a compiled query is, as far as formats care."""

    NUMBER = "number"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    BOOLEAN = "boolean"
    OTHER = "other"


# Names of types as Snowpark (StringType) and the connector (TEXT) have them.
_WORDS: Final[dict[ColumnType, tuple[str, ...]]] = {
    ColumnType.NUMBER: (
        "Byte", "Short", "Integer", "Long", "Float", "Double", "Decimal", "DecFloat", "FIXED", "REAL", "DECFLOAT",
    ),
    ColumnType.TEXT: ("String", "TEXT"),
    ColumnType.DATE: ("Date", "DATE"),
    ColumnType.TIMESTAMP: ("Timestamp", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ"),
    ColumnType.TIME: ("Time", "TIME"),
    ColumnType.BOOLEAN: ("Boolean", "BOOLEAN"),
}  # fmt: skip
_TYPES: Final = {word: kind for kind, words in _WORDS.items() for word in words}

_FITS: Final[dict[ColumnKind, frozenset[ColumnType]]] = {
    ColumnKind.TEXT: frozenset(ColumnType),
    ColumnKind.NUMBER: frozenset({ColumnType.NUMBER}),
    ColumnKind.CURRENCY: frozenset({ColumnType.NUMBER}),
    ColumnKind.PERCENT: frozenset({ColumnType.NUMBER}),
    ColumnKind.DATE: frozenset({ColumnType.DATE, ColumnType.TIMESTAMP}),
    ColumnKind.MONTH: frozenset({ColumnType.DATE, ColumnType.TIMESTAMP}),
    ColumnKind.TIMESTAMP: frozenset({ColumnType.TIMESTAMP}),
}
_ORDERED: Final = frozenset({ColumnType.NUMBER, ColumnType.DATE, ColumnType.TIMESTAMP})
_A_NUMBER: Final[dict[ColumnType, str]] = {
    ColumnType.TEXT: "make a number of it, as in {name}::NUMBER(38, 2)",
    ColumnType.BOOLEAN: "make a number of it, as in IFF({name}, 1, 0)",
    ColumnType.OTHER: "of a VARIANT that holds numbers take {name}::NUMBER(38, 2)",
    ColumnType.DATE: "take kind date",
    ColumnType.TIMESTAMP: "take kind timestamp",
}
_A_DAY: Final[dict[ColumnType, str]] = {
    ColumnType.TEXT: "make a day of it, as in TO_DATE({name})",
    ColumnType.NUMBER: (
        "take kind number, or, of numbers such as 20260131, TO_DATE(TO_VARCHAR({name}::NUMBER(8, 0)), 'YYYYMMDD')"
    ),
    ColumnType.OTHER: "of a VARIANT that holds days take {name}::DATE",
}
_AN_INSTANT: Final[dict[ColumnType, str]] = {
    ColumnType.TEXT: "make an instant of it, as in {name}::TIMESTAMP_TZ",
    ColumnType.NUMBER: "take kind number, or, of seconds since 1970, TO_TIMESTAMP_NTZ({name})",
    ColumnType.DATE: "take kind date, or {name}::TIMESTAMP_TZ",
    ColumnType.OTHER: "of a VARIANT that holds instants take {name}::TIMESTAMP_TZ",
}
# What Snowflake can make of each type; what it cannot make anything of is shown as text.
_REMEDIES: Final[dict[ColumnKind, dict[ColumnType, str]]] = {
    ColumnKind.NUMBER: _A_NUMBER,
    ColumnKind.CURRENCY: _A_NUMBER,
    ColumnKind.PERCENT: _A_NUMBER,
    ColumnKind.DATE: _A_DAY,
    ColumnKind.MONTH: _A_DAY,
    ColumnKind.TIMESTAMP: _AN_INSTANT,
}


def column_type(word: str) -> ColumnType:
    """The type that a client's word for it means, for example ``DecimalType`` or ``FIXED``."""
    return _TYPES.get(word.removesuffix("Type"), ColumnType.OTHER)


def problems(report: ReportDefinition, types: Mapping[str, Mapping[str, ColumnType]], root: str) -> Iterator[Problem]:
    """Formats, totals and charts that want another kind of value than their column gives.

    Args:
        report: the definition.
        types: of each query that compiled, by its name, the types of its columns by their names in small letters;
            a column that is not there is not looked at.
        root: the definition's own name, before the keys in each problem's field.
    """
    for at, query in enumerate(report.queries):
        for name, look in query.columns.items():
            kind = types.get(query.name, {}).get(name.lower())
            if kind is not None:
                for key, says in _of_column(query, name, look, kind):
                    yield Problem(f"{root}.queries[{at}].columns.{name}.{key}", says)
    for at, section in enumerate(report.sections):
        if isinstance(section, ChartSection):
            for place, name in enumerate(section.y):
                kind = types.get(section.query, {}).get(name.lower(), ColumnType.NUMBER)
                if kind is not ColumnType.NUMBER:
                    yield Problem(
                        f"{root}.sections[{at}].y[{place}]", f"{_is(name, section.query, kind)}; a chart draws numbers"
                    )


def _of_column(query: Query, name: str, look: ColumnFormat, kind: ColumnType) -> Iterator[tuple[str, str]]:
    fits = _FITS[look.kind] if look.kind is not None else frozenset(ColumnType)
    if look.kind is not None and kind not in fits:
        remedy = _REMEDIES[look.kind].get(kind, "take kind text").format(name=name)
        yield "kind", f"{_is(name, query.name, kind)}, not {look.kind}; {remedy}, or leave kind out"
        return
    as_text = look.kind is ColumnKind.TEXT
    if look.decimals is not None and (kind is not ColumnType.NUMBER or as_text):
        yield "decimals", f"{_is(name, query.name, kind, as_text=as_text)}; decimals go with numbers"
    wanted = {"sum": {ColumnType.NUMBER}, "average": {ColumnType.NUMBER}, "min": _ORDERED, "max": _ORDERED}
    if look.total is not None and look.total in wanted and (kind not in wanted[look.total] or as_text):
        needs = "numbers" if look.total in {"sum", "average"} else "numbers or days"
        yield "total", f"{_is(name, query.name, kind, as_text=as_text)}, and {look.total} needs {needs}; take count"


def _is(name: str, query: str, kind: ColumnType, *, as_text: bool = False) -> str:
    shown = "shown as text" if as_text else "neither a number nor text" if kind is ColumnType.OTHER else str(kind)
    return f"column {name} of query {query} is {shown}"


def types_of(columns: Sequence[str], words: Sequence[str]) -> dict[str, ColumnType]:
    """The types of a query's columns by their names in small letters.

    Args:
        columns: the names as Snowflake gives them.
        words: what a client calls their types, in the same order; none at all where nobody said.
    """
    return {name.lower(): column_type(word) for name, word in zip(columns, words, strict=False)}
