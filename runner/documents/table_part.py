"""A kept table as a part of a document."""

from runner.documents.kept import KeptTable, shortened
from runner.documents.parts import TablePart
from runner.writers.format import Result
from runner.writers.shown import Shown, heading
from runner.writers.values import printable


def table_part(title: str, kept: KeptTable, result: Result, rows: int, file: str | None, shown: Shown) -> TablePart:
    """The table with its totals, and a note when it does not show all rows.

    Args:
        title: above the table.
        kept: its first rows.
        result: the query's columns.
        rows: how many the query gave.
        file: the name of a file that holds them all.
        shown: how values become text.
    """
    columns = [result.columns[place] for place in kept.places]
    return TablePart(
        title=title,
        headings=tuple(printable(heading(column.name, column.look)) for column in columns),
        to_the_right=tuple(kept.to_the_right),
        on_one_line=tuple(kept.on_one_line),
        rows=tuple(kept.rows),
        totals=_totals(kept, result, shown) if kept.rows else (),
        note=_note(len(kept.rows), rows, file, shown),
    )


def _totals(kept: KeptTable, result: Result, shown: Shown) -> tuple[str, ...]:
    if not any(kept.totals):
        return ()
    cells = []
    for total, place in zip(kept.totals, kept.places, strict=True):
        if total is None:
            cells.append("")
        elif total.kind == "count":
            cells.append(shown.count(total.value()))
        else:
            cells.append(shortened(shown.text(total.value(), result.columns[place].look)))
    if not cells[0]:
        cells[0] = "Total"
    return tuple(cells)


def _note(there: int, rows: int, file: str | None, shown: Shown) -> str:
    if rows == 0:
        return "No rows."
    if there == rows:
        return ""
    where = f"; all are in {file}" if file else ""
    return f"The first {shown.count(there)} of {shown.count(rows)} rows are shown{where}."
