"""Large answers: kept in a mapped file instead of memory, handed out in chunks that are made while they are read."""

import gzip
import threading
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from local_cloud.snowflake import wire
from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.result import Result

_LARGE_BYTES: Final = 4 * 1024 * 1024  # of Arrow before compression; Snowflake's chunks are 16 MB at most
_KEPT: Final = 16
_FASTEST: Final = 1


def is_large(result: Result) -> bool:
    """Whether an answer goes out in more than one piece."""
    return result.statement_type not in wire.DML_STATEMENTS and result.table.nbytes > _LARGE_BYTES


def on_disk(result: Result, directory: Path) -> Result:
    """The same answer in a mapped file; the file has no name any more and goes with its last reader."""
    directory.mkdir(exist_ok=True)
    file = directory / f"{result.query_id}.arrow"
    try:
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, result.table.schema) as writer:
            writer.write_table(result.table, max_chunksize=65_536)
        table = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    finally:
        file.unlink(missing_ok=True)
    return replace(result, table=table)


class Chunks:
    """The large answers whose chunks may still be asked for."""

    def __init__(self) -> None:
        """Nothing is kept."""
        self._guard = threading.Lock()
        self._kept: OrderedDict[str, Result] = OrderedDict()

    def split(self, result: Result, address: str) -> tuple[Result, list[dict[str, Any]]]:
        """The first piece of an answer, which goes along with the response, and the addresses of the others."""
        rows = max(int(result.table.num_rows * _LARGE_BYTES / result.table.nbytes), 1)
        with self._guard:
            self._kept[result.query_id] = result
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        chunks = []
        for start in range(rows, result.table.num_rows, rows):
            piece = result.table.slice(start, rows)
            chunks.append(
                {
                    "url": f"{address}/local-cloud/results/{result.query_id}/{start}/{piece.num_rows}",
                    "rowCount": piece.num_rows,
                    "uncompressedSize": piece.nbytes,
                    "compressedSize": piece.nbytes,  # known only once it is made; clients plan with it and no more
                }
            )
        return replace(result, table=result.table.slice(0, rows)), chunks

    def chunk(self, query_id: str, start: int, rows: int) -> bytes:
        """One chunk: a compressed Arrow stream.

        Raises:
            ProgrammingError: 000612 when the answer is no longer kept.
        """
        with self._guard:
            result = self._kept.get(query_id)
        if result is None:
            raise failure(612, "02000", f"Result for query {query_id} has not been found")
        piece = replace(result, table=result.table.slice(start, rows))
        return gzip.compress(wire.arrow_stream(piece, wire.describe(piece)), _FASTEST)
