"""One sheet of rows: a frozen header, the rows as they come, a line of totals, a filter over all of them."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import IO, Final
from xml.sax.saxutils import escape, quoteattr

from runner.arrow import RecordBatch, pa, pc
from runner.writers.cells import plain_text, write_lines
from runner.writers.format import Column
from runner.writers.locales import has_letter_paper
from runner.writers.xlsx.cells import Place, column_cells, escaped
from runner.writers.xlsx.looks import CellKind, Look
from runner.writers.xlsx.styles import Style, Styles
from runner.writers.xlsx.totals import Total

MAX_ROWS: Final = 1_048_576
MAX_COLUMNS: Final = 16_384
"""What a sheet holds (Excel specifications and limits)."""

MAX_SHEET_BYTES: Final = 1_900 * 1024 * 1024
"""Where a sheet ends and the next begins: beyond 2 GiB a part of the file needs ZIP64, which Excel does not read from
a stream."""

_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NARROWEST, _WIDEST, _SAMPLED_ROWS = 8, 60, 200
_LINE_POINTS, _BUTTON_POINTS = 15, 13


def letters(index: int) -> str:
    """The name of a column, counted from 0: ``A``, ``Z``, ``AA``."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet: where it comes from, how it is shown, how wide it is in characters."""

    column: Column
    look: Look
    width: int

    @property
    def title(self) -> str:
        """What the header says."""
        return self.column.look.title or self.column.name

    @property
    def title_lines(self) -> int:
        """How many lines of the header the title takes; its letters are bold."""
        return max(1, len(wrap(self.title, max(self.width - 2, 1))))

    @property
    def to_the_right(self) -> bool:
        """Whether the cells below the title stand at the right, as a spreadsheet puts numbers and days."""
        return self.look.cell in {CellKind.NUMBER, CellKind.DATE, CellKind.TIMESTAMP, CellKind.TIME}


def sheet_column(column: Column, look: Look, sample: "RecordBatch | None", index: int) -> SheetColumn:
    """A column of a sheet; a width that nobody gave follows from the title and the first rows."""
    title = column.look.title or column.name
    longest = max((len(word) for word in title.split()), default=0) + 3
    if sample is not None and sample.num_rows:
        text = plain_text(sample.column(index).slice(0, _SAMPLED_ROWS), is_json=column.is_json)
        longest = max(longest, (pc.max(pc.utf8_length(text)).as_py() or 0) + _room(look))
    return SheetColumn(column, look, column.look.width or min(max(longest, _NARROWEST), _WIDEST))


def _room(look: Look) -> int:
    # Separators, a currency and a sign need more room than the bare digits.
    extra = 4 if look.cell is CellKind.NUMBER and "," in look.number_format else 2
    return extra + (4 if "[$" in look.number_format else 0)


class Sheet:
    """Streams rows into one part of the workbook's archive."""

    def __init__(
        self, archive: zipfile.ZipFile, number: int, columns: Sequence[SheetColumn], styles: Styles, *, locale: str
    ) -> None:
        """Begin the sheet that is the workbook's ``number``-th, counted from 1, for printers of the locale."""
        self.rows = 0
        self.bytes = 0
        self._columns = columns
        self._paper = paper_number(locale)
        self._styles = styles
        # A text right behind numbers reads as one with them.
        self._indented = [
            before is not None and before.to_the_right and here.look.cell is CellKind.TEXT
            for before, here in zip((None, *columns), columns, strict=False)
        ]
        self._style_numbers = [
            (
                styles.number(Style(column.look.number_format, indented=indented)),
                styles.number(Style(column.look.number_format, indented=indented, quoted=True)),
            )
            for column, indented in zip(columns, self._indented, strict=True)
        ]
        self._part: IO[bytes] = archive.open(part_name(number), "w")
        self._write(self._head().encode())

    def _write(self, data: bytes | memoryview) -> None:
        self._part.write(data)
        self.bytes += len(data)

    def _head(self) -> str:
        widths = "".join(
            f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"/>'
            for place, column in enumerate(self._columns, 1)
        )
        titles = "".join(
            _text_cell(
                letters(i) + "1",
                column.title,
                self._styles.number(Style(header=True, right=column.to_the_right, indented=self._indented[i])),
            )
            for i, column in enumerate(self._columns)
        )
        # Below the titles there is room for the buttons of the filter, which would hide what stands at the right.
        height = _LINE_POINTS * max((column.title_lines for column in self._columns), default=1) + _BUTTON_POINTS
        return (
            f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}">'
            '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
            '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15"/><cols>{widths}</cols><sheetData>'
            f'<row r="1" ht="{height}" customHeight="1">{titles}</row>'
        )

    def write(self, batch: RecordBatch, time_zone: str) -> None:
        """Write rows; the caller sees to it that they fit."""
        if not batch.num_rows:
            return
        first = self.rows + 2
        rows = pa.array(range(first, first + batch.num_rows), pa.int64()).cast(pa.string())
        cells = [
            column_cells(
                values, column.look.cell, Place(letters(i), rows, *numbers), time_zone, is_json=column.column.is_json
            )
            for i, (values, column, numbers) in enumerate(
                zip(batch.columns, self._columns, self._style_numbers, strict=True)
            )
        ]
        lines = pc.binary_join_element_wise(
            '<row r="', rows, '">', *cells, "</row>", "", null_handling="replace", null_replacement=""
        )
        write_lines(lines, self._write)
        self.rows += batch.num_rows

    def end(self, totals: Sequence[Total | None] = ()) -> None:
        """Write the totals, if there are any, and end the sheet."""
        tail = self._totals(totals) if any(totals) else ""
        tail += "</sheetData>"
        if self.rows:
            tail += f'<autoFilter ref="A1:{letters(len(self._columns) - 1)}{self.rows + 1}"/>'
        tail += '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        tail += f'<pageSetup paperSize="{self._paper}" orientation="landscape" fitToHeight="0"/></worksheet>'
        self._write(tail.encode())
        self._part.close()

    def _totals(self, totals: Sequence[Total | None]) -> str:
        row, cells = self.rows + 2, []
        for place, (column, total) in enumerate(zip(self._columns, totals, strict=True)):
            address = f"{letters(place)}{row}"
            if total is not None and total.text is not None:
                cells.append(_text_cell(address, total.text, self._styles.number(Style(total=True))))
            elif total is not None:
                style = self._styles.number(Style(column.look.number_format, total=True))
                cells.append(f'<c r="{address}" s="{style}"><f>{escape(total.formula)}</f><v>{total.value!r}</v></c>')
            else:
                label = "Total" if place == 0 else ""
                cells.append(_text_cell(address, label, self._styles.number(Style(total=True))))
        return f'<row r="{row}">{"".join(cells)}</row>'


def paper_number(locale: str) -> int:
    """The paper of a locale by its number in a sheet's page setup (ECMA-376 part 1, 18.3.1.63)."""
    return 1 if has_letter_paper(locale) else 9


def part_name(number: int) -> str:
    """The name of the ``number``-th sheet's part in the archive."""
    return f"xl/worksheets/sheet{number}.xml"


def _text_cell(address: str, text: str, style: int) -> str:
    where = f"<c r={quoteattr(address)} s={quoteattr(str(style))}"
    if not text:
        return where + "/>"
    return f'{where} t="inlineStr"><is><t xml:space="preserve">{escaped(pa.array([text]))[0]}</t></is></c>'
