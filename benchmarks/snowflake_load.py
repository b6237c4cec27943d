"""A mix of statements for a local Snowflake, as clients send it: binds, literals, transactions, CALLs, errors."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from snowflake.connector.errors import Error

from benchmarks.processes import connected, with_warehouse

DATABASE = "LOAD_TEST"
_PROCEDURE = """CREATE OR REPLACE PROCEDURE count_rows() RETURNS INTEGER LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS $$
def run(session):
    return session.sql("SELECT COUNT(*) FROM things").collect()[0][0]
$$"""
_NOTHING_LEFT = "no answer"
_PER_CONNECTION = 200  # statements before a client logs out and in again


def prepare(endpoint: dict[str, Any]) -> None:
    """Make what the load works on."""
    with_warehouse(endpoint)
    with connected(endpoint) as connection:
        cursor = connection.cursor()
        cursor.execute(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
        cursor.execute("CREATE OR REPLACE TABLE things (id INTEGER, name VARCHAR, detail VARIANT, at TIMESTAMP_NTZ)")
        cursor.execute("INSERT INTO things SELECT SEQ4(), 'thing', NULL, NULL FROM TABLE(GENERATOR(ROWCOUNT => 500))")
        cursor.execute(_PROCEDURE)


class Client:
    """One client that goes through the mix; `kinds` counts what it did, `errors` what went wrong."""

    def __init__(self, endpoint: dict[str, Any], seed: int, *, calls: bool = True) -> None:
        """Work on what `prepare` made; `calls` adds CALLs and large answers to the mix."""
        self.kinds: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self._endpoint = endpoint
        self._chance = random.Random(seed)
        self._calls = calls
        self._connection: Any = None
        self._mix = self._statements(seed)

    def step(self) -> None:
        """One statement."""
        if self._connection is None or sum(self.kinds.values()) % _PER_CONNECTION == 0:
            self.close()
            self._connection = connected(self._endpoint, database=DATABASE, schema="PUBLIC")
        kind, sql, params = next(self._mix)
        self.kinds[kind] += 1
        try:
            rows = self._connection.cursor().execute(sql, params).fetchall()
            if params and kind == "select" and rows != [(params[0],)]:
                self.errors[_NOTHING_LEFT] += 1
        except Error as error:
            if kind != "mistake":
                self.errors[f"{kind}: {error.errno}"] += 1

    def close(self) -> None:
        """Log out."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _statements(self, seed: int) -> Iterator[tuple[str, str, tuple[Any, ...] | None]]:
        for number in itertools.count():
            key = self._chance.randrange(500)
            yield "select", "SELECT ANY_VALUE(id) FROM things WHERE id = ?", (key,)
            yield "select literal", f"SELECT name, at FROM things WHERE id = {key} AND {number} >= 0", None  # noqa: S608  numbers of our own
            mine = 1000 + seed
            yield "insert", "INSERT INTO things SELECT ?, ?, PARSE_JSON(?), CURRENT_TIMESTAMP()", (mine, "x", '{"a":1}')
            yield "update", "UPDATE things SET name = ? WHERE id = ?", (f"name {number}", key)
            yield "merge", _MERGE, (key, f"merged {number}")
            yield "delete", "DELETE FROM things WHERE id = ?", (mine,)
            if number % 5 == 0:
                yield "mistake", "SELECT no_such_column FROM things", None
            if self._calls and number % 10 == 0:
                yield "call", "CALL count_rows()", None
            if self._calls and number % 100 == 50:
                yield "large", "SELECT SEQ4(), REPEAT('x', 90) FROM TABLE(GENERATOR(ROWCOUNT => 100000))", None


_MERGE = """MERGE INTO things t USING (SELECT ? AS id, ? AS name) s ON t.id = s.id
WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)"""


def burst(endpoint: dict[str, Any], statements: int, clients: int, seed: int) -> tuple[float, Counter[str]]:
    """Send so many statements of the mix as fast as they are answered: statements a second, and what went wrong."""

    def work(number: int) -> Counter[str]:
        client = Client(endpoint, seed + number)
        for _ in range(statements // clients):
            client.step()
        client.close()
        return client.errors

    began_s = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        errors = sum(pool.map(work, range(clients)), Counter[str]())
    return statements / (time.perf_counter() - began_s), errors
