"""Failures reach the client at once, with Snowflake's number and SQLSTATE."""

import time
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector.errors import DatabaseError, ProgrammingError


@pytest.mark.parametrize(
    ("sql", "errno", "sqlstate"),
    [
        ("SELEC 1", 1003, "42000"),
        ("SELECT FROM", 1003, "42000"),
        ("SELECT 'open", 1003, "42000"),
        ("SELECT * FROM nowhere", 2003, "42S02"),
        ("SELECT nope FROM t", 904, "42000"),
        ("SELECT t.nope FROM t", 904, "42000"),
        ("INSERT INTO t (nope) VALUES (1)", 904, "42000"),
        ("INSERT INTO t VALUES (1, 2, 3)", 2020, "42601"),
        ("INSERT INTO t (id) VALUES (NULL)", 100072, "22000"),
        ("CREATE TABLE t (a INT)", 2002, "42710"),
        ("DROP TABLE nowhere", 2003, "42S02"),
        ("USE SCHEMA nowhere", 2043, "02000"),
        ("USE DATABASE nowhere", 2043, "02000"),
        ("SELECT nope(1)", 2140, "42601"),
        ("SELECT 'x'::INT", 100038, "22018"),
        ("SELECT 'x'::DATE", 100035, "22007"),
        ("SELECT PARSE_JSON('{bad')", 100069, "22P02"),
        ("SELECT 1/0", 100051, "22012"),
        ("SELECT 123456::NUMBER(4, 0)", 100046, "22003"),
        ("SELECT 'abc'::VARCHAR(2)", 100078, "22000"),
        ("SELECT 'ab'::CHAR", 100078, "22000"),
        ("SELECT TO_BINARY('ABCD', 'HEX')::BINARY(1)", 100078, "22000"),
        ("SELECT id::VARCHAR(2) FROM (SELECT 100 AS id)", 100078, "22000"),
        ("CREATE TABLE short (s VARCHAR(2)) AS SELECT 'abc'", 100078, "22000"),
        ("SELECT id FROM t a JOIN t b ON a.id = b.id", 2028, "42601"),
        ("SELECT 1, 2 UNION SELECT 1", 1789, "42601"),
        ("INSERT INTO t (id) VALUES (1, 2)", 2020, "42601"),
        ("SELECT $unset", 2211, "02000"),
        ("LIST @nowhere", 2003, "02000"),
        ("SELECT 1; SELECT 2", 8, "0A000"),
        (
            "MERGE INTO t USING (SELECT 1 AS i UNION ALL SELECT 1) s ON t.id = s.i WHEN MATCHED THEN UPDATE SET v = 1",
            100090,
            "42P18",
        ),
    ],
)
def test_a_failure_has_snowflakes_number(ask: Any, sql: str, errno: int, sqlstate: str) -> None:
    ask("CREATE TABLE t (id INT NOT NULL, v INT)")
    ask("INSERT INTO t VALUES (1, 1)")
    before = time.monotonic()
    with pytest.raises(DatabaseError) as refused:
        ask(sql)
    assert (refused.value.errno, refused.value.sqlstate) == (errno, sqlstate)
    assert time.monotonic() - before < 20, "the client repeated the request"


@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO t VALUES (2, 'abcd', 'x', NULL)",
        "INSERT INTO t (id, s) SELECT 2, 'ab' || 'cd'",
        "INSERT INTO t (id, c) VALUES (2, 'xy')",
        "INSERT INTO t (id, b) SELECT 2, TO_BINARY('ABCDEF', 'HEX')",
        "UPDATE t SET s = 'abcd'",
        "MERGE INTO t USING (SELECT 1 AS i) n ON t.id = n.i WHEN MATCHED THEN UPDATE SET s = 'abcd'",
        "COPY INTO t (id, s) FROM @%t",
    ],
)
def test_a_text_that_is_longer_than_its_column_is_refused(ask: Any, tmp_path: Path, sql: str) -> None:
    ask("CREATE TABLE t (id INT, s VARCHAR(3), c CHAR, b BINARY(2))")
    ask("INSERT INTO t SELECT 1, 'abc', 'x', TO_BINARY('ABCD', 'HEX')")
    (tmp_path / "long.csv").write_text("2,abcd\n")
    ask(f"PUT file://{tmp_path}/long.csv @%t")
    with pytest.raises(DatabaseError, match="is too long and would be truncated") as refused:
        ask(sql)
    assert (refused.value.errno, refused.value.sqlstate) == (100078, "22000")
    assert ask("SELECT id, s, c FROM t") == [(1, "abc", "x")]


@pytest.mark.parametrize("kind", ["TABLE", "TEMPORARY TABLE"])
def test_a_length_that_alter_table_declares_counts(ask: Any, kind: str) -> None:
    ask(f"CREATE {kind} t (id INT AUTOINCREMENT, s VARCHAR(3) NOT NULL DEFAULT 'd', w VARCHAR(9))")
    ask("ALTER TABLE t ADD COLUMN x VARCHAR(2)")
    ask("INSERT INTO t (s, x) VALUES ('abc', 'xx')")
    with pytest.raises(DatabaseError, match="the column X holds 2"):
        ask("INSERT INTO t (x) VALUES ('xxx')")
    ask("ALTER TABLE t ALTER COLUMN s SET DATA TYPE VARCHAR(5)")
    ask("INSERT INTO t (s) VALUES ('abcde')")
    with pytest.raises(DatabaseError, match="the column S holds 5"):
        ask("UPDATE t SET s = 'abcdef'")
    with pytest.raises(DatabaseError, match="the table holds longer ones"):
        ask("ALTER TABLE t ALTER COLUMN s SET DATA TYPE VARCHAR(4)")
    ask("ALTER TABLE t ALTER COLUMN s SET DATA TYPE VARCHAR")
    ask("INSERT INTO t (s) VALUES ('abcdef')")
    ask("ALTER TABLE t DROP COLUMN x")
    assert ask("SELECT s, w FROM t ORDER BY id") == [("abc", None), ("abcde", None), ("abcdef", None)]


@pytest.mark.parametrize(
    ("there", "declared"),
    [("VARCHAR(5)", "VARCHAR(3)"), ("VARCHAR", "VARCHAR(9)"), ("NUMBER(10, 2)", "VARCHAR(3)"), ("DATE", "ARRAY")],
)
def test_a_column_that_is_there_stays_as_it_is_when_it_is_added_gently(ask: Any, there: str, declared: str) -> None:
    ask(f"CREATE TABLE t (id INT, x {there} COMMENT 'the first')")
    before = ask("DESCRIBE TABLE t")
    ask(f"ALTER TABLE t ADD COLUMN IF NOT EXISTS x {declared} COMMENT 'the second'")
    assert ask("DESCRIBE TABLE t") == before
    ask(f"ALTER TABLE t ADD COLUMN IF NOT EXISTS y {declared}")
    assert [row[0] for row in ask("DESCRIBE TABLE t")] == ["ID", "X", "Y"]


@pytest.mark.parametrize(
    "sql",
    [
        "UNDROP TABLE t",
        "CREATE FUNCTION f() RETURNS INT AS '1'",
        "CREATE STREAM s ON TABLE t",
        "CREATE HYBRID TABLE h (id INT PRIMARY KEY)",
        "SELECT SOUNDEX('a')",
        "SELECT * FROM TABLE(FLATTEN(INPUT => PARSE_JSON('{}'), RECURSIVE => TRUE))",
        "CREATE PROCEDURE p() RETURNS STRING LANGUAGE SQL AS 'BEGIN RETURN 1; END'",
        "CREATE EXTERNAL TABLE e (a INT)",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a",
        "CREATE DYNAMIC TABLE d TARGET_LAG = '1 minute' WAREHOUSE = w AS SELECT 1 AS a",
        "CREATE MASKING POLICY p AS (v STRING) RETURNS STRING -> v",
        "CREATE TAG t",
        "CREATE ROW ACCESS POLICY p AS (v STRING) RETURNS BOOLEAN -> TRUE",
        "CREATE SHARE s",
        "SHOW STREAMS",
        "SHOW LOCKS",
        "DESCRIBE SCHEMA public",
        "COMMENT ON SEQUENCE s IS 'x'",
        "EXPLAIN SELECT 1",
        "BEGIN SELECT 1; END",
        "INSERT ALL INTO t VALUES (1) SELECT 1",
        "SELECT 1 FROM t AT(OFFSET => -60)",
        "SELECT IS_INTEGER(1::VARIANT)",
        "SELECT GET_DDL('STAGE', 's')",
        "SELECT SYSTEM$TYPEOF(1)",
        "SELECT * FROM TABLE(FLATTEN(INPUT => PARSE_JSON('[]'), OUTER => TRUE))",
        "SELECT '5' + 3",
        "SELECT HLL(1)",
        "SELECT * FROM TABLE(GENERATOR(ROWCOUNT => 9)) SAMPLE (1 ROWS)",
        "SELECT * FROM t SAMPLE (1 ROWS)",
        "SELECT $1 FROM @staged",
        "SELECT $1 FROM '@staged' (FILE_FORMAT => 'f')",
        "SELECT $1 FROM '@staged' WHERE $1 = 'x'",
        "SELECT $1 AS a, $2 AS a FROM '@staged'",
        "SELECT s.$1 FROM @staged/x.csv (FILE_FORMAT => 'f') s",
        "COPY INTO t FROM (SELECT $1 FROM @staged)",
        "SELECT * FROM TABLE(SPLIT_TO_TABLE('a,b', ','))",
        "SELECT * FROM t MATCH_RECOGNIZE (ORDER BY id MEASURES MATCH_NUMBER() AS m PATTERN (a) DEFINE a AS id > 1)",
        "SELECT * FROM t ASOF JOIN t u MATCH_CONDITION (t.id >= u.id)",
        "LIST @~",
        "SELECT HASH('a')",
        "SELECT 1 WHERE MOD(HASH('a'), 10) = 3",
        "SHOW USERS",
        "SHOW SEQUENCES",
        "SELECT * FROM SNOWFLAKE.ACCOUNT_USAGE.QUERY_HISTORY",
        "SELECT 12345678901234567890::INT",
        "SELECT '12345678901234567890'::NUMBER(38, 0)",
        "SELECT TRY_CAST('12345678901234567890' AS INT)",
        "INSERT INTO t VALUES (12345678901234567890)",
        "SELECT 9223372036854775807 + 1",
        "SELECT * FROM (SELECT 'x' AS a, 1 AS b) PIVOT (AVG(b) FOR a IN ('x'))",
        "COPY INTO @~/x FROM t",
        "COPY INTO t FROM @~/x",
        "ALTER TABLE t SET DEFAULT_DDL_COLLATION = 'en'",
        "ALTER TABLE t DROP CONSTRAINT c",
    ],
)
def test_what_cannot_be_done_here_is_said_and_not_pretended(ask: Any, sql: str) -> None:
    ask("CREATE TABLE t (id INT)")
    ask("CREATE STAGE staged")
    with pytest.raises(ProgrammingError, match="not supported by the local cloud") as refused:
        ask(sql)
    assert "Error:" not in str(refused.value), "a fault of the server's own shows through"


@pytest.mark.parametrize(
    ("sql", "errno"),
    [
        ("SELECT * FROM read_csv('/etc/hostname')", 2140),
        ("SELECT * FROM '/etc/hostname'", 2003),
        ("SELECT * FROM duckdb_tables()", 1003),
        ("SELECT * FROM _fs_global.main.notes", 2003),
        ("SELECT STRPTIME('2026', '%Y')", 2140),
        ("SELECT * FROM TABLE(nothing())", 2140),
        ("PRAGMA version", 1003),
        ("VACUUM", 1003),
        ("INSTALL json", 1003),
        ("COPY t TO 'x'", 1003),
    ],
)
def test_what_only_the_engine_knows_is_unknown(ask: Any, sql: str, errno: int) -> None:
    with pytest.raises(DatabaseError) as refused:
        ask(sql)
    assert refused.value.errno == errno
