"""What must hold for any document that somebody takes for a definition."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contract import one_select
from contract.definition import canonical, parse_definition
from contract.refusal import Problem, RefusedError
from contract.report import ReportDefinition

_names = st.sampled_from(["a", "day", "start_date", "type", "name", "sql", "query", "columns", "x", "y", "kind", ""])
_keys = _names | st.sampled_from(sorted(ReportDefinition.model_fields)) | st.text(max_size=8)
_texts = st.sampled_from(
    ["SELECT 1", "SELECT :a, :day", "DROP TABLE t", "SELECT ';'; SELECT 2", "chart", "table", "string", "date", "csv"]
)
_leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _texts | st.text(max_size=20)
_json = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4), max_leaves=25
)
_queries = st.lists(st.fixed_dictionaries({"name": _names, "sql": _texts}, optional={"columns": _json}), max_size=3)
_documents = st.dictionaries(_keys, _json, max_size=6) | st.fixed_dictionaries(
    {"title": st.text(max_size=5), "queries": _queries},
    optional={
        "parameters": st.dictionaries(_names, st.fixed_dictionaries({"type": _texts}) | _json, max_size=3),
        "sections": st.lists(st.fixed_dictionaries({"type": _texts, "query": _names}, optional={"x": _json})) | _json,
        "ranges": _json,
        "required": _json,
        "resources": _json,
    },
)


@given(_documents)
def test_p22_any_document_is_a_definition_or_refused_with_its_fields(document: dict[str, Any]) -> None:
    told: tuple[Problem, ...] = ()
    try:
        report = parse_definition(document)
    except RefusedError as refused:
        told = refused.problems
    else:
        assert parse_definition(json.loads(canonical(report))) == report
        return
    assert told
    assert all(problem.field.startswith("definition") and problem.says for problem in told)


@given(st.text(alphabet=st.sampled_from("SELECT ;'\"$-/*\\\n1()"), max_size=40))
def test_whatever_stands_after_a_select_that_passes_is_no_second_statement(text: str) -> None:
    if one_select.fault(f"SELECT 1 {text}") is None:
        assert one_select.fault(f"SELECT 1 {text}; DELETE FROM t") is not None or "--" in text or "//" in text
