"""Charts: what is drawn, what is left out with a word, and that names are never syntax."""

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import date

import pytest

from contract.presentation import ChartKind, ChartSection, ColumnFormat, ColumnKind
from runner.documents import charts
from runner.documents.charts import Drawing
from runner.documents.ticks import round_marks, spread
from runner.writers.points import Points
from runner.writers.shown import Shown
from tests.unit.runner.made_documents import made, page, rows

PLAIN = ColumnFormat()
DOLLARS = ColumnFormat(kind=ColumnKind.CURRENCY, currency="USD")
AMERICAN = Shown("en-US", "UTC")


def section(kind: ChartKind) -> ChartSection:
    return ChartSection(type="chart", query="q", kind=kind, x="x", y=("y",))


def points(x: tuple[object, ...], series: Mapping[str, tuple[float | None, ...]], look: ColumnFormat = PLAIN) -> Points:
    return Points(x, dict(series), PLAIN, look, "X")  # type: ignore[arg-type] # tests draw along anything


def draw(section: ChartSection, points: Points, shown: Shown) -> Drawing:
    return charts.draw(section, points, shown, for_phones=True)


def texts(svg: str) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def fills(svg: str) -> set[str]:
    return {str(node.get(name)) for node in ET.fromstring(svg).iter() for name in ("fill", "stroke")}


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_draws_its_series_with_marks_in_the_locale(kind: ChartKind) -> None:
    months = tuple(date(2026, month, 1) for month in (1, 2, 3))
    series = {"North": (1_000_000.0, None, 250_000.0), "South": (-500_000.0, 1.0, 2.0)}
    drawn = draw(section(kind), points(months, series, DOLLARS), AMERICAN)
    said = texts(drawn.svg)
    for wanted in ("Jan 1, 2026", "Mar 1, 2026", "$1M", "-$500K", "North", "South"):
        assert wanted in said
    assert {"#0072B2", "#D55E00"} <= fills(drawn.svg)
    assert drawn.left_out == ""


def test_names_of_a_chart_are_never_syntax() -> None:
    names = ('"]; alert(1) //', "<script>", "\\u0022", "datum.value", "[toString]")
    drawn = draw(section(ChartKind.STACKED_BAR), points(names, dict.fromkeys(names[:2], (1.0,) * 5)), AMERICAN)
    assert {*names} <= set(texts(drawn.svg))
    assert "<script" not in drawn.svg


def test_series_beyond_the_colours_are_added_up_where_that_is_true_and_left_out_where_not() -> None:
    many: dict[str, tuple[float | None, ...]] = {f"s{number}": (float(number),) for number in range(10)}
    stacked = draw(section(ChartKind.STACKED_BAR), points(("a",), many), AMERICAN)
    assert stacked.left_out == "The 7 largest of 10 series are drawn; Other is all the rest."
    assert "Other" in texts(stacked.svg)
    lines = draw(section(ChartKind.LINE), points(("a",), many), AMERICAN)
    assert lines.left_out == "The 7 largest of 10 series are drawn."
    assert "Other" not in texts(lines.svg)


def test_long_names_lie_and_only_as_many_as_fit_on_a_page() -> None:
    names = tuple(f"a rather long name of a product {number}" for number in range(50))
    drawn = draw(section(ChartKind.BAR), points(names, {"s": (1.0,) * 50}), AMERICAN)
    assert drawn.left_out == "The first 24 of 50 bars are drawn."
    assert names[23] in texts(drawn.svg)
    assert names[24] not in texts(drawn.svg)


@pytest.mark.parametrize("kind", list(ChartKind))
def test_a_phone_gets_a_narrow_drawing_of_the_same_values(kind: ChartKind) -> None:
    names = tuple(f"PRODUCT {number}" for number in range(9))
    series = {"North": (1.0,) * 9, "South": (2.0,) * 9, "East": (4.0,) * 9}
    drawn = draw(section(kind), points(names, series), AMERICAN)
    desk, phone = (float(str(ET.fromstring(svg).get("width"))) for svg in (drawn.svg, drawn.on_a_phone))
    assert phone < 360 < desk
    assert set(series) <= set(texts(drawn.on_a_phone))
    if kind in {ChartKind.BAR, ChartKind.STACKED_BAR}:
        assert set(names) <= set(texts(drawn.on_a_phone))


def test_nothing_is_drawn_for_phones_where_nobody_wants_it() -> None:
    once = charts.draw(section(ChartKind.BAR), points(("a",), {"s": (1.0,)}), AMERICAN, for_phones=False)
    assert once.svg
    assert not once.on_a_phone


def test_values_that_cannot_be_drawn_leave_a_gap() -> None:
    for kind in ChartKind:
        assert "NaN" not in draw(section(kind), points(("a", "b", "c"), {"s": (1.0, None, 2.0)}), AMERICAN).svg


@pytest.mark.parametrize(
    ("values", "marks"),
    [
        ([3.0, 97.0], [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]),
        ([-1.0, 1.0], [-1.0, -0.5, 0.0, 0.5, 1.0]),
        ([0.0, float("nan")], [0.0, 1.0]),
        ([0.3], [0.0, 0.1, 0.2, 0.3]),
        ([], [0.0, 1.0]),
    ],
)
def test_marks_are_few_and_round_and_hold_every_value(values: list[float], marks: list[float]) -> None:
    assert round_marks(values) == marks


def test_labels_are_thinned_evenly() -> None:
    assert spread(10, 4) == [0, 3, 6, 9]
    assert spread(3, 13) == [0, 1, 2]


def test_signs_of_any_plane_fit_into_labels_of_any_length() -> None:
    names = tuple("a" * length + "😀" * 40 for length in range(2))
    for kind in (ChartKind.LINE, ChartKind.BAR):
        said = texts(draw(section(kind), points(names, {"s": (1.0, 2.0)}), AMERICAN).svg)
        assert any(text.startswith("😀😀") and text.endswith("\N{HORIZONTAL ELLIPSIS}") for text in said)


def test_series_whose_names_look_alike_stay_apart() -> None:
    chart = ChartSection(type="chart", query="a", kind=ChartKind.LINE, x="x", y=("y",), series="s")
    columns = {"x": [1, 1, 1], "y": [1, 2, 4], "s": ["n" * 40 + "1", "n" * 40 + "2", "n" * 40 + "1"]}
    text = "".join(page(made("html", {"a": [rows(**columns)]}, sections=(chart,))).texts)
    assert f"{'n' * 21}\N{HORIZONTAL ELLIPSIS}" in text
    assert f"{'n' * 21}\N{HORIZONTAL ELLIPSIS} (2)" in text
    assert "(3)" not in text
