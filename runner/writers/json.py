"""JSON: one array of objects, a row per line, streamed."""

from contract.report import ReportFormat
from runner.arrow import RecordBatch
from runner.writers.cells import write_lines
from runner.writers.format import OpenFile, Outlet, Report, Result
from runner.writers.rows import objects


class JsonWriter:
    """Writes each result as a file with one array."""

    def __init__(self, outlet: Outlet, _report: Report) -> None:
        """Write the report's files to the outlet."""
        self._outlet = outlet
        self._rows = 0
        self._result: Result
        self._file: OpenFile

    def begin(self, result: Result) -> None:
        """Open the query's file and the array."""
        query = result.query.name
        self._file = self._outlet.open(f"{query}.json", ReportFormat.JSON, "application/json", query)
        self._result = result
        self._rows = 0
        self._file.write(b"[")

    def write(self, batch: RecordBatch) -> None:
        """Write one object per row."""
        # Every row brings the comma before it; the very first has none to bring.
        rows = objects(batch, self._result.columns, before=",\n")
        write_lines(rows, self._file.write, skip=0 if self._rows else 1)
        self._rows += batch.num_rows

    def end(self) -> None:
        """Close the array and the file."""
        self._file.write(b"\n]\n" if self._rows else b"]\n")
        self._file.close(self._rows)

    def finish(self) -> None:
        """Write nothing: every file is closed."""
