"""Tasks: made suspended, shown, run on demand."""

import time
from typing import Any

import pytest
from snowflake.connector import DictCursor
from snowflake.connector.errors import ProgrammingError

TASK = "CREATE TASK fill WAREHOUSE = test_wh SCHEDULE = 'USING CRON 0 6 * * * UTC' COMMENT = 'every day' AS "


def test_a_task_is_made_suspended_and_shown_as_made(ask: Any, opened: Any) -> None:
    ask(TASK + "INSERT INTO t VALUES (1)")
    (shown,) = opened().cursor(DictCursor).execute("SHOW TASKS LIKE 'FILL'").fetchall()
    told = {key: shown[key] for key in ("name", "state", "schedule", "warehouse", "comment", "definition")}
    assert told == {
        "name": "FILL",
        "state": "suspended",
        "schedule": "USING CRON 0 6 * * * UTC",
        "warehouse": "TEST_WH",
        "comment": "every day",
        "definition": "INSERT INTO t VALUES (1)",
    }
    ask("ALTER TASK fill RESUME")
    with pytest.raises(ProgrammingError, match="suspend it first"):
        ask(TASK.replace("CREATE", "CREATE OR ALTER") + "SELECT 1")
    ask("ALTER TASK fill SUSPEND")
    ask(TASK.replace("CREATE", "CREATE OR ALTER") + "SELECT 1")
    ask("DROP TASK fill")
    assert ask("SHOW TASKS LIKE 'FILL'") == []


def test_a_schedule_that_is_none_is_refused(ask: Any) -> None:
    with pytest.raises(ProgrammingError, match="invalid value 'now and then'"):
        ask("CREATE TASK bad WAREHOUSE = wh SCHEDULE = 'now and then' AS SELECT 1")


def test_execute_task_runs_its_statement(ask: Any) -> None:
    ask("CREATE TABLE t (n INT)")
    ask(TASK + "INSERT INTO t SELECT 1")
    ask("EXECUTE TASK fill")
    deadline = time.monotonic() + 10
    while ask("SELECT COUNT(*) FROM t") == [(0,)]:
        assert time.monotonic() < deadline, "the task did not run"
    assert ask("SELECT n FROM t") == [(1,)]


def test_a_number_of_failures_that_is_none_is_refused(ask: Any) -> None:
    ask("CREATE TASK counts SCHEDULE = '60 MINUTES' AS SELECT 1")
    for said in (
        "CREATE TASK t SUSPEND_TASK_AFTER_NUM_FAILURES = 'x' AS SELECT 1",
        "ALTER TASK counts SET SUSPEND_TASK_AFTER_NUM_FAILURES = 'x'",
    ):
        with pytest.raises(ProgrammingError, match="invalid value 'x'"):
            ask(said)
    ask("ALTER TASK counts SET SUSPEND_TASK_AFTER_NUM_FAILURES = 3")
