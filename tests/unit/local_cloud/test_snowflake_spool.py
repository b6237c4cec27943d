"""Large answers go to a file piece by piece, and come back as they were."""

import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.chunks import Chunks
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.spool import PIECE_BYTES, Spooled, stored

SCHEMA = pa.schema([("n", pa.int64()), ("text", pa.string())])


def batches(count: int, rows: int, width: int) -> Iterator[Any]:
    for number in range(count):
        numbers = range(number * rows, (number + 1) * rows)
        yield pa.record_batch([pa.array(numbers, pa.int64()), pa.array(["x" * width] * rows)], schema=SCHEMA)


def test_a_small_answer_stays_in_memory(tmp_path: Path) -> None:
    table = stored(batches(3, 10, 5), SCHEMA, tmp_path / "results")
    assert table.column("n").to_pylist() == list(range(30))
    assert not (tmp_path / "results").exists()


def test_a_small_answer_leaves_behind_the_room_that_the_engine_made_for_more(tmp_path: Path) -> None:
    class Room(bytearray):
        """Memory that can be watched."""

    room = Room(4_096 * 8)
    watched = weakref.ref(room)
    numbers = pa.Array.from_buffers(pa.int64(), 1, [None, pa.py_buffer(room)])
    del room
    one_row = pa.record_batch([numbers, pa.array(["a"])], schema=SCHEMA)
    del numbers
    assert watched() is not None
    table = stored(iter((one_row,)), SCHEMA, tmp_path)
    del one_row
    assert watched() is None
    assert table.to_pylist() == [{"n": 0, "text": "a"}]


def test_an_answer_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    assert stored(iter(()), SCHEMA, tmp_path).column_names == ["n", "text"]


@pytest.mark.parametrize(("rows", "width"), [(4_096, 100), (100, 100_000), (1, PIECE_BYTES + 1)])
def test_pieces_keep_the_limit_but_for_a_single_row(tmp_path: Path, rows: int, width: int) -> None:
    spooled = stored(batches(12 * PIECE_BYTES // 4 // (rows * width) + 3, rows, width), SCHEMA, tmp_path)
    assert isinstance(spooled, Spooled)
    assert all(piece.nbytes <= PIECE_BYTES or piece.num_rows == 1 for piece in spooled.pieces)
    back = [n for number in range(len(spooled.pieces)) for n in spooled.piece(number).column("n").to_pylist()]
    assert back == list(range(spooled.num_rows))
    assert spooled.whole().column("n").to_pylist() == back


def test_a_few_pieces_at_most_are_held_while_an_answer_is_stored(tmp_path: Path) -> None:
    before = pa.total_allocated_bytes()
    most = 0

    def watched() -> Iterator[Any]:
        nonlocal most
        for batch in batches(300, 1_000, 200):
            yield batch
            most = max(most, pa.total_allocated_bytes() - before)

    assert stored(watched(), SCHEMA, tmp_path).nbytes > 10 * PIECE_BYTES
    assert most < 5 * PIECE_BYTES


def test_the_file_goes_with_its_last_holder(tmp_path: Path) -> None:
    spooled = stored(batches(30, 1_000, 400), SCHEMA, tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    del spooled
    assert list(tmp_path.iterdir()) == []


def test_a_statement_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def broken() -> Iterator[Any]:
        yield from batches(30, 1_000, 400)
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        stored(broken(), SCHEMA, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_beyond_their_room_on_disk_the_oldest_answers_go(tmp_path: Path) -> None:
    kept = [Result(stored(batches(30, 1_000, 400), SCHEMA, tmp_path), ("BIGINT", "VARCHAR"), 0) for _ in range(3)]
    chunks = Chunks(most_bytes=kept[0].table.nbytes * 2)
    addresses = [chunks.split(result, "http://here")[1][0]["url"] for result in kept]
    keys = [address.partition("?key=")[2] for address in addresses]
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(ProgrammingError, match="has not been found"):
        chunks.chunk(kept[0].query_id, 1, keys[0])
    with pytest.raises(ProgrammingError, match="run the statement again"):
        kept[0].table.whole()
    assert chunks.chunk(kept[2].query_id, 1, keys[2])
    for guessed in ("", keys[1]):
        with pytest.raises(ProgrammingError, match="has not been found"):
            chunks.chunk(kept[2].query_id, 1, guessed)
