"""Upgrades: the oldest schema, with its rows, becomes what a new installation has; a deployment that stops goes on."""

import json
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector import DictCursor

from executor.cli.deploy_plan import lines_of
from executor.deploy import lock, migrations, procedures_zip, templates
from executor.deploy import snowflake as snowflake_side
from sql import BOOTSTRAP_STEPS
from tests.conformance.deploy.conftest import Account
from tests.conformance.deploy.inventory import inventory

pytestmark = pytest.mark.thorough

OLDEST = "V0001__queue.sql"
GRANTS = sorted((Path(__file__).parents[3] / "sql" / "grants").glob("A__*.sql"))
FUTURE = {"title": "Of the future", "queries": [{"name": "q", "sql": "SELECT 1 AS n"}], "not_known_today": {"a": [1]}}


def rows(connection: snowflake.connector.SnowflakeConnection, text: str, *binds: object) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(text, binds)
        return [{str(key).lower(): value for key, value in dict(row).items()} for row in cursor.fetchall()]


def install_oldest(account: Account, database: str, folder: Path) -> None:
    """Bootstrap and the first migration, as the first version that deployed left them, with a job that has ended."""
    values = {"database": database, "schema": "REPORTING", "warehouse": "REPORTS_WH"}
    with snowflake.connector.connect(**account.arguments) as connection:
        for step in BOOTSTRAP_STEPS:
            connection.cursor().execute(templates.script(f"bootstrap/{step}.sql", **values))
    (folder / OLDEST).write_text(templates.script(f"migrations/{OLDEST}"), encoding="utf-8")
    variables = {"installation": "deploying", "bucket": "report-files"}
    applied = migrations.apply(folder, variables, f"{database}.REPORTING.CHANGE_HISTORY", account.arguments | values)
    assert applied == (OLDEST,)


OLD_ROWS = (
    """INSERT INTO job_intake (request_id, kind, job_id, report_type, report_version, params, options, priority,
        business_date, requested_by, source, trace_id, payload_version, enqueued_at)
    SELECT 'r-1', 'RUN', 'old-1', 'SALES_REPORT', 1, PARSE_JSON('{}'), PARSE_JSON('{}'), 50, '2026-01-02'::DATE,
        CURRENT_USER(), 'generate_report', 't-1', 1, SYSDATE()""",
    """INSERT INTO job_state (request_id, job_id, status, attempt, launch_try, status_rank, fence, finished_at)
    SELECT 'r-1', 'old-1', 'FAILED', 1, 1, 60, 1, SYSDATE()""",
    """INSERT INTO job_results (request_id, job_id, attempt, exit_code, diagnosis, remedy, "AT")
    SELECT 'r-1', 'old-1', 1, 1, 'It broke.', 'Mend it.', SYSDATE()""",
)


def test_p20_the_oldest_schema_upgraded_is_object_by_object_a_new_one_and_its_rows_are_read(
    account: Account, tmp_path: Path
) -> None:
    install_oldest(account, "UPGRADED", tmp_path)
    with account.connect("UPGRADED") as connection:
        for statement in OLD_ROWS:
            rows(connection, statement)
        rows(
            connection,
            "INSERT INTO report_types (report_type, version, definition, digest, defined_at) "
            "SELECT 'OF_THE_FUTURE', 1, PARSE_JSON(?), 'future', SYSDATE()",
            json.dumps(FUTURE),
        )
        what = account.what(database="UPGRADED")
        plan = snowflake_side.planned(**what)
        assert plan.not_known == "built-in reports are compared after the migrations"
        assert ("migration", "report_types") in {(change.kind, change.name) for change in plan.changes}
        snowflake_side.deploy(**what, say=lambda _line: None)
        upgraded = inventory(connection)
        different = {
            name for name in upgraded.keys() | account.fresh.keys() if upgraded.get(name) != account.fresh.get(name)
        }
        assert different == set()
        assert len(upgraded) > 200
        (status,) = rows(connection, "CALL report_status('old-1')")
        told = json.loads(status["report_status"])
        assert (told["status"], told["diagnosis"], told["remedy"]) == ("FAILED", "It broke.", "Mend it.")
        (asked,) = rows(connection, "CALL generate_report('OF_THE_FUTURE')")
        assert json.loads(asked["generate_report"])["status"] == "QUEUED"


def test_a_deployment_shows_its_plan_stops_clean_half_way_and_goes_on(account: Account, orders: Any) -> None:
    what = account.what(database="HALF_WAY")
    shown = "\n".join(lines_of(snowflake_side.planned(**what)))
    for says in ("database HALF_WAY", "migration V0001__queue.sql: ", "views: new ", "pydantic", "SALES_REPORT v1"):
        assert says in shown
    with account.connect() as connection:
        assert "HALF_WAY" not in {row["name"] for row in rows(connection, "SHOW DATABASES")}

    orders([{"op": "*", "kind": "timeout", "seconds": 1, "match": "CREATE OR REPLACE VIEW queue_health"}])
    broken = account.deploy("--yes", REPORTING_DATABASE="HALF_WAY")
    assert broken.returncode == 1
    for says in ("R__view_2_queue_health.sql", "000630", "Applied before it: V0001__queue.sql", "run reporting deploy"):
        assert says in broken.stderr
    with account.connect("HALF_WAY") as connection:
        assert rows(connection, "SHOW TABLES LIKE 'DEPLOYMENT_LOCK' IN SCHEMA REPORTING") == []
        left = snowflake_side.planned(**what)
        assert left.changes[0].script == "R__view_2_queue_health.sql"
        assert (left.nothing_new, left.code_is_new, left.new_objects) == (False, False, ())
        snowflake_side.deploy(**what, say=lambda _line: None)
        assert inventory(connection).keys() == account.fresh.keys()


def test_a_second_time_there_is_nothing_to_do_but_the_grants(account: Account) -> None:
    what, said = account.what(), list[str]()
    snowflake_side.deploy(**what, say=said.append)  # whatever other tests have left
    plan = snowflake_side.planned(**what)
    assert plan.nothing_new
    assert plan.tasks_to_start == ()
    count = "SELECT COUNT(*) AS n FROM change_history"
    with account.connect() as connection:
        before = rows(connection, count)[0]["n"]
        snowflake_side.deploy(**what, say=said.append)
        assert rows(connection, count)[0]["n"] - before == len(GRANTS)
    assert f"migrations, views, procedures, tasks, grants: applied ({len(GRANTS)} scripts)" in said


def test_two_do_not_deploy_at_once_and_a_lock_left_behind_is_taken_over(account: Account) -> None:
    with account.connect() as connection:
        with lock.held(connection, "ANALYTICS_PLATFORM.REPORTING", print):
            with pytest.raises(lock.LockedError) as refused:
                snowflake_side.deploy(**account.what(), say=lambda _line: None)
            assert "TESTER deploys into ANALYTICS_PLATFORM.REPORTING since" in str(refused.value)
            assert "DROP TABLE ANALYTICS_PLATFORM.REPORTING.DEPLOYMENT_LOCK" in str(refused.value)
            said: list[str] = []
            with lock.held(connection, "x", said.append, 0):
                assert "left its lock behind: taken over" in said[0]
        with pytest.raises(lock.LockedError), lock.held(connection, "x", print), lock.held(connection, "x", print):
            pass


def test_of_two_who_see_the_same_lock_left_behind_one_takes_it_over(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    with account.connect() as connection:
        assert lock._take(connection)
        seen = lock._lock(connection)
        with lock.held(connection, "x", print, 0):
            own = lock._lock(connection)
            with monkeypatch.context() as patched:
                patched.setattr(lock, "_lock", lambda _connection: seen)  # the other had asked before
                with pytest.raises(lock.LockedError, match="takes over from him"), lock.held(connection, "x", print, 0):
                    pass
            assert own is not None
            assert own.is_that(lock._lock(connection))
            assert not own.is_that(seen)
        assert rows(connection, "SHOW TABLES LIKE 'DEPLOYMENT_LOCK%'") == []


def test_nobody_gives_back_a_lock_that_another_has_taken_over(account: Account) -> None:
    said: list[str] = []
    with account.connect() as connection:
        with lock.held(connection, "x", said.append):
            rows(connection, "DROP TABLE deployment_lock")
            assert lock._take(connection)
        assert "is not given back; it is held by: TESTER since" in said[0]
        assert lock._lock(connection) is not None
        rows(connection, "DROP TABLE deployment_lock")


def test_a_lock_that_cannot_be_given_back_is_told_and_hides_no_error(account: Account, orders: Any) -> None:
    said: list[str] = []
    with account.connect() as connection:
        orders([{"op": "DROP", "kind": "timeout", "match": "deployment_lock"}])
        with pytest.raises(ZeroDivisionError), lock.held(connection, "A.B", said.append, 600):
            raise ZeroDivisionError
        assert "for 10 minutes" in said[0]
        assert "DROP TABLE A.B.DEPLOYMENT_LOCK" in said[0]
        rows(connection, "DROP TABLE deployment_lock")


def test_a_migration_numbered_below_the_newest_is_refused_instead_of_forgotten(
    account: Account, tmp_path: Path
) -> None:
    arguments = account.arguments | {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
    (tmp_path / "V0002__later.sql").write_text("SELECT 1;", encoding="utf-8")
    with pytest.raises(migrations.MigrationError, match="V0002__later"):
        migrations.apply(tmp_path, {}, "ANALYTICS_PLATFORM.REPORTING.CHANGE_HISTORY", arguments)


def test_a_plan_says_what_has_changed(account: Account) -> None:
    with account.connect() as connection:
        rows(connection, "UPDATE change_history SET checksum = 'other' WHERE script = 'R__view_2_queue_health.sql'")
    found = snowflake_side.planned(**account.what())
    changed = {change.name: (change.kind, change.is_new) for change in found.changes}
    assert changed == {"queue_health": ("view", False)}
    assert found.code == procedures_zip.build()[0]
    assert "GRANT SELECT ON VIEW jobs TO ROLE report_requester" in found.grants
