"""``reporting deploy snowflake`` on a local Snowflake: signing in by name, and what an upgrade leaves as it was."""

import json
import time
from pathlib import Path

import pytest
import snowflake.connector
import structlog
from snowflake.connector import DictCursor

from executor.cli.local_settings import CONNECTION
from executor.deploy import migrations, report_types, tasks
from executor.deploy import snowflake as snowflake_side
from tests.conformance.deploy.conftest import Account

OFF_WHEN_NEW = {"missing_reports_task", "notify_operators_task", "prune_history_task"}


def shown(connection: snowflake.connector.SnowflakeConnection) -> dict[str, tuple[str, str]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute("SHOW TASKS")
        return {row["name"].lower(): (row["state"], row["warehouse"]) for row in map(dict, cursor.fetchall())}


def test_a_new_installation_has_its_tasks_running(connection: snowflake.connector.SnowflakeConnection) -> None:
    assert sorted(shown(connection)) == tasks.names()
    states = shown(connection)
    for name in OFF_WHEN_NEW:  # somebody has to want them
        assert states.pop(name) == ("suspended", "REPORTS_WH")
    assert set(states.values()) == {("started", "REPORTS_WH")}


def test_a_name_that_connections_toml_does_not_have_is_told(account: Account) -> None:
    done = account.deploy(SNOWFLAKE_DEFAULT_CONNECTION_NAME="nobody")
    assert done.returncode == 2
    assert "SNOWFLAKE_DEFAULT_CONNECTION_NAME is nobody" in done.stderr
    assert CONNECTION in done.stderr


@pytest.mark.parametrize("other", [{"installation": "local"}, {"bucket": "other-files"}])
@pytest.mark.parametrize("act", ["plan", "deploy"])
def test_anothers_queue_is_refused_before_anything_of_it_is_changed(
    account: Account, connection: snowflake.connector.SnowflakeConnection, act: str, other: dict[str, str]
) -> None:
    def traces() -> list[object]:
        with connection.cursor() as cursor:
            asked = ("SELECT COUNT(*) FROM change_history", "LIST @procedure_code", "SHOW TASKS")
            return [cursor.execute(each).fetchall() for each in asked]  # type: ignore[union-attr]  # a cursor, not None

    before, told = traces(), list[str]()
    what = account.what(keep_days=150) | other
    with pytest.raises(
        snowflake_side.DeployError, match=r"belongs to installation \('deploying', 'report-files'\), not to"
    ):
        snowflake_side.planned(**what) if act == "plan" else snowflake_side.deploy(**what, say=told.append)
    assert traces() == before
    assert len(told) == (act == "deploy")  # that database, schema and warehouse are there


def test_an_upgrade_alters_tasks_and_wakes_none_that_an_operator_suspended(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    connection.cursor().execute("ALTER TASK daily_reports_task SUSPEND")
    done = account.deploy(REPORTING_WAREHOUSE="OTHER_WH")
    assert done.returncode == 0, done.stderr
    assert shown(connection) == {
        name: ("suspended" if name in {"daily_reports_task", *OFF_WHEN_NEW} else "started", "OTHER_WH")
        for name in tasks.names()
    }


def test_an_upgrade_that_fails_leaves_the_tasks_running_that_ran(
    account: Account, connection: snowflake.connector.SnowflakeConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tasks.states(connection)

    def fail(*_: object) -> None:
        connection.cursor().execute("ALTER TASK monthly_data_quality_task SUSPEND")
        raise snowflake_side.DeployError("a script was refused")

    monkeypatch.setattr(snowflake_side, "_migrate", fail)
    with pytest.raises(snowflake_side.DeployError):
        snowflake_side.deploy(**account.what(), say=lambda _line: None)
    assert tasks.states(connection) == before


def test_a_version_of_the_users_own_stays_the_newest(connection: snowflake.connector.SnowflakeConnection) -> None:
    definition = json.dumps({"title": "Ours", "queries": [{"name": "q", "sql": "SELECT 1"}]})
    connection.cursor().execute(
        "INSERT INTO report_types (report_type, version, definition, digest, defined_at) "
        "SELECT 'SALES_REPORT', 2, PARSE_JSON(?), 'ours', SYSDATE()",
        (definition,),
    )
    assert report_types.define_builtin(connection) == {}
    connection.cursor().execute("UPDATE report_types SET digest = 'of an older release' WHERE version = 1")
    added = report_types.define_builtin(connection)
    assert added["SALES_REPORT"] == 3
    assert set(added.values()) == {2, 3}


def test_a_built_in_report_that_was_dropped_stays_dropped(connection: snowflake.connector.SnowflakeConnection) -> None:
    connection.cursor().execute("CALL drop_report('DATA_QUALITY')")
    connection.cursor().execute("UPDATE report_types SET digest = version WHERE report_type = 'DATA_QUALITY'")
    assert "DATA_QUALITY" not in report_types.define_builtin(connection)


def test_a_script_that_is_refused_is_named_with_what_snowflake_said(
    account: Account, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "V1__wrong.sql").write_text("SELECT no_such_column FROM {{ schema }}.job_intake;", encoding="utf-8")
    arguments = account.arguments | {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
    logging_before = structlog.get_config()
    with pytest.raises(migrations.MigrationError, match=r"(?is)V1__wrong\.sql.*no_such_column"):
        migrations.apply(tmp_path, {"schema": "REPORTING"}, "ANALYTICS_PLATFORM.REPORTING.TRIED", arguments)
    assert structlog.get_config() == logging_before
    assert capsys.readouterr().out == ""


def test_only_a_script_that_went_elsewhere_is_followed_by_going_back(
    account: Account, connection: snowflake.connector.SnowflakeConnection, tmp_path: Path
) -> None:
    def said() -> int:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE query_text ILIKE 'USE WAREHOUSE%'"
            )
            return int(cursor.fetchall()[0][0])

    (tmp_path / "V1__stays.sql").write_text("SELECT 1;", encoding="utf-8")
    (tmp_path / "V2__leaves.sql").write_text("CREATE SCHEMA away; USE SCHEMA away;", encoding="utf-8")
    (tmp_path / "V3__is_home.sql").write_text("CREATE TABLE at_home (x INT);", encoding="utf-8")
    arguments = account.arguments | {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
    before = said()
    migrations.apply(tmp_path, {}, "ANALYTICS_PLATFORM.REPORTING.TRIED_TWICE", arguments)
    assert said() - before == 2  # when it signs in, and after V2
    assert connection.cursor().execute("SELECT COUNT(*) FROM reporting.at_home")


def test_every_line_of_the_history_is_one_statement_with_its_values_bound(
    account: Account, connection: snowflake.connector.SnowflakeConnection, tmp_path: Path
) -> None:
    (tmp_path / "V1__first.sql").write_text("SELECT 1;", encoding="utf-8")
    (tmp_path / "R__it's_second.sql").write_text("SELECT 2;", encoding="utf-8")
    arguments = account.arguments | {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
    migrations.apply(tmp_path, {}, "ANALYTICS_PLATFORM.REPORTING.TRIED_BOUND", arguments)
    with connection.cursor() as cursor:
        cursor.execute("SELECT version, script, script_type, status FROM reporting.tried_bound ORDER BY installed_on")
        assert cursor.fetchall() == [
            ("1", "V1__first.sql", "V", "Success"),
            ("", "R__it's_second.sql", "R", "Success"),
        ]
        cursor.execute(
            "SELECT COUNT(*), COUNT(DISTINCT query_text) FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) "
            "WHERE query_text ILIKE 'INSERT INTO%TRIED_BOUND%'"
        )
        assert cursor.fetchall() == [(2, 1)]


class EnoughSeenError(Exception):
    """Ends a deployment early."""


def test_what_needs_the_place_alone_is_told_before_anything_is_put_into_it(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    def look() -> None:
        with connection.cursor() as cursor:
            assert cursor.execute("SHOW TABLES IN SCHEMA founded.reporting")
            assert cursor.fetchall() == []
            cursor.execute("USE WAREHOUSE founded_wh")
            cursor.execute("SHOW ROLES LIKE 'REPORT_RUNNER'")
            assert cursor.fetchall()
        raise EnoughSeenError

    with pytest.raises(EnoughSeenError):
        snowflake_side.deploy(
            **account.what(database="FOUNDED", warehouse="FOUNDED_WH"), say=lambda _line: None, founded=look
        )


def test_the_task_of_retention_orders_what_the_installation_keeps(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    snowflake_side.deploy(**account.what(keep_days=200), say=lambda _line: None)
    with connection.cursor(DictCursor) as cursor:
        cursor.execute("SHOW TASKS LIKE 'prune_history_task'")
        (definition,) = [row["definition"] for row in map(dict, cursor.fetchall())]
    assert definition == "CALL prune_history(200)"
    connection.cursor().execute("EXECUTE TASK prune_history_task")
    deadline = time.monotonic() + 90
    while not (found := _orders(connection)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found == [(200,)]


def _orders(connection: snowflake.connector.SnowflakeConnection) -> list[tuple[int]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT params:keep_days::INT FROM job_intake WHERE kind = 'PRUNE'")
        return [tuple(row) for row in cursor.fetchall()]
