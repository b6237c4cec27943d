"""The head of a workbook's summary: title, description, and what the report was asked with, each as its own kind."""

from datetime import date, datetime
from textwrap import wrap
from typing import Any, Final
from zoneinfo import ZoneInfo

from runner.writers.format import Report
from runner.writers.values import is_number, printable
from runner.writers.xlsx.looks import CellKind, Look
from runner.writers.xlsx.single import write_value

LABEL_WIDTH, VALUE_WIDTH = 34, 20
"""Characters of the first column, and of each further one."""

LAST_COLUMN: Final = 4
"""The last column that a printed page shows, counted from 0; charts end there, too."""

_LINE_CHARACTERS: Final = LABEL_WIDTH + LAST_COLUMN * VALUE_WIDTH - 6
_LINE_POINTS: Final = 15
_GREY: Final = {"font_color": "#5A6470"}


def write_cover(book: Any, sheet: Any, report: Report) -> int:
    """Write the head; the row after it.

    Args:
        book: of the library.
        sheet: of the library, with the columns' widths set.
        report: whose head it is.
    """
    sheet.write_string(0, 0, printable(report.definition.title), book.add_format({"bold": True, "font_size": 18}))
    row = 1
    if text := printable(report.definition.description):
        # A merged cell does not grow with its text.
        sheet.set_row(row, _LINE_POINTS * len(wrap(text, _LINE_CHARACTERS)))
        wrapped = book.add_format({"text_wrap": True, "valign": "top"} | _GREY)
        sheet.merge_range(row, 0, row, LAST_COLUMN, "", wrapped)
        sheet.write_string(row, 0, text, wrapped)
        row += 1
    zone = ZoneInfo(report.definition.time_zone)
    for name, value in _facts(report).items():
        if value is not None:
            look = _look(value, zone)
            said = book.add_format({"num_format": look.number_format, "align": "left"})
            sheet.write_string(row, 0, name, book.add_format(_GREY))
            write_value(sheet, (row, 1), value, look, said, zone)
            row += 1
    return row + 1


def _facts(report: Report) -> dict[str, Any]:
    given = {name.replace("_", " ").capitalize(): _value(report, name, value) for name, value in report.params.items()}
    return {"Business date": report.business_date} | given | {"Made at": report.made_at, "Job": report.job_id}


def _value(report: Report, name: str, value: Any) -> Any:
    spec = report.definition.parameters.get(name)
    dated = spec is not None and spec.format == "date" and isinstance(value, str)
    return date.fromisoformat(value) if dated else value


def _look(value: Any, zone: ZoneInfo) -> Look:
    if isinstance(value, datetime):
        return Look(CellKind.TIMESTAMP, f'yyyy-mm-dd hh:mm "{value.astimezone(zone).tzname()}"')
    if isinstance(value, date):
        return Look(CellKind.DATE, "yyyy-mm-dd")
    return Look(CellKind.NUMBER if is_number(value) else CellKind.TEXT, "General")
