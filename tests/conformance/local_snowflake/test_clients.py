"""The official clients, unchanged."""

import datetime as dt
import decimal
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector import DictCursor
from snowflake.connector.errors import DatabaseError, ProgrammingError
from snowflake.snowpark import Session
from snowflake.snowpark.functions import when_matched, when_not_matched

ROWS = 300_000


@pytest.mark.parametrize(
    ("style", "sql", "params"),
    [
        ("pyformat", "SELECT %(a)s, %(b)s", {"a": 1, "b": "it's $x"}),
        ("qmark", "SELECT ?, ?", (1, "it's $x")),
        ("numeric", "SELECT :1, :2", (1, "it's $x")),
    ],
)
def test_binds_come_in_every_style(opened: Any, style: str, sql: str, params: Any) -> None:
    assert opened(paramstyle=style).cursor().execute(sql, params).fetchall() == [(1, "it's $x")]


@pytest.mark.parametrize(
    "value",
    [
        decimal.Decimal("1.5"),
        1.5,
        True,
        None,
        b"ab",
        "x",
        -7,
        dt.date(2026, 1, 2),
        dt.datetime(2026, 1, 2, 3, 4, 5, 678),  # noqa: DTZ001  TIMESTAMP_NTZ has no zone
        dt.time(1, 2, 3),
    ],
)
def test_a_bound_value_comes_back_as_it_was(ask: Any, value: Any) -> None:
    assert ask("SELECT ?", (value,)) == [(value,)]


@pytest.mark.parametrize(("style", "mark"), [("qmark", "?"), ("pyformat", "%s")])
def test_many_rows_are_one_insert(opened: Any, style: str, mark: str) -> None:
    cursor = opened(paramstyle=style).cursor()
    cursor.execute("CREATE TABLE t (n INT, s STRING)")
    cursor.executemany(f"INSERT INTO t VALUES ({mark}, {mark})", [(n, None if n == 5 else "x") for n in range(200)])
    assert cursor.rowcount == 200
    assert cursor.execute("SELECT COUNT(*), COUNT(s) FROM t").fetchall() == [(200, 199)]


def test_an_array_bind_that_fails_leaves_no_row(opened: Any) -> None:
    cursor = opened(paramstyle="qmark").cursor()
    cursor.execute("CREATE TABLE t (n INT)")
    with pytest.raises(ProgrammingError):
        cursor.executemany("INSERT INTO t VALUES (?)", [("1",), ("x",)])
    assert cursor.execute("SELECT COUNT(*) FROM t").fetchall() == [(0,)]


def test_rows_come_as_dicts(opened: Any) -> None:
    assert opened().cursor(DictCursor).execute("SELECT 1 AS a").fetchall() == [{"A": 1}]


def test_a_query_runs_behind_the_clients_back(opened: Any) -> None:
    connection = opened()
    cursor = connection.cursor()
    query_id = cursor.execute_async("CALL SYSTEM$WAIT(1)")["queryId"]
    assert connection.is_still_running(connection.get_query_status(query_id))
    cursor.get_results_from_sfqid(query_id)
    assert cursor.fetchall() == [("waited 1 seconds",)]


def test_a_query_that_fails_behind_the_clients_back_says_why(opened: Any) -> None:
    cursor = opened().cursor()
    query_id = cursor.execute_async("SELECT nope")["queryId"]

    def ask_for_rows() -> None:
        cursor.get_results_from_sfqid(query_id)  # fails here if the query has ended, else below
        cursor.fetchall()

    with pytest.raises(DatabaseError, match="invalid identifier 'NOPE'"):
        ask_for_rows()


def test_the_clients_time_out_cancels_the_statement(opened: Any) -> None:
    cursor = opened().cursor()
    before = time.monotonic()
    numbers = "(SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 100000)))"
    with pytest.raises(ProgrammingError) as ended:
        cursor.execute(f"SELECT COUNT(*) FROM {numbers} a, {numbers} b, {numbers} c WHERE a.n + b.n = -c.n", timeout=1)
    assert ended.value.errno == 604
    assert time.monotonic() - before < 60


def test_describe_runs_nothing(opened: Any) -> None:
    cursor = opened(paramstyle="qmark").cursor()
    cursor.execute("CREATE TABLE t (n INT)")
    assert [c.name for c in cursor.describe("SELECT n AS a, ? AS b FROM t")] == ["A", "B"]
    cursor.describe("INSERT INTO t VALUES (1)")
    assert cursor.execute("SELECT COUNT(*) FROM t").fetchall() == [(0,)]


def test_a_large_result_comes_as_arrow(opened: Any) -> None:
    cursor = opened().cursor()
    cursor.execute(
        f"SELECT SEQ4() AS n, 'row ' || n AS s, CURRENT_TIMESTAMP() AS at FROM TABLE(GENERATOR(ROWCOUNT => {ROWS}))"
    )
    assert sum(batch.num_rows for batch in cursor.fetch_arrow_batches()) == ROWS


@pytest.fixture
def snowpark(endpoint: dict[str, Any], schema: str) -> Iterator[Session]:
    where = {"host": endpoint["host"], "port": endpoint["port"], "protocol": "http", "account": "local"}
    who = {
        "user": "u",
        "password": "p",
        "role": "ACCOUNTADMIN",
        "warehouse": "TEST_WH",
        "platform_detection_timeout_seconds": 0,
    }
    session = Session.builder.configs({**where, **who, "database": "CONFORMANCE", "schema": schema}).create()
    yield session
    session.close()


def test_snowpark_makes_saves_changes_and_merges_tables(snowpark: Session) -> None:
    assert "TEST_WH" in str(snowpark)
    snowpark.create_dataframe([(1, "a"), (2, "b")], schema=["id", "s"]).write.save_as_table("t")
    source = snowpark.create_dataframe([(1, "changed"), (3, "new")], schema=["id", "s"])
    table = snowpark.table("t")
    done = table.merge(
        source,
        table["id"] == source["id"],
        [
            when_matched().update({"s": source["s"]}),
            when_not_matched().insert({"id": source["id"], "s": source["s"]}),
        ],
    )
    assert (done.rows_inserted, done.rows_updated) == (1, 1)
    table.delete(table["id"] == 2)
    assert [tuple(row) for row in table.sort("id").collect()] == [(1, "changed"), (3, "new")]
    assert snowpark.sql("SELECT ? AS a", params=[5]).collect()[0]["A"] == 5
    assert [tuple(row) for row in table.group_by("s").count().sort("s").collect()] == [("changed", 1), ("new", 1)]


def test_snowpark_ranges_caches_and_calls(snowpark: Session) -> None:
    assert [row[0] for row in snowpark.range(1, 10, 3).collect()] == [1, 4, 7]
    snowpark.range(3).write.mode("overwrite").save_as_table("ranged")
    snowpark.range(2).write.mode("append").save_as_table("ranged")
    snowpark.range(3).write.save_as_table("passing", table_type="temporary")
    assert (snowpark.table("ranged").count(), snowpark.table("passing").count()) == (5, 3)
    assert [
        tuple(row) for row in snowpark.create_dataframe([(1, "a")], schema=["x", "y"]).cache_result().collect()
    ] == [(1, "a")]
    snowpark.sql(
        "CREATE PROCEDURE rows_of(n INT) RETURNS TABLE (n INT) LANGUAGE PYTHON RUNTIME_VERSION = '3.11' "
        "PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS $$\ndef run(session, n):\n"
        "    return session.range(n)\n$$"
    ).collect()
    assert [row["N"] for row in snowpark.sql("CALL rows_of(2)").collect()] == [0, 1]
    returned: Any = snowpark.call("rows_of", 2)
    assert [row["N"] for row in returned.collect()] == [0, 1]


def test_snowpark_puts_files(snowpark: Session, tmp_path: Path) -> None:
    snowpark.sql("CREATE STAGE files").collect()
    (tmp_path / "a.txt").write_text("x")
    snowpark.file.put(f"{tmp_path}/a.txt", "@files/in", auto_compress=False)
    assert snowpark.sql("LIST @files").collect()[0]["name"] == "files/in/a.txt"


V_SCRIPT = """
CREATE SCHEMA IF NOT EXISTS {{ schema }}_made;
CREATE TABLE {{ schema }}_made.jobs (id INT, at TIMESTAMP_LTZ DEFAULT CURRENT_TIMESTAMP());
INSERT INTO {{ schema }}_made.jobs (id) VALUES (1);
"""
R_SCRIPT = """
CREATE OR REPLACE PROCEDURE {{ schema }}_made.hello(a STRING DEFAULT 'x; y') RETURNS STRING
LANGUAGE PYTHON RUNTIME_VERSION='3.11' PACKAGES=('snowflake-snowpark-python') HANDLER='run' AS $$
def run(session, a):
    # it's; fine
    return a + ";"
$$;
"""


def test_schemachange_deploys_scripts_with_procedures_once(
    endpoint: dict[str, Any], ask: Any, schema: str, tmp_path: Path
) -> None:
    (tmp_path / "V1.0.0__tables.sql").write_text(V_SCRIPT)
    (tmp_path / "R__procedures.sql").write_text(R_SCRIPT)
    environment = os.environ | {
        "SNOWFLAKE_HOST": endpoint["host"],
        "SNOWFLAKE_PORT": str(endpoint["port"]),
        "SNOWFLAKE_PROTOCOL": "http",
        "SNOWFLAKE_ACCOUNT": "local",
        "SNOWFLAKE_USER": "u",
        "SNOWFLAKE_PASSWORD": "p",
        "SNOWFLAKE_DATABASE": "CONFORMANCE",
        "SNOWFLAKE_WAREHOUSE": "TEST_WH",
    }
    tool = Path(sys.executable).with_name("schemachange")
    command = [
        str(tool),
        "deploy",
        "-f",
        str(tmp_path),
        "--vars",
        f'{{"schema": "{schema}"}}',
        "--create-change-history-table",
    ]
    command += ["-c", f"CONFORMANCE.{schema}.CHANGE_HISTORY"]
    for _ in range(2):
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=30)
    assert ask(f"SELECT COUNT(at) FROM {schema}_made.jobs") == [(1,)]
    assert ask(f"CALL {schema}_made.hello()") == [("x; y;",)]
    assert ask(f"SELECT COUNT(*) FROM {schema}.change_history") == [(2,)]
