"""Small answers in as few bytes as can be, for keeping thousands of them."""

import json
import zlib
from typing import Any, Final

from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.spool import Spooled

_SMALL_ROWS: Final = 1  # a DML's count stays with its id
_FAST: Final = 1


def is_small(result: Result) -> bool:
    """Whether an answer is worth packing; one that lies in a file would keep the file."""
    return not isinstance(result.table, Spooled) and result.table.num_rows <= _SMALL_ROWS


def packed(result: Result) -> bytes:
    """Columns, rows and types of an answer; who asked, its id and what is to be uploaded are not in it."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, result.table.schema) as writer:
        writer.write_table(result.table)
    head = json.dumps([result.types, result.rowcount, result.statement_type])
    return zlib.compress(head.encode() + b"\n" + sink.getvalue().to_pybytes(), _FAST)


def unpacked(kept: bytes) -> Result:
    """The answer that was packed."""
    head, _, rows = zlib.decompress(kept).partition(b"\n")
    said: list[Any] = json.loads(head)
    types, rowcount, statement_type = said
    return Result(pa.ipc.open_stream(rows).read_all(), tuple(types), rowcount, statement_type)
