"""Who and where a session is, its parameters and variables; roles, warehouses and grants."""

from typing import Any

import pytest
from snowflake.connector.errors import DatabaseError, ProgrammingError


def test_a_session_knows_who_logged_in_and_where(ask: Any, schema: str) -> None:
    asked = "SELECT CURRENT_USER(), CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_DATABASE(), CURRENT_SCHEMA()"
    assert ask(asked) == [("TESTER", "ACCOUNTADMIN", "TEST_WH", "CONFORMANCE", schema)]
    for function in ("CURRENT_ACCOUNT", "CURRENT_REGION", "CURRENT_VERSION", "CURRENT_SESSION"):
        assert ask(f"SELECT {function}()")[0][0]


def test_use_changes_role_warehouse_and_schema(ask: Any) -> None:
    ask("CREATE ROLE another")
    ask("CREATE WAREHOUSE bigger")
    ask("USE WAREHOUSE test_wh")
    for kind, name in (("DATABASE", "conformance"), ("SCHEMA", "conformance.public"), ("WAREHOUSE", "bigger")):
        ask(f"GRANT USAGE ON {kind} {name} TO ROLE another")
    ask("USE ROLE another")
    ask("USE WAREHOUSE bigger")
    ask("USE SCHEMA public")
    assert ask("SELECT CURRENT_ROLE(), CURRENT_WAREHOUSE(), CURRENT_SCHEMA()") == [("ANOTHER", "BIGGER", "PUBLIC")]


def test_a_login_to_a_database_that_is_not_there_has_none(opened: Any) -> None:
    cursor = opened(database="nowhere", schema="none").cursor()
    assert cursor.execute("SELECT CURRENT_DATABASE()").fetchall() == [(None,)]
    with pytest.raises(ProgrammingError, match="does not have a current database"):
        cursor.execute("CREATE TABLE t (a INT)")


def test_parameters_are_set_at_login_and_later_and_can_be_read(ask: Any, opened: Any) -> None:
    cursor = opened(session_parameters={"QUERY_TAG": "reporting", "LOCK_TIMEOUT": 30}).cursor()
    assert cursor.execute("SHOW PARAMETERS LIKE 'LOCK_TIMEOUT'").fetchall()[0][1] == "30"
    ask("ALTER SESSION SET QUERY_TAG = 'a', STATEMENT_TIMEOUT_IN_SECONDS = 10")
    assert ask("SHOW PARAMETERS LIKE 'QUERY_TAG'")[0][:2] == ("QUERY_TAG", "a")
    ask("ALTER SESSION UNSET QUERY_TAG")
    assert ask("SHOW PARAMETERS LIKE 'QUERY_TAG'")[0][1] == ""
    with pytest.raises(ProgrammingError, match="invalid value 'soon'"):
        ask("ALTER SESSION SET LOCK_TIMEOUT = 'soon'")


def test_the_time_zone_is_the_sessions(ask: Any) -> None:
    ask("ALTER SESSION SET TIMEZONE = 'America/New_York'")
    offset = ask("SELECT '2026-01-01 00:00:00'::TIMESTAMP_LTZ")[0][0].utcoffset()
    assert offset.total_seconds() == -5 * 3600


def test_variables_stand_for_their_values_outside_quotes_only(ask: Any) -> None:
    ask("SET word = 'a ''quoted'' text'")
    assert ask("SELECT $word, ' $word'") == [("a 'quoted' text", " $word")]


def test_the_last_answer_can_be_asked_for_again(ask: Any) -> None:
    ask("SELECT 5 AS five")
    assert ask("SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))") == [(5,)]
    ask("SHOW PARAMETERS")
    tag = 'SELECT "key" FROM TABLE(RESULT_SCAN(LAST_QUERY_ID())) WHERE "key" LIKE \'LOCK%\''
    assert ask(tag) == [("LOCK_TIMEOUT",)]


def test_warehouses_are_shown_as_they_were_made(ask: Any) -> None:
    ask("CREATE WAREHOUSE IF NOT EXISTS shown_wh WAREHOUSE_SIZE = 'XSMALL' AUTO_SUSPEND = 60 COMMENT = 'for tests'")
    ask("ALTER WAREHOUSE shown_wh SET AUTO_SUSPEND = 30")
    cursor_row = ask("SHOW WAREHOUSES LIKE 'SHOWN%'")[0]
    assert {"SHOWN_WH", "XSMALL", "30", "for tests"} <= set(cursor_row)
    ask("DROP WAREHOUSE shown_wh")
    assert ask("SHOW WAREHOUSES LIKE 'SHOWN%'") == []


def test_roles_are_granted_and_seen_in_the_session(ask: Any) -> None:
    ask("CREATE ROLE IF NOT EXISTS readers")
    ask("CREATE ROLE IF NOT EXISTS leads")
    ask("GRANT ROLE readers TO ROLE leads")
    ask("CREATE OR REPLACE TABLE for_readers (a INT)")
    ask("-- what readers may do\nGRANT SELECT ON TABLE for_readers TO ROLE readers")
    ask("USE ROLE leads")
    asked = "SELECT IS_ROLE_IN_SESSION('LEADS'), IS_ROLE_IN_SESSION('READERS'), IS_ROLE_IN_SESSION('OTHERS')"
    assert ask(asked) == [(True, True, False)]
    (shown,) = ask("SHOW GRANTS TO ROLE readers")
    assert (shown[1], shown[2], shown[3].rpartition(".")[2], *shown[4:6]) == (
        "SELECT", "TABLE", "FOR_READERS", "ROLE", "READERS",
    )  # fmt: skip
    assert [row[5] for row in ask("SHOW GRANTS OF ROLE readers")] == ["LEADS"]
    with pytest.raises(ProgrammingError, match="not supported by the local cloud"):
        ask("SHOW GRANTS")
    ask("USE ROLE accountadmin")
    ask("REVOKE ROLE readers FROM ROLE leads")
    ask("USE ROLE leads")
    assert ask("SELECT IS_ROLE_IN_SESSION('READERS')") == [(False,)]


@pytest.mark.parametrize("kind", ["USER", "ROLE"])
def test_accounts_objects_are_made_once_and_dropped(ask: Any, kind: str) -> None:
    ask(f"CREATE {kind} once")
    with pytest.raises(ProgrammingError, match="already exists"):
        ask(f"CREATE {kind} once")
    ask(f"CREATE {kind} IF NOT EXISTS once")
    ask(f"DROP {kind} once")
    with pytest.raises(ProgrammingError, match="does not exist"):
        ask(f"DROP {kind} once")


def test_databases_come_with_a_public_schema_and_go_with_everything(ask: Any) -> None:
    ask("CREATE DATABASE short_lived")
    ask("CREATE TABLE t (a INT)")
    assert ask("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA()") == [("SHORT_LIVED", "PUBLIC")]
    ask("DROP DATABASE short_lived")
    with pytest.raises(ProgrammingError):
        ask("SELECT * FROM short_lived.public.t")


@pytest.mark.parametrize(
    ("name", "same", "other"),
    [
        ("WEEK_START", "0", "1"),
        ("QUOTED_IDENTIFIERS_IGNORE_CASE", "FALSE", "TRUE"),
        ("MULTI_STATEMENT_COUNT", "1", "0"),
        ("ERROR_ON_NONDETERMINISTIC_UPDATE", "FALSE", "TRUE"),
        ("ERROR_ON_NONDETERMINISTIC_MERGE", "TRUE", "FALSE"),
        ("ROWS_PER_RESULTSET", "0", "10"),
        ("TIMESTAMP_TYPE_MAPPING", "'TIMESTAMP_NTZ'", "'TIMESTAMP_LTZ'"),
        ("TRANSACTION_ABORT_ON_ERROR", "FALSE", "TRUE"),
        ("DEFAULT_DDL_COLLATION", "''", "'en-ci'"),
    ],
)
def test_a_parameter_that_would_have_to_change_answers_keeps_its_default(
    ask: Any, name: str, same: str, other: str
) -> None:
    ask(f"ALTER SESSION SET {name} = {same}")
    ask(f"ALTER SESSION UNSET {name}")
    with pytest.raises(ProgrammingError, match=f"not supported by the local cloud: {name}"):
        ask(f"ALTER SESSION SET {name} = {other}")


def test_a_login_with_such_a_parameter_is_refused(opened: Any) -> None:
    with pytest.raises(DatabaseError, match="WEEK_START"):
        opened(session_parameters={"WEEK_START": 1})
