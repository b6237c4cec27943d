"""``reporting deploy snowflake`` on a local Snowflake: signing in by name, and what an upgrade leaves as it was."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
import structlog
from snowflake.connector import DictCursor
from snowflake.connector.errors import ProgrammingError

from executor.cli.local_settings import CONNECTION, write_files
from executor.deploy import bells, migrations, report_types, tasks
from executor.deploy import snowflake as snowflake_side
from executor.settings import ObjectNames, SnowflakeSettings
from tests.acceptance.system.driving import until
from tests.local_stack import served

OFF_WHEN_NEW = ("missing_reports_task", "notify_operators_task")


@dataclass(frozen=True)
class Account:
    """A local Snowflake into which the product was deployed through ``connections.toml``."""

    home: Path
    data: Path
    arguments: dict[str, Any]

    def deploy(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Deploy as an operator would, with nothing set but the connection's name."""
        own = {key: value for key, value in os.environ.items() if not key.startswith(("SNOWFLAKE_", "REPORTING_"))}
        own |= {"SNOWFLAKE_HOME": str(self.home), "SNOWFLAKE_DEFAULT_CONNECTION_NAME": CONNECTION}
        own |= {"REPORTING_INSTALLATION": "deploying", "REPORTING_BUCKET": "report-files", **environment}
        command = [sys.executable, "-m", "executor", "deploy", "snowflake"]
        return subprocess.run(command, env=own, capture_output=True, text=True, check=False, timeout=120)

    def connect(self) -> snowflake.connector.SnowflakeConnection:
        names = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
        return snowflake.connector.connect(**self.arguments, **names, paramstyle="qmark")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    home = tmp_path_factory.mktemp("home")
    data = tmp_path_factory.mktemp("snowflake")
    with served("local_cloud.snowflake", "--data-dir", str(data)) as server:
        arguments = {"account": "local", "user": "tester", "password": "any-password", "protocol": "http"}
        arguments |= {"host": server["host"], "port": server["port"]}
        write_files(home, {f"SNOWFLAKE_{name.upper()}": str(value) for name, value in arguments.items()})
        found = Account(home, data, arguments)
        done = found.deploy()
        assert done.returncode == 0, done.stderr
        yield found


@pytest.fixture
def connection(account: Account) -> Iterator[snowflake.connector.SnowflakeConnection]:
    with account.connect() as found:
        yield found


def shown(connection: snowflake.connector.SnowflakeConnection) -> dict[str, tuple[str, str]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute("SHOW TASKS")
        return {row["name"].lower(): (row["state"], row["warehouse"]) for row in map(dict, cursor.fetchall())}


def test_a_new_installation_has_its_tasks_running(connection: snowflake.connector.SnowflakeConnection) -> None:
    assert sorted(shown(connection)) == tasks.names()
    states = shown(connection)
    for wanted in OFF_WHEN_NEW:  # somebody has to want it
        assert states.pop(wanted) == ("suspended", "REPORTS_WH")
    assert set(states.values()) == {("started", "REPORTS_WH")}


def test_a_name_that_connections_toml_does_not_have_is_told(account: Account) -> None:
    done = account.deploy(SNOWFLAKE_DEFAULT_CONNECTION_NAME="nobody")
    assert done.returncode == 2
    assert "SNOWFLAKE_DEFAULT_CONNECTION_NAME is nobody" in done.stderr
    assert CONNECTION in done.stderr


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
        snowflake_side.deploy(
            installation="deploying",
            bucket="report-files",
            names=ObjectNames(),
            snowflake_settings=SnowflakeSettings.model_validate(account.arguments),
            say=lambda _line: None,
        )
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


def test_an_integration_that_is_not_there_is_told(connection: snowflake.connector.SnowflakeConnection) -> None:
    with pytest.raises(LookupError, match=r"REPORTING_DOORBELL_INTEGRATION is NOBODY, .* reporting deploy doorbell"):
        bells.choose(connection, ObjectNames(doorbell_integration="NOBODY"))


def test_a_bell_that_cannot_be_rung_fails_no_call(connection: snowflake.connector.SnowflakeConnection) -> None:
    bells.create_doorbell(
        connection, "BROKEN", "arn:aws:sns:us-east-1:123456789012:x", "arn:aws:iam::123456789012:role/x"
    )
    bells.choose(connection, ObjectNames(doorbell_integration="BROKEN"))
    connection.cursor().execute("DROP INTEGRATION BROKEN")
    ((answer,),) = connection.cursor().execute("CALL generate_report('CONNECTION_TEST')").fetchall()  # type: ignore[union-attr]  # a cursor, not None
    assert json.loads(answer)["status"] == "QUEUED"
    bells.choose(connection, ObjectNames())


def test_operators_are_told_once_of_each_failed_job_and_late_report(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    def told() -> dict[str, Any]:
        with connection.cursor() as cursor:
            ((answer,),) = cursor.execute("CALL notify_operators()").fetchall()  # type: ignore[union-attr]  # a cursor, not None
            found: dict[str, Any] = json.loads(answer)
            return found

    run = connection.cursor().execute
    with pytest.raises(ProgrammingError, match="set REPORTING_OPERATORS_INTEGRATION"):
        told()
    run("CREATE NOTIFICATION INTEGRATION mail TYPE = EMAIL ENABLED = TRUE DEFAULT_RECIPIENTS = ('oncall@example.com')")
    bells.choose(connection, ObjectNames(operators_integration="MAIL"))
    late = {job["job_id"] for job in told()["jobs"]}  # nobody asked for what a new installation expects
    run(
        "INSERT INTO job_intake (request_id, kind, job_id, report_type, payload_version, enqueued_at) "
        "SELECT 'failing', 'RUN', 'failing-job', 'SALES_REPORT', 1, SYSDATE()"
    )
    run(
        "INSERT INTO job_state (request_id, job_id, status, attempt, fence, finished_at) "
        "SELECT 'failing', 'failing-job', 'FAILED', 1, 1, SYSDATE()"
    )
    run(
        'INSERT INTO job_results (request_id, job_id, attempt, diagnosis, remedy, "AT") '
        "SELECT 'failing', 'failing-job', 1, 'It ran out of memory.', 'Give it more.', SYSDATE()"
    )
    assert told() == {"told": 1, "jobs": [{"kind": "FAILED", "job_id": "failing-job"}]}
    assert told() == {"told": 0, "jobs": []}
    assert "failing-job" not in late
    mail = until(lambda: next((text for text in mails(account.data) if "failing-job" in text), None))
    assert "To: oncall@example.com\nSubject: Reports: 1 failed\n" in mail
    assert "cause: It ran out of memory.\n  what to do: Give it more." in mail


def mails(data: Path) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in data.glob("mail/*.eml")]
