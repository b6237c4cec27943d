"""What is kept of statements that have ended, by a clock of the test's own."""

import threading
from types import SimpleNamespace
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.kept_statements import KeptStatements
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.running import Statement


class World:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.kept = KeptStatements(lambda: self.now_s)

    def begun(self, request: str) -> Statement:
        session: Any = SimpleNamespace(login=SimpleNamespace(user="ONE"))  # all that a statement not run asks of it
        statement = Statement(session, threading.Lock(), lambda _: from_rows({}, []))
        assert self.kept.add(statement, request) is statement
        return statement

    def ended(self, request: str, rows: int = 1) -> Statement:
        statement = self.begun(request)
        statement.done.set_result(Result(pa.table({"n": pa.nulls(rows)}), ("BIGINT",), rows))
        return statement


@pytest.fixture
def world() -> World:
    return World()


def test_a_request_is_remembered_for_minutes_after_its_answer_went(world: World) -> None:
    count, rows = world.ended("count"), world.ended("rows", rows=5)
    for number in range(300):
        world.ended(f"later {number}")
    kept_count, kept_rows = world.kept.of_request("ONE", "count"), world.kept.of_request("ONE", "rows")
    assert kept_count
    assert kept_rows
    assert kept_count is not count
    assert kept_count.done.result().rowcount == 1
    with pytest.raises(ProgrammingError, match="newer ones took its place"):
        kept_rows.done.result()
    world.now_s = 901
    world.ended("much later")
    assert world.kept.of_request("ONE", "count") is None
    assert world.kept.of_query("ONE", rows.query_id) is None


def test_a_statement_that_runs_is_kept_however_many_end(world: World) -> None:
    running = world.begun("runs")
    for number in range(600):
        world.now_s += 60
        world.ended(str(number), rows=10_000)
    assert world.kept.of_request("ONE", "runs") is running
    assert world.kept.of_query("ONE", running.query_id) is running
    assert len(world.kept) < 300


def test_a_request_and_its_answer_are_its_users(world: World) -> None:
    statement = world.ended("mine")
    assert world.kept.of_request("TWO", "mine") is None
    assert world.kept.of_query("TWO", statement.query_id) is None
    assert world.kept.of_query("ONE", statement.query_id) is statement


def test_a_statement_that_cannot_even_begin_still_ends() -> None:
    def no_limit(_parameter: str) -> float:
        raise ValueError("could not convert string to float: 'abc'")

    session: Any = SimpleNamespace(login=SimpleNamespace(user="ONE"), statements=[], limit_s=no_limit)
    session.uninterrupted = threading.RLock()
    statement = Statement(session, threading.Lock(), lambda _: from_rows({}, []))
    with pytest.raises(ValueError, match="'abc'"):
        statement.run()
    assert isinstance(statement.done.exception(timeout=0), ValueError)
    assert session.statements == []
