"""Many clients at once are all answered right, and what they leave behind does not pile up."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

SESSIONS = 50


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
