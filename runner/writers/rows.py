"""Rows as JSON objects, a whole batch at a time."""

import json

from runner.arrow import Array, RecordBatch, pc
from runner.writers.cells import json_text
from runner.writers.format import Column


def objects(batch: RecordBatch, columns: tuple[Column, ...], *, before: str = "", after: str = "") -> Array:
    """One JSON object per row, with something before and after each."""
    parts: list[object] = []
    constant = f"{before}{{"
    for cells, column in zip(batch.columns, columns, strict=True):
        text, in_quotes = json_text(cells, is_json=column.is_json)
        quote = '"' if in_quotes else ""
        parts += [f"{constant}{json.dumps(column.name, ensure_ascii=False)}:{quote}", text]
        constant = f"{quote},"
    return pc.binary_join_element_wise(*parts, f"{constant[:-1]}}}{after}", "")
