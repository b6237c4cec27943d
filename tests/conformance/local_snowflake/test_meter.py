"""The warehouse meter, asked by SQL and over HTTP."""

import json
import urllib.request
from typing import Any


def test_the_meter_tells_by_sql_what_each_warehouse_cost(opened: Any) -> None:
    cursor = opened(warehouse="METERED_WH", session_parameters={"QUERY_TAG": "meter-test"}).cursor()
    cursor.execute("CREATE WAREHOUSE METERED_WH INITIALLY_SUSPENDED = TRUE AUTO_SUSPEND = 60 WAREHOUSE_SIZE = SMALL")
    cursor.execute("CREATE TABLE t (a INT)")
    cursor.execute("SELECT COUNT(*) FROM t")
    mine = "SELECT wakes, statements, billed_s, credits FROM TABLE(LOCAL_CLOUD_WAREHOUSES()) WHERE warehouse = %s"
    assert cursor.execute(mine, ("METERED_WH",)).fetchall() == []
    cursor.execute("INSERT INTO t VALUES (1)")
    cursor.execute("SELECT a FROM t")
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
    assert told["statements"][-1]["needed_warehouse"] is True
