"""What the engine notes of memory that it gave back can be dropped at any time, and statements know nothing of it."""

import threading
from pathlib import Path

import duckdb
import pytest

from local_cloud.snowflake.buffer_notes import BufferNotes

LIMIT = "256MiB"
SORTED = "SELECT count(*), sum(i) FROM (SELECT i FROM numbers ORDER BY hash(i))"
JOINED = "SELECT count(*) FROM few JOIN few AS b USING (word) JOIN few AS c USING (word) JOIN few AS d USING (word)"


@pytest.fixture
def engine(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    made = duckdb.connect()
    made.execute(f"SET GLOBAL memory_limit = '{LIMIT}'; SET GLOBAL threads = 2")
    made.execute(f"SET GLOBAL temp_directory = '{tmp_path}'")
    made.execute("CREATE TABLE few AS SELECT 'a word of more than twelve letters ' || range AS word FROM range(50)")
    made.execute("CREATE TABLE numbers AS SELECT range AS i FROM range(20000)")
    return made


def left(engine: duckdb.DuckDBPyConnection) -> str:
    ((limit,),) = engine.execute("SELECT current_setting('memory_limit')").fetchall()
    return str(limit).replace(" ", "").replace(".0", "")


def test_joins_leave_notes_of_memory_that_is_free_again(engine: duckdb.DuckDBPyConnection) -> None:
    # If the engine learns to drop them itself, this says so, and the module can go.
    notes = BufferNotes(engine)
    before = notes.count()
    for _ in range(20):
        engine.execute(JOINED).fetchall()
    assert notes.count() > before + 20 * 10


def test_notes_are_dropped_and_the_limit_of_memory_stays(engine: duckdb.DuckDBPyConnection) -> None:
    notes = BufferNotes(engine)
    for _ in range(3):
        engine.execute(JOINED).fetchall()
        assert notes.clear()
        assert notes.count() < 10
        assert left(engine) == LIMIT


def test_a_limit_that_the_engine_would_take_is_never_asked_for(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With too little in use the limit would hold, and every other statement fail for want of memory.
    monkeypatch.setattr("local_cloud.snowflake.buffer_notes._HELD_TABLES", 0)
    notes = BufferNotes(engine)
    assert not notes.clear()
    assert left(engine) == LIMIT


def test_statements_under_way_are_answered_as_if_nothing_had_happened(engine: duckdb.DuckDBPyConnection) -> None:
    notes, ended = BufferNotes(engine), threading.Event()
    answers: set[object] = set()

    def ask() -> None:
        beside = engine.cursor()
        while not ended.is_set():
            try:
                answers.update(beside.execute(SORTED).fetchall())
            except duckdb.Error as error:
                answers.add(str(error))

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    cleared = [notes.clear() for _ in range(50)]
    ended.set()
    for thread in asking:
        thread.join()
    assert all(cleared)
    assert answers <= {(20000, 199990000)}


def test_a_watch_drops_them_when_there_are_too_many(
    engine: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_cloud.snowflake.buffer_notes.MOST_NOTES", 50)
    notes = BufferNotes(engine)

    class TwoLooks(threading.Event):
        looks = 0

        def wait(self, timeout: float | None = None) -> bool:
            self.looks += 1
            return self.looks > 2

    for _ in range(20):
        engine.execute(JOINED).fetchall()
    notes.watch(TwoLooks())
    assert notes.count() < 50
