"""What is kept of statements that have ended, by a clock of the test's own."""

import gc
import sys
import threading
import weakref
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.kept_statements import Ended, KeptStatements
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.running import Statement
from local_cloud.snowflake.spool import Spooled


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


def everything_held_by(thing: object) -> list[object]:
    """Whatever is reached from it, but for code that is there anyway."""
    found, left = dict[int, object](), [thing]
    while left:
        one = left.pop()
        if id(one) not in found and not isinstance(one, (type, ModuleType, FunctionType)):
            found[id(one)] = one
            left += gc.get_referents(one)
    return list(found.values())


def crowded_out(world: World, statement: Statement, request: str) -> Ended:
    """What is left of a statement after many others."""
    for number in range(300):
        world.ended(f"after {statement.query_id}: {number}")
    kept = world.kept.of_request("ONE", request)
    assert isinstance(kept, Ended)
    return kept


@pytest.mark.parametrize("rows", [0, 1])
def test_what_is_remembered_of_an_answer_with_many_columns_weighs_little(world: World, rows: int) -> None:
    table = pa.table({f"column_{number}": ["2026-11-21 10:00:00"] * rows for number in range(45)})
    statement = world.begun("wide")
    statement.done.set_result(Result(table, ("VARCHAR",) * 45, rows, 4096, statement.query_id, None, "ONE"))
    kept = crowded_out(world, statement, "wide")
    held = everything_held_by(kept)
    assert not [one for one in held if type(one).__module__.startswith("pyarrow")]
    assert sum(map(sys.getsizeof, held)) < 2_000
    assert kept.done.result() == statement.done.result()


def test_an_error_that_is_remembered_holds_nothing_of_where_it_was_raised(world: World) -> None:
    class Held:
        pass

    def fail(held: Held) -> None:
        try:
            int(str(held))
        except ValueError as error:
            raise ProgrammingError("no such column", errno=904) from error

    held = Held()
    still_there = weakref.ref(held)
    statement = world.begun("mistake")
    with pytest.raises(ProgrammingError) as raised:
        fail(held)
    statement.done.set_exception(raised.value)
    del raised, held
    kept = crowded_out(world, statement, "mistake")
    del statement
    gc.collect()
    assert still_there() is None
    with pytest.raises(ProgrammingError, match="no such column"):
        kept.done.result()


def test_the_file_of_a_large_answer_goes_with_the_answer(world: World, tmp_path: Path) -> None:
    file = tmp_path / "large.arrow"
    file.touch()
    statement = world.begun("large")
    statement.done.set_result(Result(Spooled(file, pa.schema({"n": pa.int64()}), ()), ("BIGINT",), 9))
    kept = crowded_out(world, statement, "large")
    del statement
    gc.collect()
    assert not file.exists()
    with pytest.raises(ProgrammingError, match="newer ones took its place"):
        kept.done.result()
