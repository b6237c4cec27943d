"""Rows of a chart whose series stand in no columns of their own, turned as documents turn them."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from contract.presentation import ChartSection
from runner.arrow import RecordBatch
from runner.writers.format import Result
from runner.writers.points import MOST_SERIES, Points, fewer_series, side_by_side, split
from runner.writers.values import printable, values
from runner.writers.xlsx.single import text_of

MAX_POINTS: Final = 5_000
"""Rows that such a chart is drawn from."""


class SeriesPoints:
    """The rows of a chart that splits one column by another, or has more series than colours."""

    def __init__(self, section: ChartSection) -> None:
        """Gather for this chart."""
        self.section = section
        self.rows = 0
        self._kept: list[tuple[Any, ...]] = []
        self._result: Result | None = None

    @staticmethod
    def needed(section: ChartSection) -> bool:
        """Whether a chart cannot be drawn from the rows as they stand on their sheet."""
        return section.series is not None or len(section.y) > MOST_SERIES

    def see(self, result: Result, batch: RecordBatch) -> None:
        """Take what the chart shows of a batch."""
        section, names = self.section, [column.name.casefold() for column in result.columns]
        wanted = [section.x, *section.y, *([section.series] if section.series else [])]
        if result.query.name != section.query or any(name.casefold() not in names for name in wanted):
            return
        self._result = result
        self.rows += batch.num_rows
        part = batch.slice(0, MAX_POINTS - len(self._kept))
        places = [names.index(name.casefold()) for name in wanted]
        self._kept.extend(zip(*(values(part.column(at), result.columns[at]) for at in places), strict=True))

    def drawn(self, zone: ZoneInfo) -> tuple[Points, str] | None:
        """What is drawn, and a sentence on what is not; None when there are no rows."""
        if not self._kept or self._result is None:
            return None
        columns = {column.name.casefold(): column for column in self._result.columns}
        x, ys = columns[self.section.x.casefold()], [columns[name.casefold()] for name in self.section.y]
        if self.section.series is None:
            along, series = side_by_side(self._kept, [printable(y.look.title or y.name) for y in ys])
        else:
            along, series = split(self._kept, lambda value: text_of(value, zone))
        every = Points(along, series, x.look, ys[0].look, printable(x.look.title or x.name))
        points, said = fewer_series(self.section.kind, every)
        notes = [said] if said else []
        if self.rows > len(self._kept):
            notes.append(f"Drawn from the first {len(self._kept)} of {self.rows} rows.")
        return points, " ".join(notes)
