"""CSV as RFC 4180 has it: UTF-8, comma, CRLF, a header; NULL is an empty field, an empty text is ``""``."""

from typing import ClassVar

from runner.arrow import Array, RecordBatch, pa, pc
from runner.writers.cells import plain_text, write_lines
from runner.writers.format import ByteSink, Column

_NEEDS_QUOTES = r'[",\r\n]|^$|^\s|\s$'


def _field(text: Array) -> Array:
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
    return pc.if_else(pc.match_substring_regex(text, _NEEDS_QUOTES), quoted, text)


class CsvWriter:
    """Writes rows as lines of comma-separated fields."""

    content_type: ClassVar[str] = "text/csv; charset=utf-8; header=present"

    def __init__(self, sink: ByteSink, columns: tuple[Column, ...]) -> None:
        """Write the columns given to the sink."""
        self._sink = sink
        self._columns = columns

    def begin(self) -> None:
        """Write the header."""
        names = _field(pa.array([column.name for column in self._columns], pa.string())).to_pylist()
        self._sink.write((",".join(names) + "\r\n").encode())

    def write(self, batch: RecordBatch) -> None:
        """Write one line per row."""
        fields = [
            _field(plain_text(cells, is_json=column.is_json))
            for cells, column in zip(batch.columns, self._columns, strict=True)
        ]
        # A line with nothing on it reads as no row at all, so a lone NULL is written as a lone empty text.
        null = '""' if len(fields) == 1 else ""
        lines = pc.binary_join_element_wise(*fields, ",", null_handling="replace", null_replacement=null)
        write_lines(pc.binary_join_element_wise(lines, "\r\n", ""), self._sink.write)

    def end(self) -> None:
        """Write nothing: the last row ended its own line."""
