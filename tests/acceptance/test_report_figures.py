"""Every cell of every business report, made by the runner, against a second opinion worked out without SQL."""

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from contract.parameters import resolve_parameters
from contract.presentation import ColumnFormat
from contract.report import ReportDefinition, Scalar
from local_cloud.sample_data.load import load_sample_data
from runner.writers.shown import Shown
from sql.reports import load_report, report_names
from tests.acceptance import shop_key_figures as key
from tests.acceptance import shop_quality
from tests.acceptance.shop_days import shop_of
from tests.acceptance.shop_figures import Figures, Row
from tests.local_stack import BUSINESS_DATE, DATABASE, LocalStack
from tests.unit.runner.made_documents import Page, Paper

Expected = Callable[[Figures, dict[str, Any]], dict[str, list[Row]]]


def day(value: Scalar) -> date:
    return date.fromisoformat(str(value))


def sales_report(figures: Figures, params: dict[str, Any]) -> dict[str, list[Row]]:
    days = day(params["start_date"]), day(params["end_date"])
    return {
        "key_figures": key.of_sales(figures, *days),
        "monthly": figures.monthly(*days),
        "by_category": figures.by_category(*days),
    }


def customer_analysis(figures: Figures, params: dict[str, Any]) -> dict[str, list[Row]]:
    as_of, tier = day(params["as_of"]), params["tier"]
    return {
        "key_figures": key.of_customers(figures, as_of, tier),
        "by_tier_and_status": figures.by_tier_and_status(as_of, tier),
    }


def product_performance(figures: Figures, params: dict[str, Any]) -> dict[str, list[Row]]:
    days = day(params["start_date"]), day(params["end_date"])
    return {"key_figures": key.of_products(figures, *days), "ranking": figures.ranking(*days, params["top_n"])}


def executive_dashboard(figures: Figures, params: dict[str, Any]) -> dict[str, list[Row]]:
    as_of = day(params["as_of"])
    return {
        "key_figures": key.of_the_year(figures, as_of),
        "year_to_date": figures.year_to_date(as_of),
        "monthly_trend": figures.monthly_trend(as_of),
        "top_customers": figures.top_customers(as_of),
    }


def data_quality(figures: Figures, params: dict[str, Any]) -> dict[str, list[Row]]:
    as_of = day(params["as_of"])
    return {
        "key_figures": key.of_quality(figures, as_of),
        "checks": shop_quality.checks(figures.shop, as_of),
        "tables": shop_quality.tables(figures.shop, as_of),
    }


CASES: list[tuple[str, dict[str, Any], Expected]] = [
    ("SALES_REPORT", {}, sales_report),
    ("SALES_REPORT", {"start_date": "2025-02-10", "end_date": "2025-04-09"}, sales_report),
    ("SALES_REPORT", {"start_date": "2026-11-21", "end_date": "2026-11-21"}, sales_report),
    ("CUSTOMER_ANALYSIS", {}, customer_analysis),
    ("CUSTOMER_ANALYSIS", {"as_of": "2025-12-31", "tier": "GOLD"}, customer_analysis),
    ("PRODUCT_PERFORMANCE", {}, product_performance),
    ("PRODUCT_PERFORMANCE", {"start_date": "2025-01-01", "end_date": "2026-10-31", "top_n": 500}, product_performance),
    ("EXECUTIVE_DASHBOARD", {}, executive_dashboard),
    ("EXECUTIVE_DASHBOARD", {"as_of": "2026-03-31"}, executive_dashboard),
    ("DATA_QUALITY", {}, data_quality),
    ("DATA_QUALITY", {"as_of": "2025-12-31"}, data_quality),
]


@pytest.fixture(scope="module")
def data_stack(shop_stack: LocalStack) -> LocalStack:
    """Both clouds with the shop's data of one fixed day, whatever day it is."""
    load_sample_data(shop_stack.connection, database=DATABASE, last_day=BUSINESS_DATE, progress=lambda _step: None)
    return shop_stack


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures(shop_of(BUSINESS_DATE))


@pytest.mark.parametrize(("report_type", "given", "expected"), CASES)
def test_every_cell_equals_the_second_opinion(
    data_stack: LocalStack, figures: Figures, report_type: str, given: dict[str, Any], expected: Expected
) -> None:
    loaded = load_report(report_type) | {"formats": ["csv", "json"]}
    params = resolve_parameters(ReportDefinition.model_validate(loaded), given, BUSINESS_DATE)
    attempt = data_stack.attempt(loaded, params, report_type=report_type)
    report = attempt.run()
    assert report.process.returncode == 0, report.lines[-2:]
    assert attempt.manifest().moment is not None
    opinion = expected(figures, params)
    assert sorted(opinion) == sorted(query["name"] for query in loaded["queries"])
    for query, rows in opinion.items():
        made = json.loads(attempt.read(f"{query}.json"), parse_float=Decimal)
        assert [list(row) for row in made] == [list(row) for row in rows]
        assert made == rows
        as_text = [{name: "" if cell is None else str(cell) for name, cell in row.items()} for row in made]
        assert list(csv.DictReader(io.StringIO(attempt.read(f"{query}.csv").decode(), newline=""))) == as_text


def test_every_built_in_report_has_a_second_opinion() -> None:
    assert {report_type for report_type, _, _ in CASES} == set(report_names()) - {"CONNECTION_TEST"}


def test_a_business_report_reaches_people_in_the_formats_that_they_open(data_stack: LocalStack) -> None:
    loaded = load_report("SALES_REPORT")
    given: dict[str, Scalar] = {"start_date": "2026-01-01", "end_date": "2026-06-30"}
    attempt = data_stack.attempt(loaded, given, report_type="SALES_REPORT")
    report = attempt.run()
    assert report.process.returncode == 0, report.lines[-2:]
    files = {file.name: file.content_type for file in attempt.manifest().files}
    assert files["report.pdf"] == "application/pdf"
    assert files["report.html"] == "text/html; charset=utf-8"
    assert "report.xlsx" in files
    monthly = list(csv.DictReader(io.StringIO(attempt.read("monthly.csv").decode(), newline="")))
    shown = Shown("en-US", "UTC")
    money = ColumnFormat.model_validate(loaded["queries"][1]["columns"]["revenue"])
    wanted = ["Jan 2026", "Jun 2026", *(shown.text(Decimal(row["revenue"]), money) for row in monthly)]
    page, paper = Page(attempt.read("report.html")), Paper(attempt.read("report.pdf"))
    assert len(monthly) == 6
    assert all(cell in [text for row in page.rows for text in row] and paper.says(cell) for cell in wanted)
    assert all(paper.says(text) for text in ("Sales report", "Revenue by month", "as many days before", "Page 2 of 2"))


def test_money_has_two_decimals_in_every_file(data_stack: LocalStack) -> None:
    attempt = data_stack.attempt(
        load_report("SALES_REPORT") | {"formats": ["json"]},
        {"start_date": "2026-01-01", "end_date": "2026-06-30"},
        report_type="SALES_REPORT",
    )
    attempt.run()
    for row in json.loads(attempt.read("monthly.json"), parse_float=str):
        assert row["revenue"].partition(".")[2].isdigit()
        assert len(row["revenue"].partition(".")[2]) == 2
