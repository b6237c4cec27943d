"""Charts as SVG: rows to a Vega-Lite description to a drawing.

The description is plain data (``vega``) that goes to the compiler as it is; a library of objects around it (Altair)
would add imports to every job and nothing to the picture.
"""

import json
from dataclasses import dataclass
from functools import lru_cache

from contract.presentation import ChartKind, ChartSection
from runner.documents.fonts import font_folders
from runner.documents.vega import bars, lines
from runner.writers.points import Points, fewer_series
from runner.writers.shown import Shown


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart as SVG, and what it leaves out, in a sentence, or nothing."""

    svg: str
    left_out: str


def draw(section: ChartSection, points: Points, shown: Shown) -> Drawing:
    """Draw a chart.

    Args:
        section: its kind.
        points: what to draw; at least one place.
        shown: how values become text.
    """
    points, series_left_out = fewer_series(section.kind, points)
    if section.kind in {ChartKind.BAR, ChartKind.STACKED_BAR}:
        spec, bars_left_out = bars(section.kind, points, shown)
    else:
        spec, bars_left_out = lines(section.kind, points, shown), ""
    left_out = " ".join(filter(None, (bars_left_out, series_left_out)))
    return Drawing(_svg(json.dumps(spec, sort_keys=True)), left_out)


@lru_cache(maxsize=64)
def _svg(spec: str) -> str:
    # One drawing serves both HTML and PDF.
    import vl_convert  # noqa: PLC0415 - starts a JavaScript engine, which only charts need

    for folder in font_folders():
        vl_convert.register_font_directory(str(folder))
    drawn: str = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    return drawn
