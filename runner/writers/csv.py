"""CSV as RFC 4180 has it: UTF-8, CRLF, a header; NULL is an empty field, an empty text is ``""``."""

import re
import zlib

from contract.report import ReportFormat
from runner.arrow import Array, DataType, RecordBatch, pa, pc
from runner.writers.cells import plain_text, write_lines
from runner.writers.format import ByteSink, OpenFile, Outlet, Report, Result

_CONTENT_TYPE = "text/csv; charset=utf-8; header=present"
_GZIP_TYPE = "application/gzip"
# Levels above take twice the time for a twentieth less (zlib on rows of text).
_GZIP_LEVEL = 5
_GZIP_WINDOW = 31


class _Gzip:
    """Compresses on the way to a file."""

    def __init__(self, file: ByteSink) -> None:
        self._file = file
        self._zlib = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)

    def write(self, data: bytes | memoryview, /) -> int:
        self._file.write(self._zlib.compress(data))
        return memoryview(data).nbytes

    def flush(self) -> None:
        self._file.write(self._zlib.flush())


class CsvWriter:
    """Writes each result as a file of lines, its fields apart by the report's delimiter, gzipped if it says so."""

    def __init__(self, outlet: Outlet, report: Report) -> None:
        """Write the report's files to the outlet."""
        self._outlet = outlet
        self._options = report.definition.csv
        # What a reader would take for more than one field, for no field, or would strip.
        self._special = f'["{re.escape(self._options.delimiter)}\\r\\n]|^$|^\\s|\\s$'
        self._rows = 0
        self._result: Result
        self._file: OpenFile
        self._gzip: _Gzip | None = None

    def begin(self, result: Result) -> None:
        """Open the query's file and write the header."""
        name, query = f"{result.query.name}.csv", result.query.name
        if self._options.gzip:
            self._file = self._outlet.open(f"{name}.gz", ReportFormat.CSV, _GZIP_TYPE, query)
            self._gzip = _Gzip(self._file)
        else:
            self._file = self._outlet.open(name, ReportFormat.CSV, _CONTENT_TYPE, query)
        self._result = result
        self._rows = 0
        names = self._quoted(pa.array([column.name for column in result.columns], pa.string())).to_pylist()
        self._sink.write((self._options.delimiter.join(names) + "\r\n").encode())

    def write(self, batch: RecordBatch) -> None:
        """Write one line per row."""
        fields = [
            self._field(cells, plain_text(cells, is_json=column.is_json))
            for cells, column in zip(batch.columns, self._result.columns, strict=True)
        ]
        # A line with nothing on it reads as no row at all, so a lone NULL is written as a lone empty text.
        null = '""' if len(fields) == 1 else ""
        ended = pa.scalar("\r\n")
        fields[-1] = pc.binary_join_element_wise(fields[-1], ended, "", null_handling="replace", null_replacement=null)
        lines = pc.binary_join_element_wise(
            *fields, self._options.delimiter, null_handling="replace", null_replacement=null
        )
        write_lines(lines, self._sink.write)
        self._rows += batch.num_rows

    def end(self) -> None:
        """Close the query's file."""
        if self._gzip is not None:
            self._gzip.flush()
            self._gzip = None
        self._file.close(self._rows)

    def finish(self) -> None:
        """Write nothing: every file is closed."""

    @property
    def _sink(self) -> ByteSink:
        return self._gzip or self._file

    def _field(self, cells: Array, text: Array) -> Array:
        return text if _is_never_special(cells.type) else self._quoted(text)

    def _quoted(self, text: Array) -> Array:
        special = pc.match_substring_regex(text, self._special)
        if not pc.any(special).as_py():
            return text
        quoted = pc.binary_join_element_wise('"', pc.replace_substring(text, '"', '""'), '"', "")
        return pc.if_else(special, quoted, text)


def _is_never_special(kind: DataType) -> bool:
    types = pa.types
    return bool(
        types.is_integer(kind)
        or types.is_decimal(kind)
        or types.is_floating(kind)
        or types.is_boolean(kind)
        or types.is_temporal(kind)
    )
