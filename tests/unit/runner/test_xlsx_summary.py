"""The summary of a workbook says what documents say: figures, their change, charts and what those leave out."""

import io
import subprocess
import sys
import zipfile
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from runner.arrow import RecordBatch, pa
from tests.unit.runner.workbooks import cells, definition, opened, workbook


def batch(**columns: Any) -> RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def figures(rows: RecordBatch, looks: dict[str, Any] | None = None, **more: Any) -> bytes:
    section = {
        "type": "key_figures",
        "query": "sold",
        "compared_with": "Q3 of ACME",
        "figures": [{"label": "Figure", "value": "now", "previous": "before"}],
    }
    return workbook([rows], definition(looks, sections=[section], **more))


def figure(rows: RecordBatch, looks: dict[str, Any] | None = None, **more: Any) -> tuple[Any, ...]:
    return next(row[1:4] for row in cells(figures(rows, looks, **more), "Summary") if row[0] == "Figure")


def chart(kind: str = "bar", y: tuple[str, ...] = ("n",), **more: Any) -> Any:
    return definition(sections=[{"type": "chart", "kind": kind, "query": "sold", "x": "x", "y": y, **more}])


NANOSECONDS = pa.array([1_782_945_000_000_000_001], pa.timestamp("ns", "UTC"))  # 22:30 on the first of July, and one


def test_the_cover_has_days_instants_and_numbers_as_what_they_are_on_one_printed_page() -> None:
    report = definition(
        sections=[{"type": "key_figures", "query": "sold", "figures": [{"label": "Figure", "value": "now"}]}],
        parameters={"day": {"type": "string", "format": "date"}, "top": {"type": "integer"}, "who": {"type": "string"}},
        description="A text that takes more than one line. " * 9,
        time_zone="Europe/Vienna",
    )
    params = {"day": "2026-07-01", "top": 5, "who": "2026-07-01"}
    sheet = opened(workbook([batch(now=[2])], report, params=params))["Summary"]
    told = {row[0].value: (row[1].value, row[1].number_format) for row in sheet.iter_rows(max_row=9)}
    assert told["Day"] == (datetime(2026, 7, 1), "yyyy-mm-dd")  # noqa: DTZ001 - as a sheet has it
    assert told["Top"] == (5, "General")
    assert told["Who"] == ("2026-07-01", "General")
    assert told["Made at"] == (datetime(2026, 1, 3, 5, 5), 'yyyy-mm-dd hh:mm "CET"')  # noqa: DTZ001 - as above
    assert "A2:E2" in sheet.merged_cells
    assert sheet.row_dimensions[2].height == 4 * 15
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToHeight == 0  # as many pages as it takes; one is the default for the width


def test_columns_that_no_figure_names_do_not_matter_whatever_they_hold() -> None:
    assert figure(batch(now=[2], before=[1], at=NANOSECONDS)) == (2, 1, 1)


def test_an_instant_stands_in_the_reports_zone() -> None:
    shown = datetime(2026, 7, 2, 0, 30)  # noqa: DTZ001 - as a sheet has it
    assert figure(batch(now=NANOSECONDS, before=NANOSECONDS), time_zone="Europe/Vienna")[:2] == (shown, shown)
    points = workbook(
        [batch(x=NANOSECONDS, n=[1], s=["a"])],
        definition(
            time_zone="Europe/Vienna",
            sections=[{"type": "chart", "kind": "line", "query": "sold", "x": "x", "y": ["n"], "series": "s"}],
        ),
    )
    assert cells(points, "Chart data")[1] == (shown, 1)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (float("nan"), 1.0, ("nan", 1, "\N{EN DASH}")),
        (float("inf"), 1.0, ("inf", 1, "\N{EN DASH}")),
        ("text", "other", ("text", "other", "\N{EN DASH}")),
        (5, -10, (5, -10, 1.5)),
        (3, 3, (3, 3, "unchanged")),
        (3, 0, (3, 0, "\N{BLACK UP-POINTING TRIANGLE}")),
        (1e308, 1e-308, (1e308, 1e-308, "\N{BLACK UP-POINTING TRIANGLE}")),
        (2**63 - 1, 1, (str(2**63 - 1), 1, float(2**63 - 2))),
    ],
)
def test_a_figure_that_is_no_number_is_a_text_and_a_change_is_that_of_documents(
    now: Any, before: Any, said: tuple[Any, ...]
) -> None:
    assert figure(batch(now=[now], before=[before])) == said


def test_between_percentages_the_change_is_in_points() -> None:
    rows = batch(now=pa.array([Decimal("12.5")]), before=pa.array([Decimal("10.0")]))
    content = figures(rows, {"now": {"kind": "percent"}})
    assert figure(rows, {"now": {"kind": "percent"}}) == (12.5, 10, 2.5)
    formats = [cell.number_format for row in opened(content)["Summary"] for cell in row if cell.value == 2.5]
    assert [' pp"' in said for said in formats] == [True]


def test_what_the_figures_are_compared_with_stands_as_it_was_written() -> None:
    assert "Q3 of ACME" in [row[2] for row in cells(figures(batch(now=[2], before=[1])), "Summary")]


def test_values_that_meet_are_added_up_and_rows_without_a_series_are_one() -> None:
    rows = batch(
        x=["a", "a", "a", "b", None, "c", "c"],
        s=["s", "s", "s", None, "s", "s", "s"],
        n=[1.0, float("nan"), 2.0, float("nan"), 4.0, 1e308, 1e308],
    )
    assert cells(workbook([rows], chart(series="s")), "Chart data") == [
        ("x", "s", "\N{EN DASH}"),
        ("a", 3, None),
        ("b", None, None),
        ("\N{EN DASH}", 4, None),
        ("c", None, None),
    ]


def test_of_many_series_the_largest_are_drawn_and_the_rest_is_one_where_it_can_be_added_up() -> None:
    rows = batch(x=["a"] * 9, s=[f"s{n}" for n in range(9)], n=list(range(9)))
    content = workbook([rows], chart("stacked_bar", series="s"))
    assert cells(content, "Chart data") == [
        ("x", *[f"s{n}" for n in range(2, 9)], "Other"),
        ("a", *range(2, 9), 1),
    ]
    said = "The 7 largest of 9 series are drawn; Other is all the rest."
    assert said in [row[0] for row in cells(content, "Summary")]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawn = archive.read("xl/charts/chart1.xml").decode()
    assert all(colour in drawn for colour in ("0072B2", "D55E00", "9AA3AD"))


def test_columns_of_numbers_beyond_the_colours_are_fewer_too() -> None:
    names = tuple(f"n{n}" for n in range(8))
    content = workbook([batch(x=["a"], **{name: [n] for n, name in enumerate(names)})], chart("line", names))
    assert cells(content, "Chart data")[0] == ("x", *names[1:])


def test_a_chart_over_the_first_of_several_sheets_says_so() -> None:
    content = workbook([batch(x=list(range(20)), n=list(range(20)))], chart(), max_rows=11)
    assert "Drawn from the first 10 of 20 rows." in [row[0] for row in cells(content, "Summary")]


def test_workbooks_need_nothing_of_the_extra_for_documents() -> None:
    heavy = "{'babel', 'typst', 'vl_convert', 'jinja2'}"
    code = f"import runner.writers.xlsx.report, sys; sys.exit(' '.join({heavy} & set(sys.modules)) or None)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
