"""A definition as somebody writes it: everything wrong is told at once; what a newer version wrote is still read."""

import json
from datetime import date
from typing import Any

import pytest

from contract import definition_columns
from contract.definition import MAX_CHARS, canonical, digest_of, parse_definition, sample_values
from contract.refusal import RefusedError
from contract.report import ReportDefinition
from contract.unknown_keys import unknown_keys
from sql.reports import load_report, report_names

WHOLE: dict[str, Any] = {
    "title": "Orders",
    "parameters": {"since": {"type": "string", "format": "date", "default": "start_of_month", "maxLength": 10}},
    "queries": [
        {
            "name": "by_day",
            "sql": "SELECT day, revenue FROM sales.days WHERE day >= :since",
            "columns": {"revenue": {"kind": "currency", "currency": "EUR"}},
        }
    ],
    "sections": [
        {"type": "key_figures", "query": "by_day", "figures": [{"label": "Revenue", "value": "revenue"}]},
        {"type": "chart", "kind": "line", "query": "by_day", "x": "day", "y": ["revenue"]},
        {"type": "table", "query": "by_day"},
    ],
    "csv": {"delimiter": ";"},
    "resources": {"cpu": 512, "memory_mb": 1024},
}


def changed(path: str, value: object) -> dict[str, Any]:
    """The whole definition with one place of it set."""
    document: dict[str, Any] = json.loads(json.dumps(WHOLE))
    *steps, last = path.split("/")
    place: Any = document
    for step in steps:
        place = place[int(step) if step.isdigit() else step]
    place[last] = value
    return document


def refused(document: dict[str, Any]) -> list[str]:
    with pytest.raises(RefusedError) as error:
        parse_definition(document)
    return [problem.field for problem in error.value.problems]


@pytest.mark.parametrize(
    "path",
    [
        "colour",
        "parameters/since/colour",
        "queries/0/colour",
        "queries/0/columns/revenue/colour",
        "sections/0/colour",
        "sections/0/figures/0/colour",
        "sections/1/colour",
        "sections/2/colour",
        "csv/colour",
        "resources/colour",
    ],
)
def test_p20_an_unknown_key_is_refused_when_defined_and_passed_over_when_read(path: str) -> None:
    document = changed(path, "red")
    (field,) = refused(document)
    assert field.startswith("definition.")
    assert field.endswith(".colour")
    assert ReportDefinition.model_validate(document) == parse_definition(WHOLE), (
        "as an older executor reads a newer one"
    )


def test_the_nearest_known_name_is_told() -> None:
    (problem,) = unknown_keys(ReportDefinition, changed("parameters/since/maxLenght", 5), "definition")
    assert problem.says.startswith("is not known; did you mean maxLength? known are default, ")


def test_every_problem_is_told_at_once_by_its_path() -> None:
    document = changed("queries/0/sql", "SELECT day, revenue FROM days WHERE day > :sinse; DELETE FROM days")
    document |= {"priority": 101, "formats": ["docx"], "required": ["nobody"], "ranges": [["since", "until"]]}
    document["parameters"]["since"]["default"] = "yesterdy"
    document["sections"][1]["query"] = "by_dya"
    document["queries"].append({"name": "by_day", "sql": "SELECT 1"})
    assert set(refused(document)) == {
        "definition.queries[0].sql",
        "definition.parameters.since",
        "definition.required[0]",
        "definition.ranges[0][1]",
        "definition.queries[1].name",
        "definition.sections[1].query",
        "definition.priority",
        "definition.formats[0]",
    }


def test_what_the_model_says_of_the_whole_is_told_beside_what_is_wrong_with_names() -> None:
    assert refused(WHOLE | {"due": "06:00", "required": ["nobody"]}) == ["definition.required[0]", "definition.due"]


def test_a_locale_is_told_once_and_a_due_time_beside_a_wrong_value() -> None:
    document = WHOLE | {"locale": "deutsch", "due": "05:00", "timeout_s": 5}
    assert refused(document) == ["definition.locale", "definition.due", "definition.timeout_s"]


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("title", "", "definition.title"),
        ("queries", [], "definition.queries"),
        ("queries", 5, "definition.queries"),
        ("queries/0/sql", "SELECT 1", "definition.parameters.since"),
        ("parameters", {}, "definition.queries[0].sql"),
        ("parameters/since/format", None, "definition.ranges"),
        ("parameters/since/type", "date", "definition.parameters.since.type"),
        ("resources/memory_mb", 9000, "definition.resources"),
        ("sections/1/y", [], "definition.sections[1].y"),
        ("sections/0/type", "pie", "definition.sections[0]"),
        ("locale", "german", "definition.locale"),
        ("locale", "de-XX", "definition.locale"),
        ("timeout_s", 1, "definition.timeout_s"),
        ("csv/delimiter", "x", "definition.csv.delimiter"),
    ],
)
def test_a_wrong_value_is_told_by_its_path(path: str, value: object, field: str) -> None:
    document = changed(path, value) | ({"ranges": [["since", "since"]]} if field == "definition.ranges" else {})
    assert any(told.startswith(field) for told in refused(document))


def test_a_definition_that_does_not_fit_into_a_statement_is_refused() -> None:
    filler = "SELECT 1 /* " + "x" * 90_000 + " */"
    queries = [{"name": f"q{n}", "sql": filler} for n in range(5)]
    document = WHOLE | {"queries": queries, "parameters": {}, "sections": []}
    with pytest.raises(RefusedError, match=f"{MAX_CHARS} is the most"):
        parse_definition(document)


def test_a_report_of_a_container_of_ones_own_needs_no_queries_and_may_have_any_parameters() -> None:
    document = {"title": "Own", "task_definition": "my-report:3", "parameters": WHOLE["parameters"]}
    assert parse_definition(document).queries == ()


def test_what_equals_its_default_does_not_make_another_version() -> None:
    said, left_out = parse_definition(WHOLE | {"priority": 50, "locale": "en-US"}), parse_definition(WHOLE)
    assert digest_of(canonical(said)) == digest_of(canonical(left_out))
    assert digest_of(canonical(parse_definition(WHOLE | {"priority": 51}))) != digest_of(canonical(said))
    assert ReportDefinition.model_validate_json(canonical(said)) == said


@pytest.mark.parametrize("name", report_names())
def test_the_built_in_reports_are_defined_by_the_same_rules(name: str) -> None:
    assert parse_definition(load_report(name)).title


def test_columns_are_compared_without_regard_to_capitals() -> None:
    report = parse_definition(WHOLE)
    assert list(definition_columns.problems(report, {"by_day": ["DAY", "REVENUE"]}, "definition")) == []
    fields = [p.field for p in definition_columns.problems(report, {"by_day": ["DATE"]}, "definition")]
    assert fields == [
        "definition.queries[0].columns.revenue",
        "definition.sections[0].figures[0].value",
        "definition.sections[1].x",
        "definition.sections[1].y[0]",
    ]


def test_a_query_is_compiled_with_values_of_the_parameters_types() -> None:
    report = ReportDefinition.model_validate(
        {
            "title": "All kinds",
            "queries": [{"name": "q", "sql": "SELECT 1"}],
            "parameters": {
                "day": {"type": "string", "format": "date"},
                "first": {"type": "string", "format": "date", "default": "start_of_month"},
                "tier": {"type": "string", "enum": [None, "GOLD"]},
                "note": {"type": "string", "minLength": 3},
                "most": {"type": "integer", "minimum": 2},
                "share": {"type": "number", "maximum": -1},
                "strict": {"type": "boolean"},
                "given": {"type": "integer", "default": 9},
            },
        }
    )
    assert sample_values(report, date(2026, 3, 4)) == {
        "day": "2026-03-04",
        "first": "2026-03-01",
        "tier": "GOLD",
        "note": "xxx",
        "most": 2,
        "share": -1.0,
        "strict": True,
        "given": 9,
    }
