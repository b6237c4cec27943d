"""Locks, binds, the wire format, error numbers and the bounded cache, without a server."""

import datetime as dt
import decimal
import io
import threading
from base64 import b64decode
from typing import Any

import duckdb
import pytest
from snowflake.connector.errors import ProgrammingError

from local_cloud.snowflake import wire
from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.bindings import read_bindings
from local_cloud.snowflake.errors import cancelled, translate
from local_cloud.snowflake.locks import MAX_WAITERS, Asking, TableLocks
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.result_cache import ResultCache


def test_a_lock_is_its_owners_until_released() -> None:
    locks = TableLocks()
    locks.take("T", "one", 0)
    locks.take("T", "one", 0)
    locks.take("OTHER", "two", 0)
    with pytest.raises(ProgrammingError, match="LOCK_TIMEOUT"):
        locks.take("T", "two", 0)
    locks.release("one")
    locks.take("T", "two", 0)


def test_the_twenty_first_waiter_is_turned_away() -> None:
    locks = TableLocks()
    locks.take("T", "holder", 0)

    def wait_in_line(owner: str) -> None:
        locks.take("T", owner, 30)
        locks.release(owner)

    waiters = [threading.Thread(target=wait_in_line, args=(f"waiter {n}",), daemon=True) for n in range(MAX_WAITERS)]
    for waiter in waiters:
        waiter.start()
    while len(locks._lines["T"]) < MAX_WAITERS:
        pass
    with pytest.raises(ProgrammingError, match="exceeds the 20 statements limit") as refused:
        locks.take("T", "late", 30)
    assert refused.value.errno == 625
    locks.release("holder")
    for waiter in waiters:
        waiter.join(10)
    assert not any(waiter.is_alive() for waiter in waiters)


def test_a_lock_goes_to_who_has_waited_longest_and_one_who_gives_up_holds_nobody_back() -> None:
    locks, order = TableLocks(), list[str]()
    locks.take("T", "holder", 0)

    def wait_in_line(owner: str) -> None:
        locks.take("T", owner, 30)
        order.append(owner)
        locks.release(owner)

    stopped = threading.Event()

    def give_up_when_stopped() -> None:
        if stopped.is_set():
            raise cancelled()

    def wait_until_stopped() -> None:
        with pytest.raises(ProgrammingError, match="canceled"):
            locks.take("T", "gives up", 30, give_up_when_stopped)

    waiters = [threading.Thread(target=wait_until_stopped, daemon=True)]
    waiters += [threading.Thread(target=wait_in_line, args=(f"{n:02}",), daemon=True) for n in range(10)]
    for n, waiter in enumerate(waiters):
        waiter.start()
        while len(locks._lines["T"]) <= n:
            pass
    stopped.set()
    waiters[0].join(10)
    locks.release("holder")
    for waiter in waiters:
        waiter.join(10)
    assert order == [f"{n:02}" for n in range(10)]


def test_a_refusal_names_both_statements_as_the_field_saw_it() -> None:
    locks = TableLocks()
    locks.take("D.S.T", "one", 0, asking=Asking("01-first", 17))
    with pytest.raises(ProgrammingError) as refused:
        locks.take("D.S.T", "two", 0, asking=Asking("02-second", 18))
    assert str(refused.value.raw_msg or refused.value.msg).endswith(
        "Statement '01-first' has locked table 'T' in transaction 17 and this lock has not yet been released. "
        "Your statement '02-second' was aborted because LOCK_TIMEOUT (0 s) is over."
    )


def test_whom_a_statement_waits_for_is_asked_about_and_can_be_freed() -> None:
    asked: list[str] = []

    def free(owner: str) -> None:
        asked.append(owner)
        locks.release(owner)

    locks = TableLocks(free, look_s=0.01)
    locks.take("T", "silent", 0)
    locks.take("T", "waiting", 30)
    assert asked == ["silent"]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("FIXED", "5", 5),
        ("FIXED", "1.50", decimal.Decimal("1.50")),
        ("REAL", "1.5", 1.5),
        ("BOOLEAN", "true", True),
        ("TEXT", "x", "x"),
        ("TEXT", None, None),
        ("BINARY", "6162", b"ab"),
        ("DATE", "1767312000000", dt.date(2026, 1, 2)),
        ("TIME", "3723000000000", dt.time(1, 2, 3)),
        ("TIMESTAMP_NTZ", "1767323045000678000", dt.datetime(2026, 1, 2, 3, 4, 5, 678)),  # noqa: DTZ001  has no zone
        (
            "TIMESTAMP_TZ",
            "1767323045000000000 1560",
            dt.datetime(2026, 1, 2, 5, 4, 5, tzinfo=dt.timezone(dt.timedelta(hours=2))),
        ),
    ],
)
def test_a_bind_becomes_its_python_value(kind: str, text: str | None, value: Any) -> None:
    assert read_bindings({"1": {"type": kind, "value": text}}) == [(value,)]


def test_array_binds_become_rows_and_named_binds_a_dict() -> None:
    columns: dict[str, dict[str, Any]] = {
        "1": {"type": "FIXED", "value": ["1", "2"]},
        "2": {"type": "TEXT", "value": ["a", None]},
    }
    assert read_bindings(columns) == [(1, "a"), (2, None)]
    assert read_bindings({"name": {"type": "FIXED", "value": "1"}}) == [{"name": 1}]
    assert read_bindings(None) == []


def sent(result: Any) -> Any:
    payload = wire.payload(result, wire.describe(result))
    return pa.ipc.open_stream(io.BytesIO(b64decode(payload["rowsetBase64"]))).read_all()


def test_a_missing_moment_stays_missing_and_an_early_one_keeps_its_fraction() -> None:
    early = dt.datetime(1969, 12, 31, 23, 59, 59, 250_000)  # noqa: DTZ001  TIMESTAMP_NTZ has no zone
    table = sent(from_rows({"A": "TIMESTAMP"}, [(None,), (early,)]))
    assert table.column(0).to_pylist() == [None, {"epoch": -1, "fraction": 250_000_000}]


def test_an_offset_travels_as_minutes_after_1440() -> None:
    moment = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
    table = sent(from_rows({"A": "TIMESTAMP WITH TIME ZONE"}, [(moment,)]))
    assert table.column(0).to_pylist() == [{"epoch": 1_767_268_800, "fraction": 0, "timezone": 1440}]


def test_a_result_without_rows_is_sent_as_nothing_but_its_columns() -> None:
    result = from_rows({"A": "TIMESTAMP", "B": "VARCHAR"}, [])
    rowtype = wire.describe(result)
    assert [column["name"] for column in rowtype] == ["A", "B"]
    assert wire.payload(result, rowtype) == {"queryResultFormat": "arrow", "rowsetBase64": ""}


@pytest.mark.parametrize(
    ("engine_type", "wire_type"),
    [("DECIMAL(10,2)", "fixed"), ("INTEGER[]", "variant"), ("STRUCT(a INTEGER)", "variant"), ("UUID", "text")],
)
def test_engine_types_have_a_name_in_snowflake(engine_type: str, wire_type: str) -> None:
    assert wire.wire_type(engine_type) == wire_type


@pytest.mark.parametrize(
    ("sql", "errno"),
    [
        ("SELECT nope", 904),
        ("SELECT * FROM nope", 2003),
        ("SELECT nope()", 2),
        ("SELEC", 1003),
        ("SELECT CAST('x' AS INT)", 100038),
        ("SELECT CAST('x' AS TIMESTAMP)", 100035),
        ("SELECT '{'::JSON", 100069),
        ("SELECT 1 // 0", 100051),
        ("SELECT CAST(1e30 AS BIGINT)", 2),
        ("SELECT error('mine')", 100132),
    ],
)
def test_what_the_engine_raises_gets_snowflakes_number(sql: str, errno: int) -> None:
    with pytest.raises(duckdb.Error) as raised:
        duckdb.connect().execute(sql).fetchall()
    assert translate(raised.value).errno == errno


def test_what_nobody_foresaw_is_said_to_be_unsupported() -> None:
    assert "not supported by the local cloud" in str(translate(AssertionError("odd")))


def test_the_cache_keeps_the_newest_and_not_too_many_rows() -> None:
    cache = ResultCache()
    for n in range(300):
        cache[str(n)] = n
    assert len(cache) == 256
    assert "0" not in cache
    table = pa.table({"n": pa.nulls(2_000_000)})
    cache["large"] = Result(table, ("BIGINT",), table.num_rows)
    assert list(cache) == ["large"]
