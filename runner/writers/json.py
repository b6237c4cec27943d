"""JSON: one array of objects, a row per line, streamed."""

import json
from typing import ClassVar

from runner.arrow import RecordBatch, pc
from runner.writers.cells import json_text, write_lines
from runner.writers.format import ByteSink, Column


class JsonWriter:
    """Writes rows as objects of one array."""

    content_type: ClassVar[str] = "application/json"

    def __init__(self, sink: ByteSink, columns: tuple[Column, ...]) -> None:
        """Write the columns given to the sink."""
        self._sink = sink
        self._columns = columns
        self._any_rows = False

    def begin(self) -> None:
        """Open the array."""
        self._sink.write(b"[")

    def write(self, batch: RecordBatch) -> None:
        """Write one object per row."""
        parts: list[object] = []
        for place, (cells, column) in enumerate(zip(batch.columns, self._columns, strict=True)):
            before = ",\n{" if place == 0 else ","
            parts.append(f"{before}{json.dumps(column.name, ensure_ascii=False)}:")
            parts.append(json_text(cells, is_json=column.is_json))
        rows = pc.binary_join_element_wise(*parts, "}", "")
        # Every row brings the comma before it; the very first has none to bring.
        write_lines(rows, self._sink.write, skip=0 if self._any_rows else 1)
        self._any_rows = self._any_rows or len(rows) > 0

    def end(self) -> None:
        """Close the array."""
        self._sink.write(b"\n]\n" if self._any_rows else b"]\n")
