"""Answers too large for memory: written to a file while the engine makes them, read back piece by piece.

The engine hands out its rows in small batches. Up to one piece of them stays in memory and is the answer; as soon as
there is more, pieces go to a file, so that a statement holds one piece at a time, however many rows it answers.
"""

import uuid
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.errors import failure

PIECE_BYTES: Final = 4 * 1024 * 1024  # of Arrow before compression; Snowflake's chunks are 16 MB at most
_SMALL_ROWS: Final = 1_024  # beyond this the room that the engine left unused weighs little


@dataclass(frozen=True)
class Piece:
    """What is known of a piece without reading it."""

    num_rows: int
    nbytes: int


class Spooled:
    """The rows of an answer in a file; it has as much of a table's form as answers need.

    The file goes when nobody holds this any more, or with `discard`.
    """

    def __init__(self, file: Path, schema: Any, pieces: tuple[Piece, ...]) -> None:
        """Stand for `file`, an Arrow file whose record batches are `pieces`."""
        self.schema = schema
        self.pieces = pieces
        self.column_names: list[str] = schema.names
        self.num_rows = sum(piece.num_rows for piece in pieces)
        self.nbytes = sum(piece.nbytes for piece in pieces)
        self._file = file
        self.discard = weakref.finalize(self, file.unlink, missing_ok=True)

    def piece(self, number: int) -> Any:
        """One piece as a table of its own.

        Raises:
            ProgrammingError: 000612 when the file is gone.
        """
        try:
            with pa.OSFile(str(self._file)) as source:
                return pa.Table.from_batches([pa.ipc.open_file(source).get_batch(number)])
        except FileNotFoundError:
            raise _gone() from None

    def whole(self) -> Any:
        """All rows as one table, mapped and not read.

        Raises:
            ProgrammingError: 000612 when the file is gone.
        """
        try:
            return pa.ipc.open_file(pa.memory_map(str(self._file))).read_all()
        except FileNotFoundError:
            raise _gone() from None

    @property
    def columns(self) -> list[Any]:
        """The columns of all rows."""
        return list(self.whole().columns)

    def slice(self, start: int, rows: int) -> Any:
        """Some of the rows."""
        return self.whole().slice(start, rows)


def _gone() -> Exception:
    return failure(612, "02000", "The result of this statement is no longer kept; run the statement again")


def as_table(answer: Any) -> Any:
    """An answer as an Arrow table, wherever its rows lie."""
    return answer.whole() if isinstance(answer, Spooled) else answer


def rows_in_memory(answer: Any) -> int:
    """How many rows an answer holds in memory; one that lies in a file counts as one."""
    return 1 if isinstance(answer, Spooled) else int(answer.num_rows)


def stored(batches: Iterable[Any], schema: Any, directory: Path) -> Any:
    """The rows as a table, or as a `Spooled` in `directory` when they are more than one piece."""
    pieces = _pieces(batches)
    first = next(pieces, [])
    second = next(pieces, None)
    if second is None:
        return _without_spare_room(pa.Table.from_batches(first, schema))
    directory.mkdir(exist_ok=True)
    file = directory / f"{uuid.uuid4()}.arrow"
    try:
        with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, schema) as writer:
            known = [_write(writer, piece) for piece in (first, second)]
            known += [_write(writer, piece) for piece in pieces]
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return Spooled(file, schema, tuple(known))


def _without_spare_room(table: Any) -> Any:
    """A small answer in memory of its own size.

    The engine makes room for a whole batch in every column, even for one row; thousands of answers of one row are kept.
    """
    if not 0 < table.num_rows <= _SMALL_ROWS:
        return table
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return pa.ipc.open_stream(sink.getvalue()).read_all()


def _write(writer: Any, batches: list[Any]) -> Piece:
    (piece,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    writer.write_batch(piece)
    return Piece(piece.num_rows, piece.nbytes)


def _pieces(batches: Iterable[Any]) -> Iterator[list[Any]]:
    """Batches put together so that each piece, but for a single row, stays within the limit."""
    held: list[Any] = []
    size = 0
    for batch in batches:
        for part in _within(batch):
            if held and size + part.nbytes > PIECE_BYTES:
                yield held
                held, size = [], 0
            held.append(part)
            size += part.nbytes
    if held:
        yield held


def _within(batch: Any) -> Iterator[Any]:
    if batch.nbytes <= PIECE_BYTES or batch.num_rows == 1:
        if batch.num_rows:
            yield batch
        return
    half = batch.num_rows // 2
    yield from _within(batch.slice(0, half))
    yield from _within(batch.slice(half))
