"""Many clients at once are all answered right, and what they leave behind does not pile up."""

import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from local_cloud.snowflake.buffer_notes import MOST_NOTES

SESSIONS = 50
CLEARED_WITHIN_S = 60.0


def health(endpoint: dict[str, Any]) -> dict[str, Any]:
    with urllib.request.urlopen(f"{endpoint['endpoint']}/local-cloud/health", timeout=60) as answer:
        told: dict[str, Any] = json.load(answer)
    return told


def test_fifty_sessions_at_once_are_all_answered_right(opened: Any, ask: Any) -> None:
    ask("CREATE TABLE counts (session INT, step INT)")
    with ThreadPoolExecutor(SESSIONS) as pool:
        connections = list(pool.map(lambda _: opened(paramstyle="qmark"), range(SESSIONS)))

        def work(number: int) -> list[tuple[Any, ...]]:
            cursor = connections[number].cursor()
            for step in (1, 2):  # no UPDATE: of 50 that wait for one table's lock, Snowflake refuses 29
                cursor.execute("INSERT INTO counts VALUES (?, ?)", (number, step))
            found: list[tuple[Any, ...]] = cursor.execute(
                "SELECT session, SUM(step), ANY_VALUE(CURRENT_SESSION()) FROM counts WHERE session = ? GROUP BY 1",
                (number,),
            ).fetchall()
            return found

        answers = list(pool.map(work, range(SESSIONS)))
    assert [row[:2] for rows in answers for row in rows] == [(number, 3) for number in range(SESSIONS)]
    assert len({rows[0][2] for rows in answers}) == SESSIONS
    assert ask("SELECT COUNT(*), SUM(step) FROM counts") == [(2 * SESSIONS, 3 * SESSIONS)]


def test_a_call_leaves_no_connection_open(ask: Any, endpoint: dict[str, Any]) -> None:
    ask("""CREATE PROCEDURE one() RETURNS INTEGER LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
        PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS $$
def run(session):
    return session.sql("SELECT 1").collect()[0][0]
$$""")
    ask("CALL one()")
    before = health(endpoint)
    for _ in range(12):
        assert ask("CALL one()") == [(1,)]
    after = health(endpoint)
    assert after["open_files"] < before["open_files"] + 6
    assert after["kept"]["tokens"] == before["kept"]["tokens"]


def test_a_call_leaves_no_session_of_its_handler_in_memory(ask: Any) -> None:
    # Snowpark notes every session to be closed when the process ends, which keeps all of it until then.
    ask("""CREATE PROCEDURE sessions() RETURNS INTEGER LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
        PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS $$
import gc

def run(session):
    gc.collect()
    return sum(type(thing) is type(session) for thing in gc.get_objects())
$$""")
    counts = [ask("CALL sessions()")[0][0] for _ in range(10)]
    assert counts[-1] < counts[0] + 5


def test_the_log_of_a_database_is_written_into_it_long_before_the_engine_would(ask: Any, data_dir: Path) -> None:
    # Until then the engine keeps old versions of rows in memory. By itself it would wait for 16 MiB.
    ask("CREATE TABLE words (word VARCHAR)")
    sizes = [0]
    while len(sizes) < 20 and sizes[-1] == max(sizes):
        ask("INSERT INTO words SELECT UUID_STRING() || UUID_STRING() FROM TABLE(GENERATOR(ROWCOUNT => 2000))")
        sizes.append(sum(log.stat().st_size for log in (data_dir / "databases").glob("*.wal")))
    assert sizes[-1] < max(sizes) < 2**20


def test_what_the_engine_notes_of_memory_that_is_free_again_is_dropped(ask: Any, endpoint: dict[str, Any]) -> None:
    # Each join leaves some dozens of notes; the engine by itself would keep hundreds of thousands.
    rows = "SELECT 'a word of more than twelve letters ' || SEQ4() AS word FROM TABLE(GENERATOR(ROWCOUNT => 50))"
    ask(f"CREATE TABLE words AS {rows}")
    joined = "SELECT COUNT(*) FROM words AS w0 " + " ".join(f"JOIN words AS w{n} USING (word)" for n in range(1, 16))
    most = last = 0
    deadline_s = time.monotonic() + CLEARED_WITHIN_S
    while (most <= MOST_NOTES or last >= MOST_NOTES / 2) and time.monotonic() < deadline_s:
        if most <= MOST_NOTES:
            assert [ask(joined) for _ in range(20)] == [[(50,)]] * 20
        else:
            ask("CALL SYSTEM$WAIT(500, 'MILLISECONDS')")
        last = health(endpoint)["kept"]["buffer notes"]
        most = max(most, last)
    assert last < MOST_NOTES / 2 < MOST_NOTES < most
