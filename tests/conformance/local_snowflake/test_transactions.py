"""Transactions and locks."""

import threading
import time
from typing import Any

import pytest
from snowflake.connector.errors import IntegrityError, ProgrammingError


def test_the_current_transaction_is_known_only_inside_one(ask: Any) -> None:
    assert ask("SELECT CURRENT_TRANSACTION()") == [(None,)]
    ask("BEGIN")
    assert ask("SELECT CURRENT_TRANSACTION()")[0][0]
    ask("COMMIT")
    assert ask("SELECT CURRENT_TRANSACTION()") == [(None,)]


def test_uncommitted_rows_are_seen_by_their_session_only(table: Any, opened: Any) -> None:
    other = opened().cursor()
    table("BEGIN")
    table("INSERT INTO t VALUES (3, 'c')")
    assert table("SELECT COUNT(*) FROM t") == [(3,)]
    assert other.execute("SELECT COUNT(*) FROM t").fetchall() == [(2,)]
    table("COMMIT")
    assert other.execute("SELECT COUNT(*) FROM t").fetchall() == [(3,)]


@pytest.mark.parametrize("failing", ["SELECT 1/0", "SELECT nope FROM t", "SELEC 1", "INSERT INTO nowhere VALUES (1)"])
def test_a_failed_statement_leaves_its_transaction_as_it_was(table: Any, failing: str) -> None:
    table("BEGIN")
    table("INSERT INTO t VALUES (3, 'c')")
    table("UPDATE t SET s = 'changed' WHERE id = 1")
    with pytest.raises(ProgrammingError):
        table(failing)
    table("INSERT INTO t VALUES (4, 'd')")
    table("COMMIT")
    assert table("SELECT id, s FROM t ORDER BY id") == [(1, "changed"), (2, "b"), (3, "c"), (4, "d")]


def test_what_was_drawn_at_random_is_the_same_after_a_failed_statement(table: Any) -> None:
    table("BEGIN")
    table("INSERT INTO t SELECT 3, UUID_STRING()")
    drawn = table("SELECT s FROM t WHERE id = 3")
    with pytest.raises(ProgrammingError):
        table("SELECT nope FROM t")
    table("COMMIT")
    assert table("SELECT s FROM t WHERE id = 3") == drawn


def test_a_transaction_that_cannot_go_on_says_so_at_commit(table: Any) -> None:
    table("BEGIN")
    table("INSERT INTO t SELECT SEQ4(), 'many' FROM TABLE(GENERATOR(ROWCOUNT => 200001))")
    with pytest.raises(ProgrammingError):
        table("SELECT s::INT FROM t")
    with pytest.raises(ProgrammingError, match="could not go on after a failed statement"):
        table("COMMIT")
    assert table("SELECT COUNT(*) FROM t") == [(2,)]


def test_each_statement_of_a_transaction_sees_what_others_committed_before_it_and_its_own(
    table: Any, opened: Any
) -> None:
    other = opened().cursor()
    table("CREATE TABLE u (id INT, at TIMESTAMP_NTZ DEFAULT SYSDATE())")
    table("BEGIN")
    table("INSERT INTO t VALUES (3, 'mine')")
    table("UPDATE t SET s = 'changed' WHERE id = 1")
    table("DELETE FROM t WHERE id = 2")
    table("INSERT INTO u (id) VALUES (1)")
    before = table("SELECT id, at FROM u")
    other.execute("INSERT INTO t VALUES (4, 'theirs')")
    other.execute("INSERT INTO u (id) VALUES (2)")
    other.execute("CREATE TABLE v AS SELECT 5 AS id")
    assert table("SELECT id, s FROM t ORDER BY id") == [(1, "changed"), (3, "mine"), (4, "theirs")]
    assert table("SELECT id, at FROM u WHERE id = 1") == before
    assert table("SELECT id FROM u UNION ALL SELECT id FROM v ORDER BY id") == [(1,), (2,), (5,)]
    table("UPDATE t SET s = s || '!'")
    other.execute("INSERT INTO t VALUES (6, 'later')")
    table("DELETE FROM t WHERE id = 4")
    assert other.execute("SELECT id, s FROM t ORDER BY id").fetchall() == [
        (1, "a"), (2, "b"), (4, "theirs"), (6, "later")
    ]  # fmt: skip
    table("COMMIT")
    assert table("SELECT id, s FROM t ORDER BY id") == [(1, "changed!"), (3, "mine!"), (6, "later")]


def test_rows_that_others_added_meanwhile_are_not_touched_by_what_was_done_before(table: Any, opened: Any) -> None:
    other = opened().cursor()
    table("BEGIN")
    table("UPDATE t SET s = 'all'")
    other.execute("INSERT INTO t VALUES (3, 'new')")
    with pytest.raises(ProgrammingError):
        table("SELECT nope FROM t")
    table("COMMIT")
    assert table("SELECT id, s FROM t ORDER BY id") == [(1, "all"), (2, "all"), (3, "new")]


def test_begin_within_a_transaction_and_an_end_without_one_change_nothing(table: Any) -> None:
    table("COMMIT")
    table("ROLLBACK")
    table("BEGIN")
    table("INSERT INTO t VALUES (3, 'c')")
    number = table("SELECT CURRENT_TRANSACTION()")
    table("BEGIN")
    assert table("SELECT CURRENT_TRANSACTION()") == number
    table("ROLLBACK")
    table("ROLLBACK")
    assert table("SELECT COUNT(*) FROM t") == [(2,)]


def test_of_an_array_binding_that_fails_no_row_stays_and_the_transaction_goes_on(table: Any, opened: Any) -> None:
    cursor = opened(paramstyle="qmark").cursor()
    for beginning in ("BEGIN", "COMMIT"):
        cursor.execute(beginning)
        with pytest.raises(ProgrammingError):
            cursor.executemany("INSERT INTO t VALUES (?, 'x')", [["7"], ["eight"]])
    cursor.execute("BEGIN")
    cursor.execute("INSERT INTO t VALUES (3, 'kept')")
    with pytest.raises(ProgrammingError):
        cursor.executemany("INSERT INTO t VALUES (?, 'x')", [["7"], ["eight"]])
    cursor.executemany("INSERT INTO t VALUES (?, 'x')", [["4"], ["5"]])
    with pytest.raises(ProgrammingError):
        cursor.execute("SELECT nope FROM t")
    cursor.execute("COMMIT")
    assert table("SELECT id FROM t ORDER BY id") == [(1,), (2,), (3,), (4,), (5,)]


def test_ddl_commits_the_open_transaction(table: Any) -> None:
    table("BEGIN")
    table("INSERT INTO t VALUES (3, 'c')")
    table("CREATE TABLE another (a INT)")
    table("ROLLBACK")
    assert table("SELECT COUNT(*) FROM t") == [(3,)]


def test_without_autocommit_a_write_waits_for_commit(table: Any, opened: Any) -> None:
    connection = opened(autocommit=False)
    connection.cursor().execute("INSERT INTO t VALUES (3, 'c')")
    assert table("SELECT COUNT(*) FROM t") == [(2,)]
    connection.commit()
    assert table("SELECT COUNT(*) FROM t") == [(3,)]


def test_an_update_waits_for_another_sessions_and_then_sees_its_result(table: Any, opened: Any) -> None:
    table("BEGIN")
    table("UPDATE t SET s = 'first' WHERE id = 1")
    seen: list[Any] = []
    other = opened().cursor()
    sql = "UPDATE t SET s = s || '+second' WHERE s LIKE 'first%'"
    waiting = threading.Thread(target=lambda: seen.append(other.execute(sql).rowcount))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    table("COMMIT")
    waiting.join(60)
    assert seen == [1]
    assert table("SELECT s FROM t WHERE id = 1") == [("first+second",)]


def test_a_transaction_that_has_read_updates_what_others_committed_since(table: Any, opened: Any) -> None:
    table("BEGIN")
    table("INSERT INTO t VALUES (3, 'mine')")
    assert table("SELECT s FROM t WHERE id = 1") == [("a",)]
    opened().cursor().execute("UPDATE t SET s = 'theirs' WHERE id = 1")
    table("UPDATE t SET s = s || '+mine' WHERE id = 1")
    table("COMMIT")
    assert table("SELECT id, s FROM t ORDER BY id") == [(1, "theirs+mine"), (2, "b"), (3, "mine")]


def test_a_lock_that_is_not_given_in_time_is_refused(table: Any, opened: Any) -> None:
    table("BEGIN")
    table("DELETE FROM t WHERE id = 2")
    other = opened(session_parameters={"LOCK_TIMEOUT": 1}).cursor()
    says = r"Statement '[0-9a-f-]{36}' has locked table 'T' in transaction \d+ .* Your statement '[0-9a-f-]{36}' was"
    with pytest.raises(ProgrammingError, match=says) as refused:
        other.execute("UPDATE t SET s = 'x' WHERE id = 1")
    assert (refused.value.errno, refused.value.sqlstate) == (625, "57014")
    table("ROLLBACK")


def test_of_two_that_wait_for_each_other_the_later_is_refused_and_its_transaction_goes_on(
    table: Any, opened: Any
) -> None:
    table("CREATE TABLE u AS SELECT 1 AS id")
    other = opened().cursor()
    table("BEGIN")
    table("UPDATE t SET s = 'x'")
    other.execute("BEGIN")
    other.execute("UPDATE u SET id = 2")
    waiting = threading.Thread(target=lambda: table("UPDATE u SET id = 3"))
    waiting.start()
    # Until the first one waits, the second does not wait either, or the first could come to be the later of the two.
    other.execute("ALTER SESSION SET LOCK_TIMEOUT = 0")
    refused = None
    deadline_s = time.monotonic() + 60
    while refused is None and time.monotonic() < deadline_s:
        try:
            other.execute("UPDATE t SET s = 'y'")
        except ProgrammingError as error:
            refused = error if "deadlock" in str(error) else None
    assert refused is not None
    assert refused.errno == 625
    other.execute("COMMIT")
    waiting.join(60)
    table("COMMIT")
    assert table("SELECT id FROM u") == [(3,)]


def test_locks_of_a_session_that_leaves_are_given_back(table: Any, opened: Any) -> None:
    leaving = opened()
    leaving.cursor().execute("BEGIN")
    leaving.cursor().execute("UPDATE t SET s = 'gone' WHERE id = 1")
    leaving.close()
    table("UPDATE t SET s = 'kept' WHERE id = 1")
    assert table("SELECT s FROM t WHERE id = 1") == [("kept",)]


def test_keys_are_declared_and_not_enforced_but_not_null_is(ask: Any) -> None:
    ask("CREATE TABLE k (id INT PRIMARY KEY, s STRING UNIQUE)")
    ask("INSERT INTO k VALUES (1, 'a'), (1, 'a')")
    with pytest.raises(IntegrityError, match="NULL result in a non-nullable column") as refused:
        ask("INSERT INTO k (s) VALUES ('b')")
    assert refused.value.errno == 100072


def test_statements_end_at_their_time_limit(ask: Any) -> None:
    ask("ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1")
    before = time.monotonic()
    numbers = "(SELECT SEQ4() AS n FROM TABLE(GENERATOR(ROWCOUNT => 100000)))"
    with pytest.raises(ProgrammingError) as ended:
        ask(f"SELECT COUNT(*) FROM {numbers} a, {numbers} b, {numbers} c WHERE a.n + b.n + c.n = -1")
    assert ended.value.errno == 630
    assert time.monotonic() - before < 60


def test_a_transaction_that_writes_to_two_databases_is_refused_by_name(table: Any, schema: str) -> None:
    table("CREATE DATABASE second_database")
    table("CREATE TABLE second_database.public.u (id INT)")
    table("BEGIN")
    table(f"INSERT INTO conformance.{schema}.t VALUES (3, 'c')")
    with pytest.raises(ProgrammingError, match="not supported by the local cloud: one transaction"):
        table("INSERT INTO second_database.public.u VALUES (1)")
    table("ROLLBACK")
    table("DROP DATABASE second_database")
