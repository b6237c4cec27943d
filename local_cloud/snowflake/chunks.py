"""Large answers, handed out in chunks that are made while they are read."""

import gzip
import secrets
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
        self._keys: dict[str, str] = {}  # a chunk's address is all that one needs to read it

    def split(self, result: Result, address: str) -> tuple[Result, list[dict[str, Any]]]:
        """The first piece of an answer, which goes along with the response, and the addresses of the others."""
        key = self._keep(result)
        chunks = [
            {
                "url": f"{address}/local-cloud/results/{result.query_id}/{number}?key={key}",
                "rowCount": piece.num_rows,
                "uncompressedSize": piece.nbytes,
                "compressedSize": piece.nbytes,  # known only once it is made; clients plan with it and no more
            }
            for number, piece in enumerate(result.table.pieces)
        ]
        return replace(result, table=result.table.piece(0)), chunks[1:]

    def _keep(self, result: Result) -> str:
        with self._guard:
            key = self._keys.setdefault(result.query_id, secrets.token_urlsafe(24))
            self._kept[result.query_id] = result
            self._kept.move_to_end(result.query_id)
            while len(self._kept) > 1 and sum(kept.table.nbytes for kept in self._kept.values()) > self._most_bytes:
                query_id, oldest = self._kept.popitem(last=False)
                del self._keys[query_id]
                oldest.table.discard()
            return key

    def chunk(self, query_id: str, number: int, key: str) -> bytes:
        """One chunk: a compressed Arrow stream.

        Raises:
            ProgrammingError: 000612 when the answer is no longer kept, or `key` is not the one in its addresses.
        """
        with self._guard:
            result = self._kept.get(query_id)
            is_told = secrets.compare_digest(self._keys.get(query_id, ""), key)
        if result is None or not is_told or number >= len(result.table.pieces):
            raise failure(612, "02000", f"Result for query {query_id} has not been found")
        piece = replace(result, table=result.table.piece(number))
        return gzip.compress(wire.arrow_stream(piece, wire.describe(piece)), _FASTEST)
