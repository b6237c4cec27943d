"""Change times, the present of a statement, and tables as of an earlier moment."""

from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError


def test_the_time_in_a_transaction_is_the_statements(ask: Any, opened: Any) -> None:
    ask("CREATE TABLE t (id INT, at TIMESTAMP_TZ DEFAULT CURRENT_TIMESTAMP())")
    ask("CREATE VIEW now_seen AS SELECT CURRENT_TIMESTAMP() AS at")
    ask("BEGIN")
    first = ask("SELECT CURRENT_TIMESTAMP()")[0][0]
    ask("INSERT INTO t (id) VALUES (1)")
    ask("INSERT INTO t (id) VALUES (2)")
    opened().cursor().execute("INSERT INTO t (id) VALUES (3)")
    one, two = (row[0] for row in ask("SELECT at FROM t WHERE id < 3 ORDER BY id"))
    assert first < one < two < ask("SELECT at FROM now_seen")[0][0]
    ask("COMMIT")
    assert two < ask("SELECT CURRENT_TIMESTAMP()")[0][0]


def test_the_change_time_rises_with_each_committed_change_and_only_then(table: Any) -> None:
    def changed_at() -> int:
        return int(table("SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('t')")[0][0])

    first = changed_at()
    table("UPDATE t SET s = 'x' WHERE id = 99")
    table("SELECT * FROM t")
    table("BEGIN")
    table("INSERT INTO t VALUES (5, 'e')")
    assert changed_at() == first
    table("ROLLBACK")
    assert changed_at() == first
    table("BEGIN")
    table("INSERT INTO t VALUES (5, 'e')")
    table("COMMIT")
    second = changed_at()
    assert second > first
    table("MERGE INTO t USING (SELECT 5 AS id) AS s ON t.id = s.id WHEN MATCHED THEN DELETE")
    assert changed_at() > second


def test_a_table_is_read_as_of_a_moment_since_which_it_has_not_changed(table: Any, opened: Any) -> None:
    (moment,) = table("SELECT CURRENT_TIMESTAMP()")[0]
    as_of = "SELECT COUNT(*) FROM t AT(TIMESTAMP => CAST(? AS TIMESTAMP_TZ)) x WHERE x.id > ?"
    assert table(as_of, (moment.isoformat(), 1)) == [(1,)]
    other = opened().cursor()
    other.execute("BEGIN")
    other.execute("INSERT INTO t VALUES (3, 'c')")
    assert table(as_of, (moment.isoformat(), 0)) == [(2,)]
    other.execute("COMMIT")
    with pytest.raises(ProgrammingError, match="a moment before the last change of table T"):
        table(as_of, (moment.isoformat(), 0))
    copied = "INSERT INTO t SELECT * FROM t AT(TIMESTAMP => CAST(? AS TIMESTAMP_TZ))"
    with pytest.raises(ProgrammingError, match="a moment before the last change of table T"):
        table(copied, (moment.isoformat(),))
    assert table("SELECT COUNT(*) FROM t AT(TIMESTAMP => CURRENT_TIMESTAMP())") == [(3,)]
    table("CREATE OR REPLACE TABLE t AS SELECT 1 AS id")
    with pytest.raises(ProgrammingError, match="Time travel data is not available") as refused:
        table(as_of, (moment.isoformat(), 0))
    assert refused.value.errno == 707


def test_a_view_is_read_as_of_a_moment_since_which_none_of_its_tables_has_changed(table: Any) -> None:
    table("CREATE TABLE other AS SELECT 1 AS id")
    table("CREATE TABLE strange AS SELECT 1 AS id")
    table("CREATE VIEW inner_one AS WITH strange AS (SELECT id FROM other) SELECT t.id FROM t JOIN strange USING (id)")
    table("CREATE VIEW outer_one AS SELECT COUNT(*) AS n FROM inner_one")
    (moment,) = table("SELECT CURRENT_TIMESTAMP()")[0]
    as_of = f"SELECT n FROM outer_one AT(TIMESTAMP => CAST('{moment.isoformat()}' AS TIMESTAMP_TZ)) AS o"
    table("INSERT INTO strange VALUES (2)")
    assert table(as_of) == [(1,)]
    table("INSERT INTO other VALUES (2)")
    with pytest.raises(ProgrammingError, match="a moment before the last change of table OTHER"):
        table(as_of)


@pytest.mark.parametrize(
    "source",
    [
        "t AT(OFFSET => -1)",
        "t BEFORE(STATEMENT => 'x')",
        "t BEFORE(TIMESTAMP => CURRENT_TIMESTAMP())",
        "w AT(TIMESTAMP => CURRENT_TIMESTAMP())",
        "t AT(TIMESTAMP => DATEADD(day, 1, CURRENT_TIMESTAMP()))",
    ],
)
def test_other_ways_to_name_the_past_are_refused(table: Any, source: str) -> None:
    table("CREATE VIEW w AS SELECT table_name FROM information_schema.tables")
    with pytest.raises(ProgrammingError, match="not supported by the local cloud"):
        table(f"SELECT * FROM {source}")


def test_truncating_is_a_change(table: Any) -> None:
    before = table("SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('t')")[0][0]
    table("TRUNCATE TABLE t")
    assert table("SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('t')")[0][0] > before


def test_a_default_is_described_as_it_was_declared(ask: Any) -> None:
    ask("CREATE TABLE d (made_at TIMESTAMP_NTZ DEFAULT CURRENT_TIMESTAMP())")
    assert ask("DESCRIBE TABLE d")[0][4] == "CURRENT_TIMESTAMP"
    told = ask("SELECT column_default FROM information_schema.columns WHERE table_name = 'D'")
    assert told[0][0] == "CURRENT_TIMESTAMP"
