"""Draws lines over the number of jobs as an SVG, one panel for each."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, GAP = 760, 170, 70, 50, 60


@dataclass(frozen=True, slots=True)
class Line:
    """A value over the number of jobs done."""

    name: str
    points: list[tuple[int, float]]


def draw(title: str, lines: list[Line]) -> str:
    """The picture, in plain SVG that asks nobody for a font."""
    height = TOP + len(lines) * (HEIGHT + GAP)
    panels = "".join(_panel(line, TOP + number * (HEIGHT + GAP)) for number, line in enumerate(lines))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 30} {height}" '
        f'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>'
        f'<text x="{LEFT}" y="24" font-size="16">{escape(title)}</text>{panels}</svg>\n'
    )


def _panel(line: Line, top: float) -> str:
    most_x, most_y = max(x for x, _ in line.points), 1.15 * max(y for _, y in line.points)
    bottom = top + HEIGHT

    def at(x: float, y: float) -> str:
        return f"{LEFT + WIDTH * x / most_x:.1f},{bottom - HEIGHT * y / most_y:.1f}"

    parts = [f'<text x="{LEFT}" y="{top - 6}">{escape(line.name)}</text>']
    for share in (0.0, 0.5, 1.0):
        y = bottom - HEIGHT * share
        parts.append(f'<path d="M{LEFT} {y}H{LEFT + WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4}" text-anchor="end">{most_y * share:.3g}</text>')
        x = LEFT + WIDTH * share
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{most_x * share:,.0f} jobs</text>')
    path = " ".join(at(x, y) for x, y in line.points)
    parts.append(f'<polyline points="{path}" fill="none" stroke="#1668b8" stroke-width="2"/>')
    return "".join(parts)
