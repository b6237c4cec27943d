"""Which statements need a warehouse, and what its waking hours cost."""

import pytest
from sqlglot import parse_one

from local_cloud.snowflake.meter import Meter
from local_cloud.snowflake.warehouse_need import command_needs_warehouse, needs_warehouse


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("sql", "needed"),
    [
        ("SELECT 1", False),
        ("SELECT CURRENT_TIMESTAMP(), CURRENT_ROLE()", False),
        ("SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('t')", False),
        ("SELECT COUNT(*) FROM t", False),
        ("SELECT COUNT(*) AS n, MIN(a), MAX(a) FROM db.s.t", False),
        ("SELECT * FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'T'", False),
        ("SELECT * FROM db.INFORMATION_SCHEMA.COLUMNS", False),
        ("SELECT * FROM TABLE(INFORMATION_SCHEMA.TASK_HISTORY())", False),
        ("SELECT * FROM TABLE(db.INFORMATION_SCHEMA.TASK_HISTORY())", False),
        ("SELECT * FROM TABLE(LOCAL_CLOUD_WAREHOUSES())", False),
        ("WITH x AS (SELECT 1 AS a) SELECT * FROM x", False),
        ("CREATE TABLE t (a INT)", False),
        ("DESCRIBE TABLE t", False),
        ("BEGIN", False),
        ("SELECT COUNT(*) FROM t WHERE a = 1", True),
        ("SELECT COUNT(a) FROM t", True),
        ("SELECT SUM(a) FROM t", True),
        ("SELECT COUNT(*) FROM t GROUP BY a", True),
        ("SELECT COUNT(*) FROM t, u", True),
        ("SELECT COUNT(*) FROM (SELECT DISTINCT a FROM t)", True),
        ("SELECT a FROM t", True),
        ("SELECT (SELECT MAX(a) FROM t) + 1", True),
        ("WITH x AS (SELECT 1 AS a FROM t) SELECT * FROM x", True),
        ("SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))", True),
        ("SELECT * FROM TABLE(GENERATOR(ROWCOUNT => 3))", True),
        ("INSERT INTO t VALUES (1)", True),
        ("UPDATE t SET a = 1", True),
        ("DELETE FROM t", True),
        ("MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", True),
        ("CREATE TABLE t AS SELECT 1 AS a", True),
        ("COPY INTO t FROM @s", True),
    ],
)
def test_a_statement_needs_a_warehouse_when_it_reads_or_writes_more_than_metadata(sql: str, needed: bool) -> None:
    assert needs_warehouse(parse_one(sql, read="snowflake")) is needed


def test_a_call_needs_a_warehouse_unless_it_is_of_a_system_function() -> None:
    assert command_needs_warehouse("CALL generate_report (")
    assert not command_needs_warehouse("CALL SYSTEM$WAIT ( 1 )")
    assert not command_needs_warehouse("SHOW TABLES")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ask(meter: Meter, clock: Clock, took_s: float, warehouse: str = "WH", *, needed: bool = True) -> None:
    with meter.statement("SELECT a FROM t", "SELECT", ("ANALYST", "tag", warehouse), needed=needed):
        clock.now_s += took_s


def test_each_waking_is_billed_for_60_seconds_at_least(clock: Clock) -> None:
    meter = Meter(clock, lambda _: {"AUTO_SUSPEND": "30"})
    for _ in range(3):
        ask(meter, clock, 1)
        clock.now_s += 3_600
    (found,) = meter.warehouses()
    assert (found["wakes"], found["statements"], found["billed_s"]) == (3, 3, 180.0)
    assert found["state"] == "SUSPENDED"


def test_a_warehouse_is_billed_until_it_falls_asleep(clock: Clock) -> None:
    meter = Meter(clock, lambda _: {"AUTO_SUSPEND": "60", "WAREHOUSE_SIZE": "Medium"})
    ask(meter, clock, 30)
    clock.now_s += 50
    ask(meter, clock, 20)
    clock.now_s += 10
    (awake,) = meter.warehouses()
    assert (awake["state"], awake["billed_s"]) == ("STARTED", 110.0)
    clock.now_s += 10_000
    (asleep,) = meter.warehouses()
    assert (asleep["wakes"], asleep["billed_s"], asleep["credits"]) == (1, 160.0, pytest.approx(160 / 3600 * 4))


def test_a_warehouse_sleeps_only_when_its_last_statement_has_ended(clock: Clock) -> None:
    meter = Meter(clock, lambda _: {"AUTO_SUSPEND": "60"})
    with meter.statement("CALL p()", "CALL", ("R", "", "WH"), needed=True):
        ask(meter, clock, 1)
        clock.now_s += 500
    clock.now_s += 1_000
    assert meter.warehouses()[0]["billed_s"] == 561.0


@pytest.mark.parametrize("never", ["0", "NULL"])
def test_a_warehouse_that_never_suspends_is_billed_for_ever(clock: Clock, never: str) -> None:
    meter = Meter(clock, lambda _: {"AUTO_SUSPEND": never})
    ask(meter, clock, 1)
    clock.now_s += 86_399
    assert meter.warehouses()[0]["billed_s"] == 86_400.0


def test_suspending_by_hand_ends_the_bill_and_waking_by_hand_begins_one(clock: Clock) -> None:
    meter = Meter(clock, lambda _: {})
    meter.wake("WH")
    clock.now_s += 90
    meter.sleep("WH")
    clock.now_s += 1_000
    (found,) = meter.warehouses()
    assert (found["billed_s"], found["statements"], found["state"]) == (90.0, 0, "SUSPENDED")


def test_what_needs_no_warehouse_wakes_none(clock: Clock) -> None:
    meter = Meter(clock, lambda _: {})
    ask(meter, clock, 1, needed=False)
    ask(meter, clock, 1, warehouse="")
    assert meter.warehouses() == []
    assert meter.totals() == {"free_statements": 1, "without_warehouse": 1}


def test_the_kept_statements_do_not_grow_without_end(clock: Clock) -> None:
    meter = Meter(clock, lambda _: {})
    for _ in range(2_100):
        ask(meter, clock, 0)
    assert len(meter.statements()) == 2_000
    meter.reset()
    assert (meter.statements(), meter.warehouses()) == ([], [])
