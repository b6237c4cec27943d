"""Rows as JSON objects, a whole batch at a time."""

import json

from runner.arrow import Array, RecordBatch, pc
from runner.writers.cells import json_text
from runner.writers.format import Column


def objects(batch: RecordBatch, columns: tuple[Column, ...], *, before: str = "", after: str = "") -> Array:
    """One JSON object per row, with something before and after each."""
    parts: list[object] = []
    for place, (cells, column) in enumerate(zip(batch.columns, columns, strict=True)):
        begin = f"{before}{{" if place == 0 else ","
        parts.append(f"{begin}{json.dumps(column.name, ensure_ascii=False)}:")
        parts.append(json_text(cells, is_json=column.is_json))
    return pc.binary_join_element_wise(*parts, f"}}{after}", "")
