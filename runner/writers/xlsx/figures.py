"""Key figures of a workbook's summary, with their change since the period before as documents reckon it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

from contract.presentation import ColumnFormat, KeyFigures
from runner.arrow import RecordBatch
from runner.writers.change import DOWN, UNCHANGED, UP, change_of, places_of_points
from runner.writers.format import Result
from runner.writers.values import NULL, is_finite, printable, values
from runner.writers.xlsx.looks import CellKind, Look
from runner.writers.xlsx.sheet import SheetColumn
from runner.writers.xlsx.single import write_value

_PLAIN: Final = Look(CellKind.TEXT, "General")


def first_row(sections: Sequence[KeyFigures], result: Result, batch: RecordBatch) -> dict[str, Any]:
    """What key figures show of a query's first row, by the column's name in small letters."""
    wanted = {
        name.casefold()
        for section in sections
        for figure in section.figures
        for name in (figure.value, figure.previous or figure.value)
    }
    first = batch.slice(0, 1)
    return {
        column.name.casefold(): values(first.column(place), column)[0]
        for place, column in enumerate(result.columns)
        if column.name.casefold() in wanted
    }


class FiguresTable:
    """Draws sections of key figures on a sheet."""

    def __init__(self, book: Any, sheet: Any, zone: ZoneInfo) -> None:
        """Draw on this sheet of the library's workbook; instants are shown in the zone."""
        self._book = book
        self._sheet = sheet
        self._zone = zone

    def draw(self, section: KeyFigures, row: int, found: Mapping[str, Any], columns: Sequence[SheetColumn]) -> int:
        """Draw a section from a row on; the row after it."""
        head = self._book.add_format({"bold": True, "bottom": 1})
        compared = any(figure.previous for figure in section.figures)
        titles = [section.title or "Key figures", "", *([section.compared_with, "Change"] * compared)]
        for place, title in enumerate(titles):
            self._sheet.write_string(row, place, printable(title), head)
        shown = {column.column.name.casefold(): column for column in columns}
        for line, figure in enumerate(section.figures, row + 1):
            self._sheet.write_string(line, 0, printable(figure.label))
            column = shown.get(figure.value.casefold())
            look = column.look if column else _PLAIN
            now = found.get(figure.value.casefold())
            self._value(line, 1, now, look, bold=True)
            if figure.previous is not None:
                before = found.get(figure.previous.casefold())
                self._value(line, 2, before, look)
                self._change(line, now, before, column.column.look if column else ColumnFormat())
        return row + 1 + len(section.figures)

    def _value(self, row: int, place: int, value: Any, look: Look, *, bold: bool = False) -> None:
        said = self._book.add_format({"num_format": look.number_format, "align": "left", "bold": bold})
        write_value(self._sheet, (row, place), value, look, said, self._zone)

    def _change(self, row: int, now: Any, before: Any, look: ColumnFormat) -> None:
        change = change_of(now, before, look)
        if change is None:
            self._sheet.write_string(row, 3, NULL)
            return
        amount = change.ratio if change.points is None else change.points
        if amount is None or not is_finite(float(amount)):
            self._sheet.write_string(row, 3, UNCHANGED if change.up is None else change.arrow)
            return
        pattern = "0.0%"
        if change.points is not None:
            places = places_of_points(look)
            pattern = f'0{"." * (places > 0)}{"0" * places}" pp"'
        said = {"num_format": f'"{UP} "+{pattern};"{DOWN} "-{pattern};{pattern}', "align": "left"}
        self._sheet.write_number(row, 3, float(amount), self._book.add_format(said))
