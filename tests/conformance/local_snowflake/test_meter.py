"""The warehouse meter, asked by SQL and over HTTP."""

import json
import urllib.request
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError


def test_the_meter_tells_by_sql_what_each_warehouse_cost(opened: Any) -> None:
    cursor = opened(warehouse="METERED_WH", session_parameters={"QUERY_TAG": "meter-test"}).cursor()
    cursor.execute("CREATE WAREHOUSE METERED_WH INITIALLY_SUSPENDED = TRUE AUTO_SUSPEND = 60 WAREHOUSE_SIZE = SMALL")
    cursor.execute("CREATE TABLE t (a INT)")
    cursor.execute("SELECT COUNT(*) FROM t")
    cursor.execute("SHOW WAREHOUSES LIKE 'metered_wh'")
    assert [row[1] for row in cursor.fetchall()] == ["SUSPENDED"]
    mine = "SELECT wakes, statements, billed_s, credits FROM TABLE(LOCAL_CLOUD_WAREHOUSES()) WHERE warehouse = %s"
    assert cursor.execute(mine, ("METERED_WH",)).fetchall() == []
    cursor.execute("INSERT INTO t VALUES (1)")
    cursor.execute("SELECT a FROM t")
    cursor.execute("SHOW WAREHOUSES LIKE 'metered_wh'")
    assert [row[1] for row in cursor.fetchall()] == ["STARTED"]
    ((wakes, statements, billed_s, credits_used),) = cursor.execute(mine, ("METERED_WH",)).fetchall()
    assert (wakes, statements) == (1, 2)
    assert 60 <= billed_s < 600
    assert abs(credits_used - billed_s / 3600 * 2) < 1e-9
    told = cursor.execute(
        "SELECT statement_class, needed_warehouse, warehouse FROM TABLE(LOCAL_CLOUD_STATEMENTS()) m"
        " WHERE m.query_tag = 'meter-test' AND m.text LIKE '% t%' ORDER BY started_at_s"
    ).fetchall()
    assert told[:4] == [
        ("CREATE", False, ""),
        ("SELECT", False, ""),
        ("INSERT", True, "METERED_WH"),
        ("SELECT", True, "METERED_WH"),
    ]


def test_the_meter_tells_the_same_over_http(opened: Any, endpoint: dict[str, Any]) -> None:
    cursor = opened().cursor()
    cursor.execute("CREATE WAREHOUSE http_wh INITIALLY_SUSPENDED = TRUE")
    cursor.execute("CREATE TABLE t (a INT)")
    cursor.execute("INSERT INTO t VALUES (1)")
    with urllib.request.urlopen(f"{endpoint['endpoint']}/local-cloud/meter", timeout=30) as answer:
        told = json.load(answer)
    (found,) = [row for row in told["warehouses"] if row["warehouse"] == "HTTP_WH"]
    assert (found["state"], found["wakes"], found["statements"]) == ("STARTED", 1, 1)
    assert told["free_statements"] > 0
    assert "cloud_services" not in told
    assert told["statements"][-1]["needed_warehouse"] is True


def test_a_warehouse_that_may_not_wake_by_itself_sleeps_until_it_is_resumed(opened: Any) -> None:
    cursor = opened(warehouse="STUBBORN_WH").cursor()
    cursor.execute("CREATE WAREHOUSE stubborn_wh AUTO_RESUME = FALSE")
    cursor.execute("CREATE TABLE t AS SELECT 1 AS n")
    cursor.execute("ALTER WAREHOUSE stubborn_wh SUSPEND")
    for sql, errno in (("SELECT n FROM t", 606), ("ALTER WAREHOUSE stubborn_wh SUSPEND", 90064)):
        with pytest.raises(ProgrammingError) as refused:
            cursor.execute(sql)
        assert refused.value.errno == errno
    cursor.execute("ALTER WAREHOUSE stubborn_wh RESUME")
    assert cursor.execute("SELECT n FROM t").fetchall() == [(1,)]
    cursor.execute("ALTER WAREHOUSE stubborn_wh RESUME IF SUSPENDED")
    with pytest.raises(ProgrammingError, match="cannot be resumed"):
        cursor.execute("ALTER WAREHOUSE stubborn_wh RESUME")


def test_the_count_of_a_view_and_the_repeat_of_a_query_need_a_warehouse(opened: Any) -> None:
    cursor = opened(warehouse="COUNTED_WH").cursor()
    cursor.execute("CREATE WAREHOUSE counted_wh")
    cursor.execute("CREATE TABLE t (a INT)")
    cursor.execute("CREATE VIEW v AS SELECT a FROM t")
    for sql in ("SELECT COUNT(*) FROM t", "SELECT COUNT(*) FROM v", "SELECT a FROM t", "SELECT a FROM t"):
        cursor.execute(sql)
    counted = "SELECT statements FROM TABLE(LOCAL_CLOUD_WAREHOUSES()) WHERE warehouse = 'COUNTED_WH'"
    assert cursor.execute(counted).fetchall() == [(3,)]
