"""Large answers, handed out in chunks that are made while they are read."""

import gzip
import threading
from collections import OrderedDict
from dataclasses import replace
from typing import Any, Final

from local_cloud.snowflake import wire
from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.spool import Spooled

_MOST_BYTES: Final = 4 * 1024**3  # on disk, of answers whose chunks may still be asked for
_FASTEST: Final = 1


def is_large(result: Result) -> bool:
    """Whether an answer goes out in more than one piece."""
    return isinstance(result.table, Spooled)


class Chunks:
    """The large answers whose chunks may still be asked for; beyond 4 GiB the oldest go."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        """Nothing is kept."""
        self._most_bytes = most_bytes
        self._guard = threading.Lock()
        self._kept: OrderedDict[str, Result] = OrderedDict()

    def split(self, result: Result, address: str) -> tuple[Result, list[dict[str, Any]]]:
        """The first piece of an answer, which goes along with the response, and the addresses of the others."""
        self._keep(result)
        chunks = [
            {
                "url": f"{address}/local-cloud/results/{result.query_id}/{number}",
                "rowCount": piece.num_rows,
                "uncompressedSize": piece.nbytes,
                "compressedSize": piece.nbytes,  # known only once it is made; clients plan with it and no more
            }
            for number, piece in enumerate(result.table.pieces)
        ]
        return replace(result, table=result.table.piece(0)), chunks[1:]

    def _keep(self, result: Result) -> None:
        with self._guard:
            self._kept[result.query_id] = result
            self._kept.move_to_end(result.query_id)
            while len(self._kept) > 1 and sum(kept.table.nbytes for kept in self._kept.values()) > self._most_bytes:
                _, oldest = self._kept.popitem(last=False)
                oldest.table.discard()

    def chunk(self, query_id: str, number: int) -> bytes:
        """One chunk: a compressed Arrow stream.

        Raises:
            ProgrammingError: 000612 when the answer is no longer kept.
        """
        with self._guard:
            result = self._kept.get(query_id)
        if result is None or number >= len(result.table.pieces):
            raise failure(612, "02000", f"Result for query {query_id} has not been found")
        piece = replace(result, table=result.table.piece(number))
        return gzip.compress(wire.arrow_stream(piece, wire.describe(piece)), _FASTEST)
