"""Trouble on order, as the user of the official connector meets it."""

import json
import time
import urllib.error
import urllib.request
from typing import Any

import pytest
from snowflake.connector.errors import DatabaseError, OperationalError, ProgrammingError, ServiceUnavailableError

from tests.conformance.local_snowflake.conftest import Order


@pytest.fixture
def table(ask: Any) -> Any:
    ask("CREATE TABLE t (id INT)")
    ask("INSERT INTO t VALUES (1)")
    return ask


@pytest.mark.parametrize(
    ("order", "errno", "sqlstate", "text"),
    [
        ({"kind": "lock_waiters"}, 625, "57014", "number of waiters for this lock exceeds the 20 statements limit"),
        ({"kind": "timeout", "seconds": 120}, 630, "57014", r"timeout of 120 second\(s\) and was canceled"),
    ],
)
def test_a_struck_statement_fails_with_snowflakes_number_and_does_nothing(
    table: Any, faults: Order, order: dict[str, Any], errno: int, sqlstate: str, text: str
) -> None:
    faults("POST", order | {"op": "INSERT", "times": 2, "match": "into t"})
    for _ in range(2):
        with pytest.raises(ProgrammingError, match=text) as refused:
            table("INSERT INTO t VALUES (2)")
        assert (refused.value.errno, refused.value.sqlstate) == (errno, sqlstate)
    table("INSERT INTO t VALUES (3)")
    assert table("SELECT id FROM t ORDER BY id") == [(1,), (3,)]


def test_a_fault_strikes_its_class_and_pattern_as_often_as_ordered(table: Any, faults: Order) -> None:
    faults("POST", {"op": "SELECT", "kind": "timeout", "times": 2, "match": r"\bfrom t\b"})
    table("SELECT 1")
    table("INSERT INTO t SELECT id FROM t")
    with pytest.raises(ProgrammingError):
        table("WITH x AS (SELECT id FROM t) SELECT * FROM x")
    (left,) = faults("GET")
    assert (left["op"], left["kind"], left["times"]) == ("SELECT", "timeout", 1)
    assert faults("DELETE") == []
    assert table("SELECT COUNT(*) FROM t") == [(2,)]


def test_a_session_that_is_gone_takes_its_transaction_with_it(table: Any, opened: Any, faults: Order) -> None:
    connection = opened()
    connection.cursor().execute("BEGIN")
    connection.cursor().execute("DELETE FROM t")
    faults("POST", {"op": "SELECT", "kind": "session_gone", "match": "gone"})
    for _ in range(2):
        with pytest.raises(ProgrammingError) as refused:
            connection.cursor().execute("SELECT 'gone'")
        assert refused.value.errno == 390111
    assert table("SELECT COUNT(*) FROM t") == [(1,)]


@pytest.mark.parametrize("code", [390111, 390114])
def test_a_session_that_is_gone_inside_a_call_is_gone_for_its_caller(
    ask: Any, opened: Any, faults: Order, code: int
) -> None:
    body = "def run(session):\n    return str(session.sql(\"SELECT 'inside'\").collect()[0][0])"
    ask(
        "CREATE PROCEDURE gone_inside() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION = '3.11' "
        f"PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS $${body}$$"
    )
    faults("POST", {"op": "SELECT", "kind": "session_gone", "code": code, "match": "^SELECT 'inside'"})
    connection = opened()
    for statement in ("CALL gone_inside()", "SELECT 1", "SELECT 1"):
        with pytest.raises(ProgrammingError) as refused:
            connection.cursor().execute(statement)
        assert refused.value.errno == code
    assert ask("CALL gone_inside()") == [("inside",)]


def test_a_token_renewed_inside_a_call_does_not_keep_the_session(
    ask: Any, opened: Any, faults: Order, endpoint: dict[str, Any]
) -> None:
    body = "def run(session):\n    return str(session.sql(\"SELECT 'renewed'\").collect()[0][0])"
    ask(
        "CREATE PROCEDURE renewed_inside() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION = '3.11' "
        f"PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS $${body}$$"
    )
    faults("POST", {"op": "SELECT", "kind": "session_gone", "code": 390112, "match": "^SELECT 'renewed'"})
    before = _sessions(endpoint)
    with opened() as connection:
        assert connection.cursor().execute("CALL renewed_inside()").fetchall() == [("renewed",)]
    assert _sessions(endpoint) == before


def _sessions(endpoint: dict[str, Any]) -> int:
    with urllib.request.urlopen(f"{endpoint['endpoint']}/local-cloud/health", timeout=30) as answer:
        return int(json.load(answer)["sessions"])


def test_an_expired_session_token_is_renewed_by_the_client_itself(opened: Any, faults: Order) -> None:
    connection = opened()
    session = connection.cursor().execute("SELECT CURRENT_SESSION()").fetchone()
    faults("POST", {"op": "SELECT", "kind": "session_gone", "code": 390112, "match": "current_session"})
    assert connection.cursor().execute("SELECT CURRENT_SESSION()").fetchone() == session
    assert faults("GET") == []


def test_an_expired_master_token_asks_for_a_new_login(opened: Any, faults: Order) -> None:
    connection = opened()
    faults("POST", {"op": "SELECT", "kind": "session_gone", "code": 390114, "match": "expired"})
    with pytest.raises(ProgrammingError) as refused:
        connection.cursor().execute("SELECT 'expired'")
    assert refused.value.errno == 390114


def test_an_unavailable_service_is_asked_again_by_the_client(ask: Any, faults: Order) -> None:
    faults("POST", {"op": "SELECT", "kind": "unavailable", "match": "back again"})
    assert ask("SELECT 'back again'") == [("back again",)]
    assert faults("GET") == []


def test_a_service_that_stays_unavailable_ends_with_the_clients_patience(opened: Any, faults: Order) -> None:
    connection = opened(network_timeout=1)
    faults("POST", {"op": "SELECT", "kind": "unavailable", "times": 1000, "match": "never again"})
    with pytest.raises(ServiceUnavailableError, match="HTTP 503") as refused:
        connection.cursor().execute("SELECT 'never again'")
    assert refused.value.errno == 580503  # the connector adds its 290000 twice


def test_a_network_policy_refuses_the_login(opened: Any, faults: Order) -> None:
    faults("POST", {"kind": "network_policy", "match": "^EXECUTOR$"})
    opened()
    with pytest.raises(DatabaseError, match="is not allowed to access Snowflake") as refused:
        opened(user="executor")
    assert refused.value.errno in {250001, 390422}
    assert "390422" in str(refused.value)
    opened(user="executor")


def test_an_answer_lost_once_is_fetched_by_the_clients_own_repeat(table: Any, opened: Any, faults: Order) -> None:
    connection = opened()
    faults("POST", {"op": "INSERT", "kind": "reply_lost", "answers": 1, "match": "into t"})
    assert connection.cursor().execute("INSERT INTO t VALUES (2)").rowcount == 1
    assert table("SELECT COUNT(*) FROM t") == [(2,)]


def test_an_answer_that_never_arrives_leaves_the_work_done(table: Any, opened: Any, faults: Order) -> None:
    connection = opened(network_timeout=1)
    faults("POST", {"op": "INSERT", "kind": "reply_lost", "match": "into t"})
    with pytest.raises(OperationalError):
        connection.cursor().execute("INSERT INTO t VALUES (2)")
    assert table("SELECT COUNT(*) FROM t") == [(2,)]


def test_a_slow_statement_takes_its_time_and_keeps_its_answer(ask: Any, faults: Order) -> None:
    faults("POST", {"op": "SELECT", "kind": "slow", "seconds": 0.4, "match": "slowly"})
    before = time.monotonic()
    assert ask("SELECT 'slowly'") == [("slowly",)]
    assert time.monotonic() - before >= 0.4


def test_a_slow_statement_ends_at_its_time_limit(ask: Any, faults: Order) -> None:
    ask("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1")
    faults("POST", {"op": "SELECT", "kind": "slow", "seconds": 60, "match": "for ever"})
    with pytest.raises(ProgrammingError) as ended:
        ask("SELECT 'for ever'")
    assert ended.value.errno == 630


def test_a_stale_read_sees_what_was_there_when_it_was_ordered(table: Any, faults: Order) -> None:
    faults("POST", {"op": "SELECT", "kind": "stale_read", "times": 2, "match": "from t"})
    table("INSERT INTO t VALUES (2)")
    assert table("SELECT COUNT(*) FROM t") == [(1,)]
    assert table("SELECT MAX(id) FROM t") == [(1,)]
    assert table("SELECT COUNT(*) FROM t") == [(2,)]


def test_a_stale_read_is_its_senders_with_warehouse_and_rights(table: Any, opened: Any, faults: Order) -> None:
    faults("POST", {"op": "SELECT", "kind": "stale_read", "times": 5, "match": "from t"})
    table("INSERT INTO t VALUES (2)")
    assert table("SELECT id, CURRENT_USER(), CURRENT_WAREHOUSE() FROM t WHERE id > 0") == [(1, "TESTER", "TEST_WH")]
    table("CREATE ROLE IF NOT EXISTS without_rights")
    cursor = opened(role="without_rights").cursor()
    with pytest.raises(ProgrammingError) as refused:
        cursor.execute("SELECT COUNT(*) FROM t")
    assert refused.value.errno == 2003
    with pytest.raises(ProgrammingError, match="No active warehouse"):
        opened(warehouse=None).cursor().execute("SELECT id FROM t WHERE id > 0")
    cursors = [opened().cursor() for _ in range(3)]
    for cursor in cursors:
        cursor.execute_async("SELECT id, CURRENT_SESSION() FROM t WHERE id > 0")
    answers = []
    for cursor in cursors:
        cursor.get_results_from_sfqid(cursor.sfqid)
        answers.append(cursor.fetchall())
    sessions = [str(cursor.connection.session_id) for cursor in cursors]
    present = [[(1, session), (2, session)] for session in sessions]
    past = [[(1, session)] for session in sessions]
    assert [answer in (now, then) for answer, now, then in zip(answers, present, past, strict=True)] == [True] * 3
    assert sum(answer == then for answer, then in zip(answers, past, strict=True)) == 2


def test_a_stale_read_that_fails_leaves_the_present_to_the_next(table: Any, faults: Order) -> None:
    faults("POST", {"op": "SELECT", "kind": "stale_read", "times": 3, "match": "from t"})
    table("INSERT INTO t VALUES (2)")
    with pytest.raises(ProgrammingError, match="Division by zero"):
        table("SELECT 1 / (id - 1) FROM t")
    assert faults("GET") == []
    assert table("SELECT id FROM t WHERE id > 0 ORDER BY id") == [(1,), (2,)]


@pytest.mark.parametrize(
    ("order", "text"),
    [
        ({"kind": "earthquake"}, "kind is one of"),
        ({"kind": "slow", "often": 2}, "often: unknown"),
        ({"kind": "slow", "match": "("}, "no regular expression"),
        ({"kind": "slow", "times": 0}, "at least 1"),
        ({"kind": "slow", "times": "often"}, 'times is a number, not "often"'),
        ({"kind": "slow", "seconds": None}, "seconds is a number, not null"),
        ({"kind": "slow", "seconds": -1}, "seconds is a time in seconds, 0 or more, not -1"),
        ({"kind": "lock_waiters", "seconds": 1}, "lock_waiters takes no seconds"),
        ({"kind": "network_policy", "op": "SELECT"}, "strikes LOGIN"),
        ({"kind": "session_gone", "code": 1}, "knows the codes"),
        ({"kind": "stale_read", "op": "INSERT"}, "strikes SELECT"),
        ({"kind": "lock_waiters", "op": "LOGIN"}, "LOGIN can meet"),
    ],
)
def test_an_order_that_means_nothing_is_refused_whole(faults: Order, order: dict[str, Any], text: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        faults("POST", {"kind": "slow"}, order)
    assert refused.value.code == 400
    assert text in json.load(refused.value)["error"]
    assert faults("GET") == []
