"""NDJSON: one JSON object per line."""

from contract.report import ReportFormat
from runner.arrow import RecordBatch
from runner.writers.cells import write_lines
from runner.writers.format import OpenFile, Outlet, Report, Result
from runner.writers.rows import objects


class NdjsonWriter:
    """Writes each result as a file of lines, each an object."""

    def __init__(self, outlet: Outlet, _report: Report) -> None:
        """Write the report's files to the outlet."""
        self._outlet = outlet
        self._rows = 0
        self._result: Result
        self._file: OpenFile

    def begin(self, result: Result) -> None:
        """Open the query's file."""
        query = result.query.name
        self._file = self._outlet.open(f"{query}.ndjson", ReportFormat.NDJSON, "application/x-ndjson", query)
        self._result = result
        self._rows = 0

    def write(self, batch: RecordBatch) -> None:
        """Write one line per row."""
        write_lines(objects(batch, self._result.columns, after="\n"), self._file.write)
        self._rows += batch.num_rows

    def end(self) -> None:
        """Close the query's file."""
        self._file.close(self._rows)

    def finish(self) -> None:
        """Write nothing: every file is closed."""
