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
