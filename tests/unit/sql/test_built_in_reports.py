"""The built-in reports as definitions: complete, bound, ordered, documented."""

import re
from datetime import date
from importlib.resources import files

import pytest

from contract.binding import binds
from contract.parameters import resolve_parameters
from contract.report import Cadence, ReportDefinition
from sql.reports import load_report, report_names

CADENCES = {
    "SALES_REPORT": Cadence.DAILY,
    "CUSTOMER_ANALYSIS": Cadence.DAILY,
    "PRODUCT_PERFORMANCE": Cadence.DAILY,
    "EXECUTIVE_DASHBOARD": Cadence.WEEKLY,
    "DATA_QUALITY": Cadence.MONTHLY,
}
HEADER = re.compile(r"-- (?P<sentence>[A-Z].*[.])\n-- Params: (?P<params>.*)\n")


@pytest.fixture(params=sorted(CADENCES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def definition(name: str) -> ReportDefinition:
    return ReportDefinition.model_validate(load_report(name))


def test_the_business_reports_are_there() -> None:
    assert set(CADENCES) <= set(report_names())


def test_an_unknown_report_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(KeyError, match="NO_SUCH is no built-in report; there are CONNECTION_TEST, CUSTOMER_ANALYSIS"):
        load_report("NO_SUCH")


def test_a_definition_is_complete(name: str) -> None:
    report = definition(name)
    assert report.cadence is CADENCES[name]
    assert report.title
    assert len(report.description) > 100
    assert all(parameter.description for parameter in report.parameters.values())
    assert all(query.title for query in report.queries)


def test_every_parameter_has_a_value_without_being_given(name: str) -> None:
    values = resolve_parameters(definition(name), {}, date(2026, 11, 21))
    assert {key for key, value in values.items() if value is None} <= {"tier"}


def test_every_parameter_is_used(name: str) -> None:
    report = definition(name)
    assert {bind for query in report.queries for bind in binds(query.sql)} == {*report.parameters, "_moment"}


def test_every_table_is_read_as_of_the_reports_moment(name: str) -> None:
    for query in definition(name).queries:
        read = re.findall(r"(?:FROM|JOIN) \w+\.\w+( AT\(TIMESTAMP => :_moment\))?", query.sql)
        assert read
        assert all(read), query.name


def test_the_rows_of_every_query_are_ordered(name: str) -> None:
    for query in definition(name).queries:
        assert re.search(r"\nORDER BY[^()]*(\(.*\))?[^()]*$", query.sql), query.name


def test_tables_are_named_with_their_schema_and_without_a_database(name: str) -> None:
    for query in definition(name).queries:
        inner = set(re.findall(r"^(?:WITH )?(\w+) AS \($", query.sql, re.MULTILINE))
        tables = set(re.findall(r"(?:FROM|JOIN) ([\w.]+)", query.sql)) - inner
        assert tables
        assert all(table.count(".") == 1 for table in tables), tables


def test_a_query_file_says_what_it_gives_and_which_parameters_it_takes(name: str) -> None:
    folder = files("sql.reports").joinpath(name.lower())
    sources = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    assert {entry.name.removesuffix(".sql") for entry in sources} == {query.name for query in definition(name).queries}
    for entry in sources:
        text = entry.read_text(encoding="utf-8")
        header = HEADER.match(text)
        assert header, entry.name
        assert header["params"].split(", ") == list(dict.fromkeys(binds(text))), entry.name


def test_loading_twice_gives_the_same_and_one_cannot_spoil_the_other() -> None:
    first = load_report("SALES_REPORT")
    first["queries"].clear()
    assert definition("SALES_REPORT").queries
