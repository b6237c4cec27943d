"""Files on their way out: written to a folder, counted and hashed as they are written."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from contract.report import ReportFormat
from runner.arrow import RecordBatch
from runner.writers.csv import CsvWriter
from runner.writers.format import Column, RowWriter
from runner.writers.json import JsonWriter

WRITERS: dict[ReportFormat, type[RowWriter]] = {ReportFormat.CSV: CsvWriter, ReportFormat.JSON: JsonWriter}


class HashingFile:
    """A file that knows its size in bytes and its SHA-256."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to a file opened for binary writing."""
        self._file = file
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: bytes | memoryview, /) -> int:
        """Write and count all of the bytes."""
        self._file.write(data)
        self._sha256.update(data)
        self.size_bytes += len(data)
        return len(data)

    def close(self) -> None:
        """Close the file below."""
        self._file.close()

    @property
    def sha256(self) -> bytes:
        """The digest of what was written so far."""
        return self._sha256.digest()


@dataclass(frozen=True, slots=True)
class SpooledFile:
    """One finished file in the spool: where it lies and what it holds."""

    path: Path
    format: ReportFormat
    content_type: str
    size_bytes: int
    rows: int
    sha256: bytes


class Spool:
    """Writes one query's rows into one file per format, in one pass."""

    def __init__(
        self, folder: Path, query: str, formats: tuple[ReportFormat, ...], columns: tuple[Column, ...]
    ) -> None:
        """Open the files and write what stands before the rows."""
        self.rows = 0
        self._open: list[tuple[ReportFormat, Path, HashingFile, RowWriter]] = []
        for report_format in formats:
            path = folder / f"{query}.{report_format}"
            file = HashingFile(path.open("wb"))
            writer = WRITERS[report_format](file, columns)
            self._open.append((report_format, path, file, writer))
            writer.begin()

    def write(self, batch: RecordBatch) -> None:
        """Write the rows of one batch to every file."""
        for _, _, _, writer in self._open:
            writer.write(batch)
        self.rows += batch.num_rows

    def finish(self) -> list[SpooledFile]:
        """Write what stands after the rows, close the files and say what they are."""
        done = []
        for report_format, path, file, writer in self._open:
            writer.end()
            file.close()
            done.append(SpooledFile(path, report_format, writer.content_type, file.size_bytes, self.rows, file.sha256))
        return done
