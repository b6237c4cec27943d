"""HTML and PDF: both say what the rows and the definition say, read back by independent readers."""

from decimal import Decimal
from typing import Any

import pytest

from contract.presentation import (
    ChartKind,
    ChartSection,
    ColumnFormat,
    ColumnKind,
    KeyFigure,
    KeyFigures,
    TableSection,
)
from contract.report import ReportFormat
from runner.arrow import pa
from runner.failures import RunFailedError
from tests.unit.runner.made_documents import MemoryOutlet, made, page, paper, rows

HOSTILE = "<script>alert(1)</script>", "=1+1", '#pagebreak() $x$ *b* _i_ @ref \\ "q" // no /* c */', "{{ 7 * 7 }}"
MONEY = ColumnFormat(title="Revenue", kind=ColumnKind.CURRENCY, currency="EUR", decimals=0, total="sum")


def said(kind: str, outlet: MemoryOutlet) -> str:
    return "\n".join(page(outlet).texts) if kind == "html" else paper(outlet).text


@pytest.fixture(params=["html", "pdf"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_document_is_one_file_of_the_whole_report(kind: str) -> None:
    outlet = made(kind, {"a": [rows(x=[1, 2])], "b": [rows(y=["z"])]})
    name = f"report.{kind}"
    assert outlet.files[name].rows == 3
    content_type = {"html": "text/html; charset=utf-8", "pdf": "application/pdf"}[kind]
    assert outlet.kinds == {name: (ReportFormat(kind), content_type, None)}


def test_the_cover_names_title_day_parameters_and_when_it_was_made(kind: str) -> None:
    told: dict[str, Any] = {
        "title": "Sales of the north",
        "description": "What was sold.",
        "parameters": {name: {"type": "string", "format": "date"} for name in ("first", "last")}
        | {"tier": {"type": "string"}, "region": {"type": "string"}, "top": {"type": "integer"}},
        "ranges": (("first", "last"),),
        "time_zone": "Europe/Berlin",
    }
    params = {"first": "2026-11-01", "last": "2026-11-21", "tier": None, "region": "../../etc/passwd", "top": None}
    text = "".join(said(kind, made(kind, {"a": [rows(x=[1])]}, params=params, **told)).split())
    for wanted in (
        "Sales of the north", "November 21, 2026", "Nov 1, 2026 \N{EN DASH} Nov 21, 2026", "../../etc/passwd",
        "Nov 22, 2026, 7:02 AM CET", "What was sold.", "SALES · job-1",
    ):  # fmt: skip
        assert "".join(wanted.split()) in text
    # Of a text, too, nobody but the query knows whether no value means all.
    assert text.count("nonegiven") == 2


def test_a_table_shows_titles_formats_nulls_and_totals_of_all_rows(kind: str) -> None:
    batches = [rows(name=["A", None], revenue=[Decimal("1000.40"), Decimal("2000.20")]) for _ in range(3)]
    section = TableSection(type="table", query="a", title="By name", max_rows=2)
    outlet = made(kind, {"a": batches}, sections=(section,), looks={"revenue": MONEY}, locale="de-DE")
    text = said(kind, outlet)
    for wanted in ("By name", "Name", "Revenue", "1.000\xa0€", "2.000\xa0€", "\N{EN DASH}", "Total", "9.002\xa0€"):
        assert wanted.replace("\xa0", " ") in text.replace("\xa0", " ")
    assert "The first 2 of 6 rows are shown; all are in a.csv." in text


def test_columns_are_chosen_and_ordered_by_the_section(kind: str) -> None:
    section = TableSection(type="table", query="a", columns=("C", "a"))
    text = said(kind, made(kind, {"a": [rows(a=["Uno"], b=["Duo"], c=["Tres"])]}, sections=(section,)))
    assert text.index("Tres") < text.index("Uno")
    assert "Duo" not in text


def test_a_query_without_rows_says_so(kind: str) -> None:
    empty = {"a": [rows(x=pa.array([], pa.int64()), y=pa.array([], pa.string()))]}
    chart = ChartSection(type="chart", query="a", kind=ChartKind.BAR, x="y", y=("x",))
    figures = KeyFigures(type="key_figures", query="a", figures=(KeyFigure(label="Much", value="x"),))
    text = said(kind, made(kind, empty, sections=(TableSection(type="table", query="a"), chart, figures)))
    assert text.count("No rows.") == 3


def test_key_figures_tell_change_by_arrow_sign_and_word(kind: str) -> None:
    row = rows(
        up=[110], up_before=[100], down=[Decimal("90.0")], down_before=[Decimal("100.0")],
        rate=[Decimal("2.5")], rate_before=[Decimal("2.0")], same=[1], none=pa.array([None], pa.int64()), zero=[0],
    )  # fmt: skip
    pairs = [("up", "up_before"), ("down", "down_before"), ("rate", "rate_before"), ("same", "same")]
    pairs += [("same", "none"), ("up", "zero"), ("none", "up")]
    section = KeyFigures(
        type="key_figures",
        query="a",
        compared_with="year before",
        figures=tuple(KeyFigure(label=f"{value} figure", value=value, previous=previous) for value, previous in pairs),
    )
    looks = {"rate": ColumnFormat(kind=ColumnKind.PERCENT, decimals=1)}
    text = " ".join(said(kind, made(kind, {"a": [row]}, sections=(section,), looks=looks)).split())
    for wanted in (
        "▲ +10.0%",
        "▼ -10.0%",
        "▲ +0.5 pp",
        "unchanged",
        "year before: 100",
        "year before: \N{EN DASH}",
        "none figure",
    ):
        assert wanted in text


def test_the_colour_of_a_change_says_whether_it_is_good_news() -> None:
    figures = tuple(KeyFigure(label=good, value="now", previous="before", good=good) for good in ("up", "down"))
    section = KeyFigures(type="key_figures", query="a", figures=figures)
    outlet = made("html", {"a": [rows(now=[2], before=[1])]}, sections=(section,))
    assert [attrs["class"] for _, attrs in page(outlet).tags if "change" in str(attrs.get("class"))] == [
        "change good",
        "change bad",
    ]


def test_hostile_text_is_text(kind: str) -> None:
    chart = ChartSection(type="chart", title=HOSTILE[0], query="a", kind=ChartKind.BAR, x="x", y=("n",), series="x")
    batch = {"a": [pa.RecordBatch.from_arrays([list(HOSTILE), [1, 2, 3, 4]], ["x", "n"])]}
    table = TableSection(type="table", query="a")
    looks = {"x": ColumnFormat(title="<b>#emph[x]</b>")}
    outlet = made(kind, batch, sections=(table, chart), looks=looks, title=HOSTILE[2], description="</style><script>")
    if kind == "html":
        read = page(outlet)
        assert [row[0] for row in read.rows[1:]] == list(HOSTILE)
        assert not {"script", "b", "img", "iframe", "foreignobject"} & read.names()
        assert not [name for _, attrs in read.tags for name in attrs if name.startswith("on")]
    else:
        assert all(paper(outlet).says(text) for text in (*HOSTILE, "<b>#emph[x]</b>", "</style><script>"))


def test_a_section_that_names_an_unknown_column_is_refused_before_any_row(kind: str) -> None:
    section = ChartSection(type="chart", title="Trend", query="a", kind=ChartKind.LINE, x="day", y=("amount",))
    with pytest.raises(RunFailedError, match="section Trend of query a: it has no column day, amount; it has x"):
        made(kind, {"a": [rows(x=[1])]}, sections=(section,))


def test_more_columns_than_a_document_can_show_are_refused_with_a_remedy(kind: str) -> None:
    wide = rows(**{f"c{number}": [number] for number in range(251)})
    with pytest.raises(
        RunFailedError, match="251 columns, and documents show up to 250; name those to show in columns"
    ):
        made(kind, {"a": [wide]})


def test_an_unknown_time_zone_is_refused(kind: str) -> None:
    with pytest.raises(RunFailedError, match="time zone Mars/Olympus of the definition is unknown"):
        made(kind, {"a": [rows(x=[1])]}, time_zone="Mars/Olympus")


def test_long_cells_are_cut_with_a_word_on_how_much_is_missing(kind: str) -> None:
    outlet = made(kind, {"a": [rows(x=["lorem " * 6000])]})
    assert "[35000 more characters]" in " ".join(said(kind, outlet).split())


def test_a_chart_of_more_rows_than_it_can_show_says_so(kind: str) -> None:
    section = ChartSection(type="chart", query="a", kind=ChartKind.BAR, x="x", y=("x",))
    text = said(kind, made(kind, {"a": [rows(x=list(range(3000)))]}, sections=(section,)))
    assert (
        "The first 60 of 2000 bars are drawn. Drawn from the first 2,000 of 3,000 rows. All rows are in a.csv."
        in " ".join(text.split())
    )
