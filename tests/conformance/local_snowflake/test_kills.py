"""A server that is killed in the middle of its work has everything that it acknowledged, and nothing by half."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector.errors import Error

from tests.conformance.local_snowflake.conftest import connect
from tests.conformance.local_snowflake.test_keeping import started

pytestmark = pytest.mark.thorough

ROUNDS = 3
AT_LEAST = 12
PLACE = {"database": "D", "schema": "PUBLIC", "warehouse": "WH"}
PROCEDURE = (
    "CREATE PROCEDURE p_{n}() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION='3.11' "
    "PACKAGES=('snowflake-snowpark-python') HANDLER='run' AS $$\ndef run(session):\n    return '{n}'\n$$"
)
SET_UP = (
    "CREATE WAREHOUSE wh",
    "CREATE DATABASE d",
    "CREATE TABLE log (n INT)",
    "CREATE TABLE counts (n INT, times INT)",
    "CREATE TABLE one (n INT)",
    "CREATE TABLE other (n INT)",
    "CREATE TABLE same AS SELECT SEQ4() AS id, -1 AS n FROM TABLE(GENERATOR(ROWCOUNT => 5000))",
    "CREATE STAGE files",
    "CREATE ROLE readers",
)
MERGE = (
    "MERGE INTO counts AS c USING (SELECT {n} AS n UNION ALL SELECT -1) AS s ON c.n = s.n "
    "WHEN MATCHED THEN UPDATE SET times = times + 1 WHEN NOT MATCHED THEN INSERT VALUES (s.n, 1)"
)
# What each step of the stream says; a step counts once its last statement was acknowledged.
STEPS: tuple[tuple[str, ...], ...] = (
    ("INSERT INTO log VALUES ({n})",),
    (MERGE,),
    ("BEGIN", "INSERT INTO one VALUES ({n})", "INSERT INTO other VALUES ({n})", "COMMIT"),
    ("UPDATE same SET n = {n}",),
    ("CREATE TABLE t_{n} AS SELECT {n} AS n",),
    (PROCEDURE,),
    ("CREATE TASK task_{n} SCHEDULE = '60 MINUTES' AS SELECT {n}",),
    ("CREATE ROLE role_{n}", "GRANT ROLE readers TO ROLE role_{n}"),
    ("COPY INTO @files/f_{n} FROM same",),
    ("CREATE DATABASE d_{n}", "USE SCHEMA d.public"),
    ("DROP DATABASE d_{b}",),
)


def stream(cursor: Any, numbers: Iterator[int], acknowledged: list[int], enough: threading.Event) -> int:
    """Work until the server is gone; answers with the step that was under way."""
    for n in numbers:
        try:
            for statement in STEPS[n % len(STEPS)]:
                cursor.execute(statement.format(n=n, b=n - 1))
        except Error:
            return n
        acknowledged.append(n)
        if len(acknowledged) % AT_LEAST == 0:
            enough.set()
    raise AssertionError("numbers do not end")


def of(step: int, numbers: set[int]) -> set[int]:
    return {n for n in numbers if n % len(STEPS) == step}


def check(rows: Callable[[str], list[tuple[Any, ...]]], done: set[int], under_way: set[int]) -> None:
    def present(step: int, sql: str, column: int = 0, prefix: str = "") -> set[int]:
        texts = [str(row[column]).rpartition(prefix)[2] if prefix else str(row[column]) for row in rows(sql)]
        found = {int(text) for text in texts if text.lstrip("-").isdigit()} - {-1}
        assert of(step, done) <= found <= of(step, done | under_way), sql
        return found

    present(0, "SELECT n FROM log")
    merged = present(1, "SELECT n FROM counts")
    assert rows("SELECT times FROM counts WHERE n = -1") == ([(len(merged),)] if merged else [])
    assert present(2, "SELECT n FROM one") == present(2, "SELECT n FROM other")
    ((least, most),) = rows("SELECT MIN(n), MAX(n) FROM same")
    assert least == most >= max(of(3, done), default=-1)
    for n in present(
        4, "SELECT table_name FROM information_schema.tables WHERE table_name LIKE 'T#_%' ESCAPE '#'", 0, "_"
    ):
        assert rows(f"SELECT n FROM t_{n}") == [(n,)]
    for n in present(5, "SHOW PROCEDURES", 1, "_"):
        assert rows(f"CALL p_{n}()") == [(str(n),)]
    present(6, "SHOW TASKS", 1, "_")
    granted = {str(row[1]) for row in rows("SHOW ROLES")}
    assert {f"ROLE_{n}" for n in of(7, done)} <= granted
    sizes = {int(str(row[0]).split("_")[1]) for row in rows("LIST @files") if row[1]}
    assert of(8, done) <= sizes <= of(8, done | under_way)
    databases = {str(row[1]) for row in rows("SHOW DATABASES")}
    assert not {f"D_{n - 1}" for n in of(10, done)} & databases
    assert {f"D_{n}" for n in of(9, done)} - {f"D_{n - 1}" for n in of(10, done | under_way)} <= databases


# The connector tells the dead server in a thread of its own to abort the request, which fails.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_everything_acknowledged_is_there_after_kills_and_nothing_is_there_by_half(tmp_path: Path) -> None:
    done: list[int] = []
    under_way: set[int] = set()
    numbers = iter(range(1_000_000))
    for killed in range(ROUNDS):
        with started(tmp_path) as (process, endpoint):
            place = PLACE if killed else {}
            cursor = connect(endpoint, network_timeout=1, login_timeout=10, **place).cursor()
            for statement in () if killed else SET_UP:
                cursor.execute(statement)
            if killed:
                check(lambda sql, cursor=cursor: list(cursor.execute(sql).fetchall()), set(done), under_way)  # type: ignore[misc]  # bound early
            enough = threading.Event()

            def kill(enough: threading.Event = enough, end: Callable[[], None] = process.kill) -> None:
                enough.wait(30)
                end()

            threading.Thread(target=kill, daemon=True).start()
            under_way.add(stream(cursor, numbers, done, enough))
    with started(tmp_path) as (_, endpoint), connect(endpoint, **PLACE) as connection:
        last = connection.cursor()
        check(lambda sql: list(last.execute(sql).fetchall()), set(done), under_way)  # type: ignore[union-attr]  # a cursor
    assert len(done) >= ROUNDS * AT_LEAST
