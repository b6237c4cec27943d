"""Charts as SVG: rows to a Vega-Lite description to a drawing.

The description is plain data (``vega``) that goes to the compiler as it is; a library of objects around it (Altair)
would add imports to every job and nothing to the picture.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

from contract.presentation import ChartKind, ChartSection
from runner.documents.fonts import font_folders
from runner.documents.vega import DESK, PHONE, bars, fewer_bars, lines
from runner.writers.points import Points, fewer_series
from runner.writers.shown import Shown


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG, at a desk and on a phone, and what it leaves out, in a sentence, or nothing."""

    svg: str
    on_a_phone: str
    left_out: str


def draw(section: ChartSection, points: Points, shown: Shown, *, for_phones: bool) -> Drawing:
    """Draw a chart.

    Args:
        section: its kind.
        points: what to draw; at least one place.
        shown: how values become text.
        for_phones: whether it is drawn for them, too; otherwise that drawing is empty.
    """
    points, series_left_out = fewer_series(section.kind, points)
    plan, bars_left_out = lines, ""
    if section.kind in {ChartKind.BAR, ChartKind.STACKED_BAR}:
        points, bars_left_out = fewer_bars(section.kind, points, shown)
        plan = bars
    canvases = (DESK, PHONE) if for_phones else (DESK,)
    svgs = [_svg(json.dumps(plan(section.kind, points, shown, canvas), sort_keys=True)) for canvas in canvases]
    left_out = " ".join(filter(None, (bars_left_out, series_left_out)))
    return Drawing(svgs[0], svgs[1] if for_phones else "", left_out)


@lru_cache(maxsize=64)
def _svg(spec: str) -> str:
    # One drawing serves both HTML and PDF.
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine, which only charts need

    for folder in font_folders():
        vl_convert.register_font_directory(str(folder))
    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return drawn
