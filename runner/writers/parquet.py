"""Parquet: every type kept, row groups of bounded size, zstd."""

import importlib
from collections.abc import Iterable
from typing import Any, Final

from contract.report import ReportFormat
from runner.arrow import DataType, RecordBatch, pa
from runner.writers.format import Column, OpenFile, Outlet, Report, Result, UnfitError

_CONTENT_TYPE: Final = "application/vnd.apache.parquet"
ROW_GROUP_BYTES: Final = 32 * 1024 * 1024
"""Arrow bytes of the rows that make one row group: large enough to be read fast, small enough to be held."""

NOTE: Final = b"snowflake_type"
"""The key of a column's note in the file's Arrow schema, when Parquet has no type of its own for it."""


class _Written:
    """A file as Arrow writes to it."""

    closed = False

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        self._at = 0

    def write(self, data: Any) -> int:
        self._at += self._file.write(memoryview(data))
        return memoryview(data).nbytes

    def tell(self) -> int:
        return self._at

    def flush(self) -> None: ...

    def close(self) -> None: ...


class ParquetWriter:
    """Writes each result as a Parquet file."""

    def __init__(self, outlet: Outlet, _report: Report) -> None:
        """Write the report's files to the outlet."""
        self._parquet: Any = importlib.import_module("pyarrow.parquet")
        self._outlet = outlet
        self._result: Result
        self._file: OpenFile
        self._writer: Any = None
        self._schema: Any = None
        self._waiting: list[RecordBatch] = []
        self._waiting_bytes = 0
        self._rows = 0

    def begin(self, result: Result) -> None:
        """Open the query's file; its schema is known when the rows are."""
        query = result.query.name
        self._file = self._outlet.open(f"{query}.parquet", ReportFormat.PARQUET, _CONTENT_TYPE, query)
        self._result = result
        self._rows = 0
        self._writer = None

    def write(self, batch: RecordBatch) -> None:
        """Take rows, and write a row group when there are enough of them."""
        if self._writer is None:
            self._open(batch.schema.types)
        self._waiting.append(self._as_declared(batch))
        self._waiting_bytes += batch.nbytes
        self._rows += batch.num_rows
        if self._waiting_bytes >= ROW_GROUP_BYTES:
            self._write_row_group()

    def end(self) -> None:
        """Write the rest, the footer, and close the file."""
        if self._writer is None:
            self._open([None] * len(self._result.columns))
        self._write_row_group()
        self._writer.close()
        self._writer = None
        self._file.close(self._rows)

    def finish(self) -> None:
        """Write nothing: every file is closed."""

    def _open(self, types: Iterable[DataType]) -> None:
        columns = self._result.columns
        self._schema = pa.schema([_field(column, kind) for column, kind in zip(columns, types, strict=True)])
        self._writer = self._parquet.ParquetWriter(_Written(self._file), self._schema, compression="zstd")

    def _as_declared(self, batch: RecordBatch) -> RecordBatch:
        arrays = []
        for column, cells, field in zip(self._result.columns, batch.columns, self._schema, strict=True):
            try:
                arrays.append(cells.cast(field.type))
            except pa.ArrowException as error:
                raise UnfitError(
                    f"column {column.name} began as {field.type} and then held what that cannot hold ({error}); "
                    "cast it to one type in the query, a TIMESTAMP to TIMESTAMP_NTZ(6) or a number to NUMBER(p, s)"
                ) from error
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _write_row_group(self) -> None:
        if self._waiting:
            rows = pa.Table.from_batches(self._waiting, self._schema)
            self._writer.write_table(rows, row_group_size=max(1, rows.num_rows))
        self._waiting, self._waiting_bytes = [], 0


def _field(column: Column, arriving: DataType) -> Any:
    kind = column.type
    if kind is None:
        kind = arriving if arriving is not None else pa.string()
    elif arriving is not None and pa.types.is_timestamp(kind) and (kind.unit, arriving.unit) == ("ns", "us"):
        # Nanoseconds end in the year 2262; a column with days beyond comes in microseconds.
        kind = arriving
    note = {NOTE: column.kind.encode()} if column.is_json and column.kind else None
    return pa.field(column.name, kind, metadata=note)
