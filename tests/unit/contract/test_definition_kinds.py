"""Formats, totals and charts of a definition against the types of its columns, in two clients' words."""

from typing import Any

import pytest

from contract import definition_kinds
from contract.report import ReportDefinition

KINDS: list[tuple[dict[str, Any], str, str | None]] = [
    ({"kind": "number"}, "DecimalType", None),
    ({"kind": "number"}, "DecFloatType", None),
    ({"kind": "percent"}, "REAL", None),
    ({"kind": "percent"}, "StringType", "kind"),
    ({"kind": "date"}, "TIMESTAMP_TZ", None),
    ({"kind": "timestamp"}, "DateType", "kind"),
    ({"kind": "month"}, "TEXT", "kind"),
    ({"kind": "text", "total": "sum"}, "LongType", "total"),
    ({"kind": "text"}, "VariantType", None),
    ({"decimals": 2}, "TEXT", "decimals"),
    ({"decimals": 2}, "FIXED", None),
    ({"total": "average"}, "BooleanType", "total"),
    ({"total": "max"}, "DateType", None),
    ({"total": "max"}, "TimeType", "total"),
    ({"total": "count"}, "BINARY", None),
    ({"total": "sum"}, "VARIANT", "total"),
]


@pytest.mark.parametrize(("look", "word", "wrong"), KINDS)
def test_a_format_wants_a_column_that_it_fits(look: dict[str, Any], word: str, wrong: str | None) -> None:
    queries = [{"name": "q", "sql": "SELECT 1", "columns": {"A": look}}]
    report = ReportDefinition.model_validate({"title": "t", "queries": queries})
    told = list(definition_kinds.problems(report, {"q": definition_kinds.types_of(["A"], [word])}, "definition"))
    assert [problem.field for problem in told] == ([f"definition.queries[0].columns.A.{wrong}"] if wrong else [])
    assert list(definition_kinds.problems(report, {"q": definition_kinds.types_of(["A"], [])}, "definition")) == []


@pytest.mark.parametrize(
    ("kind", "word", "remedy"),
    [
        ("date", "DecimalType", "take kind number, or, of numbers such as 20260131, TO_DATE(TO_VARCHAR("),
        ("percent", "DATE", "take kind date, or leave kind out"),
        ("number", "TIMESTAMP_NTZ", "take kind timestamp, or leave kind out"),
        ("number", "BOOLEAN", "IFF(A, 1, 0)"),
        ("percent", "TEXT", "A::NUMBER(38, 2)"),
        ("month", "TimeType", "take kind text, or leave kind out"),
        ("timestamp", "DATE", "take kind date, or A::TIMESTAMP_TZ"),
    ],
)
def test_a_kind_that_does_not_fit_is_refused_with_what_snowflake_can_make_of_the_column(
    kind: str, word: str, remedy: str
) -> None:
    queries = [{"name": "q", "sql": "SELECT 1", "columns": {"A": {"kind": kind}}}]
    report = ReportDefinition.model_validate({"title": "t", "queries": queries})
    (told,) = definition_kinds.problems(report, {"q": definition_kinds.types_of(["A"], [word])}, "definition")
    assert remedy in told.says
