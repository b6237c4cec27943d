"""The pages of the business reports as a browser shows them: every value, no request, no complaint, any screen."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest

from contract.presentation import ChartKind, ChartSection, ColumnFormat, ColumnKind, TableSection
from tests.browser.conftest import MadePage
from tests.browser.devtools import Browser, opened
from tests.unit.runner.made_documents import Paper, made, rows

DESK_PX, PHONE_PX = 1280, 360
LEAST_LETTERS_PX = 8.5
TABLES = """[...document.querySelectorAll('table')].map(table => [...table.tBodies[0].rows].map(
    row => [...row.cells].map(cell => cell.innerText)))"""
# Texts of one drawing that lie over each other, or beyond the page.
TANGLED = """[...document.querySelectorAll('figure svg')].flatMap(svg => {
    const texts = [...svg.querySelectorAll('text')].filter(text => text.textContent.trim());
    const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()]);
    const over = boxes.flatMap(([said, a], i) => boxes.slice(i + 1).filter(([, b]) =>
        a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1
    ).map(([other]) => said + ' | ' + other));
    const beyond = boxes.filter(([, a]) => a.left < 0 || a.right > document.documentElement.clientWidth);
    return [...over, ...beyond.map(([said]) => said)];
})"""
# Of each chart: how many drawings are seen, their smallest letters, and how far they reach beyond the chart's place.
SEEN = """[...document.querySelectorAll('figure')].map(figure => {
    const there = [...figure.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width);
    const sizes = there.flatMap(svg => [...svg.querySelectorAll('text')].map(text =>
        parseFloat(getComputedStyle(text).fontSize) * svg.getBoundingClientRect().width / svg.viewBox.baseVal.width));
    return [there.length, Math.min(...sizes),
            Math.max(...there.map(svg => svg.getBoundingClientRect().right)) - figure.getBoundingClientRect().right];
})"""
BROKEN_CELLS = """[...document.querySelectorAll('td')].filter(cell => {
    const range = document.createRange();
    range.selectNodeContents(cell);
    return cell.innerText.length < 24 && new Set([...range.getClientRects()].map(box => box.top)).size > 1;
}).map(cell => cell.innerText)"""
DIRECTIONS = """[...new Set([...document.querySelectorAll('figure svg text')].map(
    text => getComputedStyle(text).direction))]"""
BROKEN_FIGURES = """[...document.querySelectorAll('.value')].filter(value => {
    const range = document.createRange();
    range.selectNodeContents(value);
    return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size > 1;
}).map(value => value.innerText)"""


def read_back(text: str, source: Any, look: ColumnFormat) -> Any:
    """What a person reads, as the kind of value that the source is."""
    if text == "\N{EN DASH}":
        return None
    if isinstance(source, int | Decimal) and look.kind is not ColumnKind.TEXT:
        return Decimal(text.replace(",", "").removesuffix("%").replace("$", ""))
    if isinstance(source, str) and len(source) == len("2026-11-21") and source[4] == "-":
        shape = "%b %Y" if look.kind is ColumnKind.MONTH else "%b %d, %Y"
        return datetime.strptime(text, shape).date()  # noqa: DTZ007 - a day has no zone
    return text


def as_shown(source: Any, look: ColumnFormat) -> Any:
    """The source to the places that are shown."""
    if isinstance(source, int | Decimal) and look.kind is not ColumnKind.TEXT:
        places = look.decimals if look.decimals is not None else 0
        return Decimal(source).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if isinstance(source, str) and len(source) == len("2026-11-21") and source[4] == "-":
        day = date.fromisoformat(source)
        return day.replace(day=1) if look.kind is ColumnKind.MONTH else day
    return str(source) if isinstance(source, int) else source


def test_every_cell_of_every_table_reads_as_the_data_has_it(browser: Browser, page: MadePage) -> None:
    with opened(browser, page.url, DESK_PX) as tab:
        tables = tab.value(TABLES)
    shown = [part for part in page.definition.sections if isinstance(part, TableSection)]
    assert len(tables) == len(shown) > 0
    looks = {query.name: query.columns for query in page.definition.queries}
    for table, part in zip(tables, shown, strict=True):
        source = page.rows[part.query]
        assert len(table) == len(source) > 0
        for cells, row in zip(table, source, strict=True):
            for text, (name, value) in zip(cells, row.items(), strict=True):
                look = looks[part.query].get(name, ColumnFormat())
                assert read_back(text, value, look) == as_shown(value, look), name


def test_a_page_asks_for_nothing_and_complains_of_nothing(browser: Browser, page: MadePage) -> None:
    with opened(browser, page.url, DESK_PX) as tab:
        assert [told["request"]["url"] for told in tab.happened("Network.requestWillBeSent")] == [page.url]
        assert tab.happened("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded") == []


@pytest.mark.parametrize("width_px", [PHONE_PX, 500, 800, DESK_PX])
def test_on_any_screen_nothing_stands_out_at_the_side_and_no_figure_breaks(
    browser: Browser, page: MadePage, width_px: int
) -> None:
    with opened(browser, page.url, width_px, mobile=width_px < DESK_PX) as tab:
        assert tab.value("document.documentElement.scrollWidth") <= width_px
        assert tab.value("document.querySelectorAll('.value').length") > 0
        assert tab.value(BROKEN_FIGURES) == []


@pytest.mark.parametrize("width_px", [PHONE_PX, 500, DESK_PX])
def test_the_words_of_a_chart_lie_neither_over_each_other_nor_beyond_the_page(
    browser: Browser, page: MadePage, width_px: int
) -> None:
    with opened(browser, page.url, width_px, mobile=width_px < DESK_PX) as tab:
        assert tab.value("document.querySelectorAll('figure svg text').length") > 0
        assert tab.value(TANGLED) == []


@pytest.mark.parametrize("width_px", [PHONE_PX, 500, 800, DESK_PX])
def test_each_chart_is_drawn_once_whole_and_in_letters_that_can_be_read(
    browser: Browser, page: MadePage, width_px: int
) -> None:
    with opened(browser, page.url, width_px, mobile=width_px < DESK_PX) as tab:
        seen = tab.value(SEEN)
    assert len(seen) == sum(part.type == "chart" for part in page.definition.sections)
    for drawings, letters_px, stands_out_px in seen:
        assert drawings == 1
        assert letters_px >= LEAST_LETTERS_PX
        assert stands_out_px <= 0


def test_a_table_that_is_rolled_sideways_keeps_its_short_texts_on_one_line(browser: Browser, page: MadePage) -> None:
    with opened(browser, page.url, PHONE_PX, mobile=True) as tab:
        assert tab.value("document.querySelectorAll('td').length") > 0
        assert tab.value(BROKEN_CELLS) == []


def test_a_page_prints_with_every_cell_on_the_paper(browser: Browser, page: MadePage) -> None:
    with opened(browser, page.url, DESK_PX) as tab:
        paper, tables = Paper(tab.printed()), tab.value(TABLES)
    assert paper.says(page.definition.title)
    assert [text for table in tables for row in table for text in row if not paper.says(text)] == []


def test_the_words_of_a_chart_stand_where_they_were_reckoned_also_on_a_page_from_right_to_left(
    browser: Browser, tmp_path: Path
) -> None:
    chart = ChartSection(type="chart", query="a", kind=ChartKind.BAR, x="x", y=("y",))
    made_page = made("html", {"a": [rows(x=["one", "two"], y=[1, 2])]}, sections=(chart,), locale="ar-EG")
    page = tmp_path / "page.html"
    page.write_bytes(made_page.files["report.html"].data.getvalue())
    with opened(browser, page.as_uri(), DESK_PX) as tab:
        assert tab.value("getComputedStyle(document.body).direction") == "rtl"
        assert tab.value(DIRECTIONS) == ["ltr"]


def test_the_browser_tells_of_a_page_that_asks_for_something_or_complains(browser: Browser, tmp_path: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<img src='other.png'><script>console.error('no')</script>", encoding="utf-8")
    with opened(browser, bad.as_uri(), DESK_PX) as tab:
        assert len(tab.happened("Network.requestWillBeSent")) == len(["page", "picture"])
        assert tab.happened("Runtime.consoleAPICalled")
        assert tab.happened("Log.entryAdded")
