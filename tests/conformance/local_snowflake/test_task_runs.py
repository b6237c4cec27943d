"""Tasks that fire: by a clock of the test's own, and once for real."""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

from local_cloud.snowflake.dispatch import run
from local_cloud.snowflake.instance import LocalSnowflake
from local_cloud.snowflake.session import Login, Session
from local_cloud.snowflake.tokens import Tokens

START = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)
ENDS_WITHIN_S = 90.0
pytestmark = pytest.mark.filterwarnings("ignore:Arrow output on a DB-API result")  # of fakesnow's, about itself


class World:
    """A local Snowflake whose clock stands until it is moved; tasks have run when `go` returns."""

    def __init__(self, directory: Path) -> None:
        self.now_s = START.timestamp()
        self.directory = directory
        self.open()
        self.ask("CREATE DATABASE d")
        self.ask("CREATE WAREHOUSE wh")
        self.ask("CREATE TABLE t (who STRING)")

    def open(self) -> None:
        self.server = LocalSnowflake(self.directory, lambda: self.now_s)
        self.session: Session = self.server.open_session(Login("ROOT", "ACCOUNTADMIN", "WH", "D", "PUBLIC"))

    def close(self) -> None:
        self.session.end()
        self.server.close()
        self.server._claim.close()

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return run(self.session, sql).rows()

    def go(self, **ahead: float) -> int:
        """Move the clock; how many roots fired."""
        self.now_s += dt.timedelta(**ahead).total_seconds()
        started = self.server.task_runs.tick()
        for thread in started:
            thread.join(ENDS_WITHIN_S)
            assert not thread.is_alive()
        return len(started)

    def task(self, name: str, how: str, does: str = "", *, resumed: bool = True) -> None:
        does = does or f"INSERT INTO t SELECT '{name}'"
        self.ask(f"CREATE TASK {name} WAREHOUSE = wh {how} AS {does}")
        if resumed:
            self.ask(f"ALTER TASK {name} RESUME")

    def done(self) -> list[str]:
        return [who for (who,) in self.ask("SELECT who FROM t")]

    def states(self) -> list[tuple[Any, ...]]:
        found = self.ask("SELECT name, state FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())")
        return list(reversed(found))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def test_a_task_fires_at_its_cron_times_and_only_when_resumed(world: World) -> None:
    world.task("daily", "SCHEDULE = 'USING CRON 0 6 * * * UTC'")
    world.task("asleep", "SCHEDULE = '1 MINUTE'", resumed=False)
    assert world.go(minutes=59) == 0
    assert world.go(minutes=1) == 1
    assert world.go(minutes=1) == 0
    assert world.go(hours=24) == 1
    world.ask("ALTER TASK daily SUSPEND")
    assert world.go(hours=24) == 0
    assert world.done() == ["daily", "daily"]


def test_an_interval_fires_once_in_each_and_missed_runs_give_one(world: World) -> None:
    world.task("often", "SCHEDULE = '5 MINUTES'")
    fired = [world.go(minutes=1) for _ in range(11)]
    assert fired == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
    assert world.go(hours=10) == 1
    assert world.go(minutes=3) == 0


def test_runs_missed_while_the_server_was_down_give_one(world: World) -> None:
    world.task("daily", "SCHEDULE = 'USING CRON 0 6 * * * UTC'")
    world.close()
    world.now_s += 3 * 86_400
    world.open()
    assert world.go() == 1
    assert world.go() == 0
    assert world.done() == ["daily"]


def test_a_graph_runs_in_its_order_and_stops_where_a_task_fails(world: World) -> None:
    world.task("root", "SCHEDULE = '5 MINUTES'", resumed=False)
    world.task("a", "AFTER root")
    world.task("b", "AFTER root", "SELECT 1/0")
    world.task("c", "AFTER a")
    world.task("d", "AFTER a, b")
    world.task("e", "AFTER a", resumed=False)
    world.ask("ALTER TASK root RESUME")
    world.go(minutes=5)
    assert world.done() == ["root", "a", "c"]
    assert world.states() == [("ROOT", "SUCCEEDED"), ("A", "SUCCEEDED"), ("B", "FAILED"), ("C", "SUCCEEDED")]
    failed = "SELECT error_code, scheduled_from FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'b'))"
    assert world.ask(failed) == [("100051", "SCHEDULE")]


def test_when_decides_and_a_skipped_task_holds_back_its_children(world: World) -> None:
    world.task("root", "SCHEDULE = '5 MINUTES' WHEN 1 = 0", resumed=False)
    world.task("child", "AFTER root")
    world.ask("ALTER TASK root RESUME")
    world.go(minutes=5)
    assert (world.done(), world.states()) == ([], [("ROOT", "SKIPPED")])
    world.ask(
        "CREATE OR REPLACE TASK root WAREHOUSE = wh SCHEDULE = '5 MINUTES' WHEN 1 = 1 AS INSERT INTO t SELECT 'root'"
    )
    world.ask("ALTER TASK root RESUME")
    world.go(minutes=5)
    assert world.done() == ["root", "child"]


@pytest.mark.parametrize("condition", ["(SELECT COUNT(*) FROM t) > 0", "EXISTS (SELECT 1 FROM t)", "(SELECT TRUE)"])
def test_a_condition_that_reads_is_refused_because_it_would_need_a_warehouse(world: World, condition: str) -> None:
    with pytest.raises(ProgrammingError, match="not supported by the local cloud: WHEN with a query"):
        world.task("root", f"SCHEDULE = '5 MINUTES' WHEN {condition}")


def test_a_condition_needs_no_warehouse(world: World) -> None:
    world.task("root", "SCHEDULE = '5 MINUTES' WHEN 1 = 0")
    needed = [warehouse["statements"] for warehouse in world.server.meter.warehouses()]
    world.go(minutes=5)
    assert [warehouse["statements"] for warehouse in world.server.meter.warehouses()] == needed
    assert world.states() == [("ROOT", "SKIPPED")]


def test_a_root_that_still_runs_is_left_out_until_its_next_time(world: World) -> None:
    world.task("long", "SCHEDULE = '1 MINUTE'")
    held = world.server.task_runs._lock_of(world.server.catalog.all("TASK")[0])
    with held:
        assert [world.go(minutes=1) for _ in range(3)] == [0, 0, 0]
    assert world.go(seconds=1) == 0
    assert world.go(minutes=1) == 1


def test_a_task_that_fails_again_and_again_is_suspended(world: World) -> None:
    world.task("bad", "SCHEDULE = '1 MINUTE' SUSPEND_TASK_AFTER_NUM_FAILURES = 2", "SELECT 1/0")
    assert [world.go(minutes=1) for _ in range(4)] == [1, 1, 0, 0]
    assert [state for _, state in world.states()] == ["FAILED", "FAILED_AND_AUTO_SUSPENDED"]


def test_a_change_that_others_make_meanwhile_is_not_lost(world: World) -> None:
    world.task("often", "SCHEDULE = '1 MINUTE'", resumed=False)
    catalog, where = world.server.catalog, ("D", "PUBLIC")

    def count(_: int) -> None:
        for _ in range(50):
            catalog.update("TASK", where, "OFTEN", lambda kept: kept | {"failures": kept.get("failures", 0) + 1})

    with ThreadPoolExecutor(4) as counters:
        list(counters.map(count, range(4)))
    assert catalog.all("TASK")[0]["failures"] == 200


def test_a_session_ends_four_hours_after_its_client_was_last_heard_of(world: World) -> None:
    server = world.server
    tokens = Tokens(server.sessions, server.now_s)
    silent, expired, heard = [
        tokens.issue(server.open_session(Login("ROOT", "ACCOUNTADMIN", "WH", "D", None))) for _ in range(3)
    ]
    tokens.end(expired, 390112)
    locking = server.session_of(silent)
    run(locking, "BEGIN")
    run(locking, "UPDATE t SET who = 'x'")
    world.now_s += 4 * 3_600 - 60
    assert tokens.end_idle() == 0
    server.session_of(heard)
    world.now_s += 120
    assert tokens.end_idle() == 2
    assert list(server.sessions) == [heard]
    for token in (silent, expired):
        with pytest.raises(ProgrammingError) as refused:
            tokens.renew(token)
        assert refused.value.errno == 390114
    run(server.session_of(heard), "UPDATE t SET who = 'the lock was given back'")


def test_a_task_fires_for_real(ask: Callable[..., list[tuple[Any, ...]]]) -> None:
    ask("CREATE TABLE t (n INT)")
    ask("CREATE TASK every_second WAREHOUSE = test_wh SCHEDULE = '1 SECOND' AS INSERT INTO t SELECT 1")
    ask("ALTER TASK every_second RESUME")
    deadline = time.monotonic() + ENDS_WITHIN_S
    while ask("SELECT COUNT(*) FROM t")[0][0] < 2:
        assert time.monotonic() < deadline, "the task did not fire twice"
    ask("ALTER TASK every_second SUSPEND")
    history = "TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'EVERY_SECOND'))"
    assert ask(f"SELECT DISTINCT state FROM {history} WHERE state <> ?", ("EXECUTING",)) == [("SUCCEEDED",)]


def test_a_tasks_statement_is_seen_and_stopped_like_a_clients(ask: Callable[..., list[tuple[Any, ...]]]) -> None:
    ask("CREATE TASK waits WAREHOUSE = test_wh AS CALL SYSTEM$WAIT(600)")
    history = "TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => 'WAITS'))"
    statements = "TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) WHERE query_text = 'CALL SYSTEM$WAIT(600)'"
    ask("EXECUTE TASK waits")
    running = f"SELECT query_id FROM {history} h WHERE query_id IN (SELECT query_id FROM {statements})"
    deadline = time.monotonic() + ENDS_WITHIN_S
    while not (found := ask(running)):
        assert time.monotonic() < deadline, "QUERY_HISTORY does not tell of the task's statement"
    assert ask(f"SELECT SYSTEM$CANCEL_QUERY('{found[0][0]}')") == [(f"query [{found[0][0]}] terminated.",)]
    assert ended(ask, "WAITS") == ("FAILED", "000604")


def ended(ask: Callable[..., list[tuple[Any, ...]]], task: str) -> tuple[Any, ...]:
    """State and error code of a task's last run, when it is over."""
    history = f"TABLE(INFORMATION_SCHEMA.TASK_HISTORY(TASK_NAME => '{task}', RESULT_LIMIT => 1))"
    deadline = time.monotonic() + ENDS_WITHIN_S
    while not (found := ask(f"SELECT state, error_code FROM {history} WHERE state <> 'EXECUTING'")):
        assert time.monotonic() < deadline, f"the task {task} goes on"
    return found[0]


def test_a_tasks_statement_ends_at_the_time_limit_of_its_warehouse(ask: Callable[..., list[tuple[Any, ...]]]) -> None:
    ask("CREATE WAREHOUSE hurried STATEMENT_TIMEOUT_IN_SECONDS = 1")
    ask("CREATE TASK overtime WAREHOUSE = hurried AS CALL SYSTEM$WAIT(600)")
    ask("EXECUTE TASK overtime")
    assert ended(ask, "OVERTIME") == ("FAILED", "000630")


def test_a_tasks_statement_meets_the_faults_that_strike_statements(
    ask: Callable[..., list[tuple[Any, ...]]], faults: Callable[..., list[dict[str, Any]]]
) -> None:
    faults("POST", *({"op": "CALL", "kind": kind, "match": r"WAIT\(0\)"} for kind in ("reply_lost", "lock_waiters")))
    ask("CREATE TASK unlucky WAREHOUSE = test_wh AS CALL SYSTEM$WAIT(0)")
    ask("EXECUTE TASK unlucky")
    assert ended(ask, "UNLUCKY") == ("FAILED", "000625")
    assert [fault["kind"] for fault in faults("GET")] == ["reply_lost"]
