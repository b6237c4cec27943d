"""The page as a page: whole by itself, escaped, readable on a phone and on paper."""

import re
from datetime import UTC, datetime
from decimal import Decimal

from contract.presentation import ChartKind, ChartSection, ColumnFormat, ColumnKind
from runner.arrow import pa
from tests.unit.runner.made_documents import made, page, rows

INTEGERS = {"x": pa.int64()}


def test_a_page_needs_nothing_besides_itself() -> None:
    chart = ChartSection(type="chart", query="a", kind=ChartKind.LINE, x="x", y=("x",))
    outlet = made("html", {"a": [rows(x=[1, 2])]}, sections=(chart,))
    text = outlet.files["report.html"].data.getvalue().decode()
    read = page(outlet)
    assert not {"script", "link", "img", "iframe", "object"} & read.names()
    assert not [value for _, attrs in read.tags for name, value in attrs.items() if name in {"src", "href"}]
    assert not re.search(r"url\(|@import", text)
    assert "default-src 'none'" in text


def test_a_page_is_told_for_phones_print_and_readers_aloud() -> None:
    chart = ChartSection(type="chart", title="Trend", query="a", kind=ChartKind.LINE, x="day", y=("amount",))
    outlet = made("html", {"a": [rows(day=["Mon", "Tue"], amount=[1, 2])]}, sections=(chart,), locale="de-CH")
    read = page(outlet)
    text = outlet.files["report.html"].data.getvalue().decode()
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in read.tags
    assert next(attrs for tag, attrs in read.tags if tag == "html")["lang"] == "de-CH"
    figure = next(attrs for tag, attrs in read.tags if tag == "figure")
    assert figure["role"] == "img"
    assert figure["aria-label"] == "Line chart of Amount by Day, Mon to Tue"
    assert "@media print" in text
    assert "overflow-x: auto" in text


def test_a_page_runs_the_way_of_its_locale() -> None:
    for locale, direction in (("ar-EG", "rtl"), ("en-US", "ltr")):
        tags = page(made("html", {"a": [rows(x=[1])]}, locale=locale)).tags
        assert next(attrs for tag, attrs in tags if tag == "html")["dir"] == direction


def test_every_kind_of_cell_has_its_text() -> None:
    columns = {
        "number": pa.array([Decimal("12345678901234567890123456789012345.678")], pa.decimal128(38, 3)),
        "instant": pa.array([datetime(2026, 1, 1, 12, tzinfo=UTC)], pa.timestamp("ns", "UTC")),
        "binary": pa.array([b"\x00\xff"]),
        "variant": ['{\n  "a": 1\n}'],
        "nested": [[1, 2]],
        "id": [16302],
    }
    looks = {"id": ColumnFormat(kind=ColumnKind.TEXT)}
    read = page(made("html", {"a": [rows(**columns)]}, looks=looks, json_columns=frozenset({"variant"})))
    assert read.rows[1] == [
        "12,345,678,901,234,567,890,123,456,789,012,345.678", "Jan 1, 2026, 12:00:00\u202fPM", "00FF", '{"a":1}',
        "[1,2]", "16302",
    ]  # fmt: skip
    cells = [attrs.get("class") for tag, attrs in read.tags if tag == "td"]
    assert cells == ["n", "one", "one", "one", "one", "one"]


def test_a_column_is_as_narrow_as_its_longest_text_can_be_read_in() -> None:
    columns = {"code": ["fourteen chars"], "name": ["fifteen letters"], "says": ["a sentence of this report. " * 5]}
    read = page(made("html", {"a": [rows(**columns)]}))
    assert [attrs.get("class") for tag, attrs in read.tags if tag == "td"] == ["one", "text", "prose"]


def test_a_table_without_rows_has_its_headings_where_the_numbers_would_be() -> None:
    read = page(made("html", {"a": [rows(x=pa.array([], pa.int64()), y=pa.array([], pa.string()))]}, types=INTEGERS))
    assert [attrs.get("class") for tag, attrs in read.tags if tag == "th"] == ["n", "one"]


def test_batches_in_narrower_types_show_the_decimals_of_the_column() -> None:
    money = pa.decimal128(10, 2)
    batches = [rows(x=pa.array([1], pa.int8())), rows(x=pa.array([Decimal("2.5")], pa.decimal128(2, 1)))]
    assert page(made("html", {"a": batches}, types={"x": money})).rows[1:] == [["1.00"], ["2.50"]]


def test_a_drawing_has_no_ids_that_could_meet_those_of_another() -> None:
    kinds = tuple(ChartSection(type="chart", query="a", kind=kind, x="x", y=("x",)) for kind in ChartKind)
    read = page(made("html", {"a": [rows(x=[1, 2])]}, sections=kinds))
    assert [tag for tag, _ in read.tags].count("svg") == len(["desk", "phone"]) * len(kinds)
    assert not [attrs for _, attrs in read.tags if "id" in attrs]
