"""Sheets of a workbook: formats, headers, totals, further sheets, the summary in front."""

import io
import xml.etree.ElementTree as ET
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from contract.outcome import ExitCode
from runner.arrow import RecordBatch, pa
from runner.failures import RunFailedError
from tests.unit.runner.workbooks import cells, definition, opened, workbook


def batch(**columns: Any) -> RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


@pytest.mark.parametrize(
    ("look", "number_format"),
    [
        ({"kind": "currency", "currency": "EUR"}, "[$EUR] #,##0.00"),
        ({"kind": "currency", "currency": "JPY"}, "[$JPY] #,##0"),
        ({"kind": "percent"}, '0.00"%"'),
        ({"kind": "percent", "fraction": True, "decimals": 0}, "0%"),
        ({"kind": "number"}, "#,##0.00"),
        ({"kind": "number", "decimals": 0}, "#,##0"),
        ({}, "#,##0.00"),
    ],
)
def test_a_column_has_the_number_format_of_its_definition(look: dict[str, Any], number_format: str) -> None:
    rows = batch(amount=pa.array([Decimal("1234.50")], pa.decimal128(12, 2)))
    cell = opened(workbook([rows], definition({"amount": look})))["sold"]["A2"]
    assert (cell.value, cell.number_format) == (1234.5, number_format)


def test_a_whole_number_that_nobody_formatted_has_no_separators() -> None:
    assert opened(workbook([batch(customer_id=[10_234])]))["sold"]["A2"].number_format == "General"


@pytest.mark.parametrize(("decimals", "number_format"), [({}, "#,##0.00####"), ({"decimals": 0}, "#,##0")])
def test_a_float_shows_the_places_that_it_has_unless_told(decimals: dict[str, int], number_format: str) -> None:
    report = definition({"ratio": {"kind": "number", **decimals}})
    assert opened(workbook([batch(ratio=[1.2345])], report))["sold"]["A2"].number_format == number_format


def test_titles_stand_as_the_cells_below_them_in_a_header_that_is_high_enough() -> None:
    report = definition({"amount": {"title": "Amount of all sales", "width": 10}})
    sheet = opened(workbook([batch(amount=[1, 2], name=["a", "b"])], report))["sold"]
    assert [cell.alignment.horizontal for cell in sheet[1]] == ["right", "left"]
    assert sheet.row_dimensions[1].height == 3 * 15 + 13  # amount / of all / sales, and the filter's button


def test_a_text_behind_numbers_keeps_its_distance() -> None:
    sheet = opened(workbook([batch(name=["a"], amount=[1], says=["=b"], more=["c"])]))["sold"]
    indents = [[cell.alignment.indent for cell in line] for line in sheet.iter_rows()]
    assert indents == [[0, 0, 1, 0], [0, 0, 1, 0]]


def test_a_sheet_has_titles_a_frozen_header_widths_and_a_filter_over_its_rows() -> None:
    report = definition({"amount": {"title": "Amount sold", "width": 33}})
    sheet = opened(workbook([batch(amount=[1, 2], name=["a", "b" * 40])], report))["sold"]
    assert [cell.value for cell in sheet[1]] == ["Amount sold", "name"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet.column_dimensions["A"].width == 33
    assert sheet.column_dimensions["B"].width > 40


@pytest.mark.parametrize(
    ("function", "formula", "value"),
    [
        ("sum", "=SUBTOTAL(109,'sold'!B2:B5)", 7.5),
        ("average", "=SUBTOTAL(101,'sold'!B2:B5)", 2.5),
        ("min", "=SUBTOTAL(105,'sold'!B2:B5)", 0.5),
        ("max", "=SUBTOTAL(104,'sold'!B2:B5)", 5),
        ("count", "=SUBTOTAL(103,'sold'!B2:B5)", 3),
    ],
)
def test_a_total_is_a_formula_that_minds_the_filter_with_its_value(function: str, formula: str, value: float) -> None:
    amounts = pa.array([Decimal("0.50"), None, Decimal("2.00"), Decimal("5.00")], pa.decimal128(12, 2))
    rows = batch(name=["a", "b", "c", "d"], amount=amounts)
    content = workbook([rows.slice(0, 3), rows.slice(3)], definition({"amount": {"total": function}}))
    assert cells(content)[-1] == ("Total", formula)
    assert cells(content, values=True)[-1] == ("Total", value)


def test_a_total_over_numbers_too_long_for_a_spreadsheet_is_exact_and_a_text() -> None:
    amounts = pa.array([2**63 - 1, 2**63 - 1], pa.int64())
    content = workbook([batch(amount=amounts)] * 2, definition({"amount": {"total": "sum"}}))
    assert cells(content)[-1] == (str(4 * (2**63 - 1)),)


def test_days_and_instants_have_a_first_and_a_last_in_the_reports_zone() -> None:
    rows = batch(
        day=[date(2026, 1, 2), date(2026, 1, 5)],
        at=pa.array([datetime(2026, 7, 1, 22, 30, tzinfo=UTC)] * 2, pa.timestamp("ns", "UTC")),
        early=[date(1800, 1, 2), date(2026, 1, 5)],
    )
    report = definition(
        {"day": {"total": "min"}, "at": {"total": "max"}, "early": {"total": "min"}}, time_zone="Europe/Vienna"
    )
    content = workbook([rows], report)
    assert cells(content)[-1][:2] == ("=SUBTOTAL(105,'sold'!A2:A3)", "=SUBTOTAL(104,'sold'!B2:B3)")
    values = (datetime(2026, 1, 2), datetime(2026, 7, 2, 0, 30), "1800-01-02")  # noqa: DTZ001 - as a sheet has it
    assert cells(content, values=True)[-1] == values


def test_a_total_leaves_out_what_is_no_number_and_one_beyond_all_numbers_is_a_text() -> None:
    amounts = pa.array([1e308, 1e308, float("nan")])
    rows = batch(total=amounts, count=amounts, mean=[1.0, 2.0, float("nan")])
    looks = {"total": {"total": "sum"}, "count": {"total": "count"}, "mean": {"total": "average"}}
    assert cells(workbook([rows], definition(looks)), values=True)[-1] == ("inf", 3, 1.5)


def test_characters_of_a_title_that_xml_has_not_are_told_and_the_file_stays_whole() -> None:
    section = {"type": "chart", "kind": "line", "query": "sold", "x": "n", "y": ["n"], "title": "a\ufffeb"}
    content = workbook([batch(n=[1])], definition({"n": {"title": "bell\x07"}}, title="t\x07", sections=[section]))
    assert cells(content)[0] == ("bell\x07",)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for part in archive.namelist():
            if part.endswith(".xml"):
                ET.fromstring(archive.read(part))
        assert b"_xFFFE_" not in archive.read("xl/charts/chart1.xml")  # which a chart would show as it is


@pytest.mark.parametrize(("locale", "paper"), [("en-US", 1), ("de-DE", 9)])
def test_paper_follows_the_locale(locale: str, paper: int) -> None:
    book = opened(workbook([batch(amount=[1], before=[1])], definition(locale=locale, sections=[KEY_FIGURES])))
    assert [sheet.page_setup.paperSize for sheet in book] == [paper, paper]


def test_a_total_of_what_is_no_number_is_refused_with_the_columns_name() -> None:
    with pytest.raises(RunFailedError, match="total sum of column name needs numbers"):
        workbook([batch(name=["a"])], definition({"name": {"total": "sum"}}))


def test_rows_beyond_a_sheet_go_on_to_further_sheets_and_the_total_counts_all() -> None:
    rows = batch(n=list(range(1, 24)))
    content = workbook([rows.slice(0, 5), rows.slice(5)], definition({"n": {"total": "sum"}}), max_rows=12)
    book = opened(content)
    assert book.sheetnames == ["sold", "sold (2)", "sold (3)"]
    read = [row[0] for name in book.sheetnames for row in cells(content, name)[1:]]
    assert read[:-1] == list(range(1, 24))
    assert read[-1] == "=SUM('sold'!A2:A11,'sold (2)'!A2:A11,'sold (3)'!A2:A4)"
    assert all(len(list(book[name].rows)) <= 12 for name in book.sheetnames)
    assert cells(content, "sold (3)", values=True)[-1] == (276,)


def test_queries_become_sheets_with_legal_names_each_once() -> None:
    titles = ["Sales: by/day", "Sales by day", "x" * 40, "x" * 40, "'History'", "Summary"]
    queries = [{"name": f"q{i}", "sql": "SELECT 1", "title": title} for i, title in enumerate(titles)]
    names = opened(workbook([batch(n=[1])], definition(queries=queries))).sheetnames
    assert names == ["Sales by day", "Sales by day (2)", "x" * 31, "x" * 27 + " (2)", "History (2)", "Summary"]


def test_a_result_without_rows_is_a_header() -> None:
    content = workbook([], names=["a", "b"])
    assert cells(content) == [("a", "b")]
    assert opened(content)["sold"].auto_filter.ref is None


def test_two_hundred_columns_are_two_hundred_columns() -> None:
    rows = batch(**{f"c{i}": [i] for i in range(200)})
    assert cells(workbook([rows])) == [tuple(rows.schema.names), tuple(range(200))]


def test_more_columns_than_a_sheet_has_are_refused_before_a_row_is_written() -> None:
    with pytest.raises(RunFailedError, match="16385 columns") as refused:
        workbook([], names=[f"c{i}" for i in range(16_385)])
    assert (refused.value.exit_code, refused.value.failure.retry_helps) == (ExitCode.REPORT_ERROR, False)
    assert "define_report" in str(refused.value.failure.remedy)


KEY_FIGURES = {
    "type": "key_figures",
    "query": "sold",
    "figures": [{"label": "Revenue", "value": "AMOUNT", "previous": "before"}],
}


def test_key_figures_and_charts_make_a_summary_in_front() -> None:
    sections = [
        KEY_FIGURES,
        {"type": "chart", "kind": "line", "query": "sold", "x": "day", "y": ["amount"], "title": "Trend"},
        {"type": "chart", "kind": "stacked_bar", "query": "sold", "x": "day", "y": ["amount"], "series": "name"},
    ]
    rows = batch(
        day=[date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 2)],
        amount=[12, 3, 4],
        before=[8, 1, 1],
        name=["a", "b", "a"],
    )
    content = workbook([rows], definition({"amount": {"kind": "number"}}, sections=sections))
    book = opened(content)
    assert book.sheetnames == ["Summary", "sold", "Chart data"]
    assert ("Revenue", 12, 8, 0.5) in [row[:4] for row in cells(content, "Summary")]
    assert cells(content, "Chart data") == [
        ("day", "a", "b"),
        (datetime(2026, 1, 1), 12, 3),  # noqa: DTZ001 - as a sheet has it
        (datetime(2026, 1, 2), 4, None),  # noqa: DTZ001 - as above
    ]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) == 2
        assert archive.testzip() is None


def test_the_summary_of_a_report_without_rows_shows_that_there_is_nothing() -> None:
    content = workbook([], definition(sections=[KEY_FIGURES]), names=["amount", "before"])
    assert ("Revenue", *["\N{EN DASH}"] * 3) in [row[:4] for row in cells(content, "Summary")]


def test_the_same_report_is_the_same_bytes() -> None:
    assert workbook([batch(n=[1, 2])]) == workbook([batch(n=[1, 2])])
