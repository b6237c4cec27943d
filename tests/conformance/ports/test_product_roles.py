"""The product's roles: each may do to each object what its part of the work needs, and nothing else."""

from collections.abc import Iterator
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from executor.adapters.snowflake_session import SnowflakeSession

READ = {
    view: {"SELECT"}
    for view in (
        "FAILURES",
        "JOBS",
        "JOB_ATTEMPTS",
        "MISSING_REPORTS",
        "PUNCTUALITY",
        "QUEUE_HEALTH",
        "REPORT_FILES",
        "REPORT_PAUSES",
    )
}
SEES_ALL = READ | {
    "ALL_JOBS": {"SELECT"},
    "SHARED_TYPES": {"SELECT"},
    "EXPECTED_REPORTS": {"SELECT"},
    "JOB_ARCHIVE": {"SELECT"},
    "JOB_HISTORY": {"SELECT"},
    "REPORT_COSTS": {"SELECT"},
    "RIGHTSIZING": {"SELECT"},
    "HOLIDAYS": {"SELECT", "INSERT", "DELETE"},
    "JOB_INTAKE": {"SELECT"},
    "JOB_STATE": {"SELECT"},
    "JOB_RESULTS": {"SELECT"},
    "JOB_EVENTS": {"SELECT"},
    "REPORT_TYPES": {"SELECT"},
    "TYPE_STATE": {"SELECT"},
    "NOTICES": {"SELECT"},
    "INSTALLATION": {"SELECT"},
}
GRANTED: dict[str, dict[str, set[str]]] = {
    "REPORT_REQUESTER": READ,
    "REPORT_AUTHOR": READ | {"REPORT_TYPES": {"SELECT"}},
    "REPORT_OPERATOR": SEES_ALL,
    "REPORT_ADMIN": SEES_ALL,
    "REPORT_EXECUTOR": {
        "REPORT_PAUSES": {"SELECT"},
        "JOB_ARCHIVE": {"SELECT", "INSERT"},
        "JOB_INTAKE": {"SELECT", "DELETE"},
        "JOB_STATE": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "JOB_RESULTS": {"SELECT", "INSERT", "DELETE"},
        "JOB_EVENTS": {"SELECT", "INSERT", "DELETE"},
        "TYPE_STATE": {"SELECT", "INSERT", "UPDATE"},
        "REPORT_TYPES": {"SELECT"},
        "INSTALLATION": {"SELECT"},
    },
    "REPORT_PROBE": {"JOB_INTAKE": {"SELECT"}},
    "REPORT_RUNNER": {},
}
VIEWS = {*READ, "ALL_JOBS", "SHARED_TYPES", "EXPECTED_REPORTS", "JOB_HISTORY", "REPORT_COSTS", "RIGHTSIZING"}
ASKING = {"REPORT_REQUESTER", "REPORT_AUTHOR", "REPORT_OPERATOR", "REPORT_ADMIN"}
# A column of each table, so that every statement compiles; none touches a row.
COLUMNS = {
    **dict.fromkeys(("JOBS", "ALL_JOBS", "JOB_ATTEMPTS", "REPORT_FILES", "FAILURES", "JOB_HISTORY"), "job_id"),
    **dict.fromkeys(("JOB_INTAKE", "JOB_STATE", "JOB_RESULTS", "JOB_EVENTS", "JOB_ARCHIVE", "NOTICES"), "job_id"),
    **dict.fromkeys(("SHARED_TYPES", "REPORT_PAUSES", "MISSING_REPORTS", "PUNCTUALITY"), "report_type"),
    **dict.fromkeys(("EXPECTED_REPORTS", "REPORT_COSTS", "RIGHTSIZING"), "report_type"),
    **dict.fromkeys(("REPORT_TYPES", "TYPE_STATE"), "report_type"),
    "HOLIDAYS": "note",
    "QUEUE_HEALTH": "leader",
    "INSTALLATION": "bucket",
}
ACTIONS = {
    "SELECT": "SELECT {column} FROM {place}.{table} WHERE {column} = 'nothing'",
    "INSERT": "INSERT INTO {place}.{table} ({column}) SELECT 'nothing' WHERE 1 = 0",
    "UPDATE": "UPDATE {place}.{table} SET {column} = 'nothing' WHERE {column} = 'nothing'",
    "DELETE": "DELETE FROM {place}.{table} WHERE {column} = 'nothing'",
    "DROP": "DROP TABLE {place}.{table}",
}
PLACE = "ANALYTICS_PLATFORM.REPORTING"
CALLS = {
    f"CALL {PLACE}.report_status('nothing')",
    f"CALL {PLACE}.wait_for_report('nothing', 1)",
    f"CALL {PLACE}.check_ecs_job_status('nothing')",
    f"CALL {PLACE}.generate_report('NOTHING')",
    f"CALL {PLACE}.generate_report_via_ecs('nothing', 'nothing', PARSE_JSON('{{}}'))",
    f"CALL {PLACE}.generate_sales_report_ecs('nothing', 'nothing')",
    f"CALL {PLACE}.generate_daily_reports('nothing')",
    f"CALL {PLACE}.generate_weekly_reports('nothing')",
    f"CALL {PLACE}.generate_monthly_reports('nothing')",
    f"CALL {PLACE}.generate_quarterly_reports('nothing')",
    f"CALL {PLACE}.generate_reports(ARRAY_CONSTRUCT())",
    f"CALL {PLACE}.backfill_reports('NOTHING', NULL, NULL)",
    f"CALL {PLACE}.cancel_report('nothing')",
    f"CALL {PLACE}.retry_report('nothing')",
    f"CALL {PLACE}.test_connection()",
    f"CALL {PLACE}.report_url('nothing')",
}
ORDERS = {
    f"CALL {PLACE}.pause_reports('NOTHING')",
    f"CALL {PLACE}.resume_reports('NOTHING')",
    f"CALL {PLACE}.prune_history(-1)",
    f"CALL {PLACE}.generate_missing_reports(-1)",
    f"CALL {PLACE}.notify_operators()",
}
DEFINING = {
    f"CALL {PLACE}.define_report('NOTHING', OBJECT_CONSTRUCT())",
    f"CALL {PLACE}.drop_report('NOTHING')",
}
COMPILING = {f"CALL {PLACE}.compile_queries('[]')"}
ALONE = {
    "REPORT_OPERATOR": ORDERS,
    "REPORT_AUTHOR": DEFINING,
    "REPORT_ADMIN": ORDERS | DEFINING,
    "REPORT_RUNNER": COMPILING,
}
OPERATING = {"REPORT_OPERATOR", "REPORT_ADMIN"}
HIDDEN, INSUFFICIENT, NO_WAREHOUSE, UNKNOWN = 2003, 3001, 606, 2140


class AsRole:
    """A connection with one of the roles, which answers with the number of what was refused."""

    def __init__(self, arguments: dict[str, Any], role: str) -> None:
        self.role = role
        self._connection = snowflake.connector.connect(**arguments | {"role": role})

    def refused(self, sql: str) -> int:
        """0, or the error's number."""
        try:
            self._connection.cursor().execute(sql)
        except ProgrammingError as error:
            return int(error.errno or -1)
        return 0

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._connection.cursor().execute(sql).fetchall()  # type: ignore[union-attr]  # a cursor, not None

    def close(self) -> None:
        self._connection.close()


@pytest.fixture(params=sorted(GRANTED))
def as_role(request: pytest.FixtureRequest, snowflake_arguments: dict[str, Any]) -> Iterator[AsRole]:
    found = AsRole(snowflake_arguments, request.param)
    yield found
    found.close()


def expected(role: str, table: str, action: str) -> int:
    granted = GRANTED[role].get(table)
    if granted is None:
        return HIDDEN
    if action not in granted:
        return INSUFFICIENT
    return NO_WAREHOUSE if role == "REPORT_PROBE" else 0


def test_a_role_does_to_tables_what_it_needs_and_nothing_else(as_role: AsRole) -> None:
    cases = {(table, action) for table in COLUMNS for action in ACTIONS if action == "SELECT" or table not in VIEWS}
    done = {
        (table, action): as_role.refused(ACTIONS[action].format(place=PLACE, table=table, column=COLUMNS[table]))
        for table, action in sorted(cases)
    }
    assert done == {(table, action): expected(as_role.role, table, action) for table, action in cases}


def test_only_who_asks_for_reports_may_call_the_procedures(as_role: AsRole) -> None:
    refused = {call: as_role.refused(call) for call in sorted(CALLS)}
    if as_role.role in ASKING:
        assert {UNKNOWN, HIDDEN, INSUFFICIENT, NO_WAREHOUSE}.isdisjoint(refused.values()), refused
    else:
        assert set(refused.values()) == {UNKNOWN}, refused


def test_operators_give_orders_authors_define_and_what_compiles_is_the_runners(as_role: AsRole) -> None:
    allowed = ALONE.get(as_role.role, set())
    for call in sorted(ORDERS | DEFINING | COMPILING):
        refused = as_role.refused(call)
        assert (refused == UNKNOWN) is (call not in allowed), (call, refused)
        assert refused not in {HIDDEN, INSUFFICIENT, NO_WAREHOUSE}, (call, refused)


def test_a_role_sees_of_the_schema_what_it_may_use(as_role: AsRole) -> None:
    asked = (f"SHOW PROCEDURES IN SCHEMA {PLACE}", f"SHOW TABLES IN SCHEMA {PLACE}", f"SHOW TASKS IN SCHEMA {PLACE}")
    procedures, tables, tasks = ({row[1] for row in as_role.rows(sql)} for sql in asked)
    own = len(ALONE.get(as_role.role, ()))
    assert len(procedures) == (len(CALLS) if as_role.role in ASKING else 0) + own
    assert tables == GRANTED[as_role.role].keys() - VIEWS
    assert len(tasks) == (7 if as_role.role in OPERATING else 0)


def test_only_operators_touch_tasks_and_nobody_the_warehouse_or_the_code(as_role: AsRole) -> None:
    for does in ("SUSPEND", "RESUME"):
        task = f"ALTER TASK {PLACE}.monthly_data_quality_task {does}"
        assert (as_role.refused(task) == 0) is (as_role.role in OPERATING)
    assert as_role.refused(f"DROP TASK {PLACE}.monthly_data_quality_task") != 0
    assert as_role.refused("ALTER WAREHOUSE reports_wh SUSPEND") != 0
    assert as_role.refused(f"DROP STAGE {PLACE}.procedure_code") != 0
    assert as_role.refused(f"CREATE TABLE {PLACE}.mine (a INT)") != 0
    assert as_role.refused("CREATE ROLE mine") != 0


def test_only_the_probe_has_no_warehouse_and_needs_none(as_role: AsRole) -> None:
    looked = as_role.refused(f"SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('{PLACE}.job_intake')")
    used = as_role.refused("USE WAREHOUSE reports_wh")
    if as_role.role == "REPORT_PROBE":
        assert (looked, used) == (0, 2043)
    else:
        assert used == 0


@pytest.mark.parametrize("alone", [True, False])
async def test_the_probe_has_nothing_of_its_users_other_roles(
    snowflake_arguments: dict[str, Any], *, alone: bool
) -> None:
    with snowflake.connector.connect(**snowflake_arguments) as connection:
        for sql in (
            "CREATE USER IF NOT EXISTS executing",
            "GRANT ROLE report_executor TO USER executing",
            "GRANT ROLE report_probe TO USER executing",
        ):
            connection.cursor().execute(sql)
    arguments = snowflake_arguments | {"user": "executing"}
    session = SnowflakeSession(arguments, "probe", role="REPORT_PROBE", alone=alone)
    try:
        assert (await session.run("intake_token")).rows
        if alone:
            with pytest.raises(ProgrammingError, match="does not exist or not authorized"):
                await session.run("waiting_count")
        else:
            assert (await session.run("waiting_count")).rows
    finally:
        await session.close()
