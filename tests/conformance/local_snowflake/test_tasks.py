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
    with pytest.raises(ProgrammingError, match="since that root task is not suspended"):
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
    deadline = time.monotonic() + 60
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


def refused(ask: Any, sql: str) -> int | None:
    with pytest.raises(ProgrammingError) as found:
        ask(sql)
    return found.value.errno


@pytest.mark.parametrize(
    ("how", "errno"),
    [
        ("AFTER nothing", 2003),
        ("AFTER child", 91401),
        ("SCHEDULE = '1 MINUTE' AFTER root", 91400),
        ("FINALIZE = root", 2),
        ("FINALIZE = root AFTER root", 2),
        ("AFTER other_schema.root", 2),
    ],
)
def test_a_task_that_has_no_place_in_a_graph_is_refused(ask: Any, how: str, errno: int) -> None:
    ask("CREATE TASK root SCHEDULE = '1 MINUTE' AS SELECT 1")
    assert refused(ask, f"CREATE TASK child {how} AS SELECT 1") == errno
    assert ask("SHOW TASKS LIKE 'CHILD'") == []


def test_a_graph_cannot_bite_its_tail(ask: Any) -> None:
    ask("CREATE TASK a SCHEDULE = '1 MINUTE' AS SELECT 1")
    ask("CREATE TASK b AFTER a AS SELECT 1")
    assert refused(ask, "CREATE OR ALTER TASK a AFTER b AS SELECT 1") == 91401


def test_nothing_of_a_graph_changes_while_its_root_is_started(ask: Any) -> None:
    ask("CREATE TASK root SCHEDULE = '60 MINUTES' AS SELECT 1")
    ask("CREATE TASK child AFTER root AS SELECT 1")
    ask("ALTER TASK child RESUME")
    ask("ALTER TASK root RESUME")
    for sql in (
        "CREATE TASK grandchild AFTER child AS SELECT 1",
        "CREATE OR REPLACE TASK child AFTER root AS SELECT 1",
        "ALTER TASK child SUSPEND",
        "ALTER TASK child SET COMMENT = 'x'",
        "ALTER TASK root MODIFY AS SELECT 2",
        "DROP TASK child",
    ):
        assert refused(ask, sql) == 91421, sql
    ask("ALTER TASK root SUSPEND")
    ask("ALTER TASK child SUSPEND")
    ask("DROP TASK child")
    ask("DROP TASK root")


def test_a_task_that_nothing_would_start_is_not_resumed(ask: Any) -> None:
    ask("CREATE TASK by_hand AS SELECT 1")
    assert refused(ask, "ALTER TASK by_hand RESUME") == 91402
    assert refused(ask, "ALTER TASK by_hand ADD AFTER root") == 2
    ask("EXECUTE TASK by_hand")


def test_show_tasks_tells_whether_runs_may_overlap(ask: Any, opened: Any) -> None:
    ask("CREATE TASK t SCHEDULE = '1 MINUTE' ALLOW_OVERLAPPING_EXECUTION = TRUE AS SELECT 1")
    (shown,) = opened().cursor(DictCursor).execute("SHOW TASKS LIKE 'T'").fetchall()
    assert shown["allow_overlapping_execution"] == "true"
