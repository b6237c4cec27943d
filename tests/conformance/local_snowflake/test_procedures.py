"""CREATE PROCEDURE and CALL."""

import json
import threading
from typing import Any

import pytest
from snowflake.connector.errors import Error, ProgrammingError

PYTHON = (
    "LANGUAGE PYTHON RUNTIME_VERSION='3.11' PACKAGES=('snowflake-snowpark-python') HANDLER='run' EXECUTE AS {rights}"
)


def create(ask: Any, signature: str, body: str, *, returns: str = "VARIANT", rights: str = "OWNER") -> None:
    options = PYTHON.format(rights=rights)
    ask(f"CREATE OR REPLACE PROCEDURE {signature} RETURNS {returns} {options} AS $$\n{body}\n$$")


def called(ask: Any, sql: str, params: Any = None) -> Any:
    return json.loads(ask(sql, params)[0][0])


TELL = """
def run(session, *values):
    return [[type(v).__name__, None if v is None else str(v)] for v in values]
"""


@pytest.mark.parametrize(
    ("declared", "given", "seen"),
    [
        ("STRING", "'x $word'", ["str", "x $word"]),
        ("NUMBER", "7", ["int", "7"]),
        ("NUMBER(10,2)", "1.5", ["Decimal", "1.50"]),
        ("FLOAT", "1.5", ["float", "1.5"]),
        ("BOOLEAN", "true", ["bool", "True"]),
        ("DATE", "'2026-01-31'", ["date", "2026-01-31"]),
        ("TIMESTAMP_NTZ", "'2026-01-31 10:00:00'", ["datetime", "2026-01-31 10:00:00"]),
        ("TIMESTAMP_TZ", "'2026-01-31 10:00:00 +0000'", ["datetime", "2026-01-31 10:00:00+00:00"]),
        ("VARIANT", "PARSE_JSON('[1]')", ["list", "[1]"]),
        ("VARIANT", "5", ["int", "5"]),
        ("VARIANT", "'text'", ["str", "text"]),
        ("VARIANT", "PARSE_JSON('null')", ["NoneType", None]),
        ("OBJECT", "OBJECT_CONSTRUCT('a', 1)", ["dict", "{'a': 1}"]),
        ("ARRAY", "ARRAY_CONSTRUCT(1, 'b')", ["list", "[1, 'b']"]),
        ("DATE", "NULL", ["NoneType", None]),
        ("OBJECT", "NULL", ["NoneType", None]),
    ],
)
def test_a_handler_gets_the_python_value_of_its_declared_type(
    ask: Any, declared: str, given: str, seen: list[Any]
) -> None:
    create(ask, f"tell(v {declared})", TELL)
    assert called(ask, f"CALL tell({given})") == [seen]


def test_sql_null_in_a_variant_says_that_it_is_sql_null(ask: Any) -> None:
    create(ask, "tell(v VARIANT DEFAULT NULL)", "def run(session, v):\n    return v.is_sql_null")
    assert called(ask, "CALL tell()") is True


def test_arguments_come_by_position_by_name_by_bind_and_by_default(ask: Any) -> None:
    create(ask, "tell(a STRING, b NUMBER DEFAULT 2, c OBJECT DEFAULT OBJECT_CONSTRUCT())", TELL)
    assert called(ask, "CALL tell('x')") == [["str", "x"], ["int", "2"], ["dict", "{}"]]
    assert called(ask, "CALL tell(b => 3, a => 'y')") == [["str", "y"], ["int", "3"], ["dict", "{}"]]
    bound = called(ask, "CALL tell(c => PARSE_JSON(?), a => ?)", ('{"k": 1}', "z"))
    assert bound == [["str", "z"], ["int", "2"], ["dict", "{'k': 1}"]]


def test_object_constants_keep_their_keys_as_written(ask: Any) -> None:
    create(ask, "tell(a OBJECT, b ARRAY)", TELL)
    seen = called(ask, "CALL tell({'k': {'At': [1, 2]}, 'Day': '2026-01-01'}, [3, {'l': 4}])")
    assert seen == [["dict", "{'k': {'At': [1, 2]}, 'Day': '2026-01-01'}"], ["list", "[3, {'l': 4}]"]]


@pytest.mark.parametrize(
    ("call", "errno", "text"),
    [
        ("CALL tell()", 1044, "argument 'A' is missing"),
        ("CALL tell('x', 1)", 1044, "at most 1 arguments"),
        ("CALL tell(nope => 1)", 1044, "no argument 'NOPE'"),
        ("CALL tell('x', a => 'y')", 1003, "may not be mixed"),
        ("CALL other('x')", 2140, "OTHER"),
    ],
)
def test_a_call_that_does_not_fit_is_a_compile_error(ask: Any, call: str, errno: int, text: str) -> None:
    create(ask, "tell(a STRING)", TELL)
    with pytest.raises(ProgrammingError, match=text) as refused:
        ask(call)
    assert refused.value.errno == errno


@pytest.mark.parametrize(
    ("returns", "value", "answer"),
    [
        ("STRING", "'a'", "a"),
        ("NUMBER", "5", 5),
        ("BOOLEAN", "True", True),
        ("DATE", "__import__('datetime').date(2026, 1, 2)", "2026-01-02"),
        ("VARIANT", "None", None),
        ("OBJECT", "{'a': None}", '{"a": null}'),
    ],
)
def test_a_handler_answers_in_the_declared_type(ask: Any, returns: str, value: str, answer: Any) -> None:
    create(ask, "answer()", f"def run(session):\n    return {value}", returns=returns)
    found = ask("CALL answer()")[0][0]
    assert (str(found) if returns == "DATE" else found) == answer


def test_an_exception_in_the_handler_reaches_the_caller_with_its_message(ask: Any) -> None:
    create(ask, "boom()", "def run(session):\n    raise ValueError('no such report type')")
    with pytest.raises(ProgrammingError, match=r"ValueError: no such report type\n in function BOOM") as raised:
        ask("CALL boom()")
    assert (raised.value.errno, raised.value.sqlstate) == (100357, "P0000")


def test_a_handler_that_is_not_there_is_refused_when_the_procedure_is_created(ask: Any) -> None:
    with pytest.raises(ProgrammingError, match="run is not defined") as refused:
        create(ask, "empty()", "x = 1")
    assert refused.value.errno == 100357


def test_a_package_that_was_not_asked_for_cannot_be_imported(ask: Any) -> None:
    create(ask, "greedy()", "def run(session):\n    import openpyxl")
    with pytest.raises(ProgrammingError, match="No module named 'openpyxl'"):
        ask("CALL greedy()")


COUNT = """
def run(session, n):
    for value in range(n):
        session.sql("INSERT INTO made VALUES (?)", params=[value]).collect()
    return session.table("made").count()
"""


def test_a_call_joins_the_callers_transaction(ask: Any) -> None:
    ask("CREATE TABLE made (n INT)")
    create(ask, "fill(n INT)", COUNT, returns="INT")
    ask("BEGIN")
    assert ask("CALL fill(3)") == [(3,)]
    ask("ROLLBACK")
    assert ask("SELECT COUNT(*) FROM made") == [(0,)]
    ask("CALL fill(3)")
    assert ask("SELECT COUNT(*) FROM made") == [(3,)]


def test_owners_rights_run_in_the_procedures_schema_and_callers_rights_in_the_callers(ask: Any, schema: str) -> None:
    where = "def run(session):\n    return session.sql('SELECT CURRENT_SCHEMA()').collect()[0][0]"
    create(ask, "owners()", where, returns="STRING")
    create(ask, "callers()", where, returns="STRING", rights="CALLER")
    ask("CREATE SCHEMA IF NOT EXISTS elsewhere")
    assert ask(f"CALL {schema}.owners()") == [(schema,)]
    assert ask(f"CALL {schema}.callers()") == [("ELSEWHERE",)]
    assert ask("SELECT CURRENT_SCHEMA()") == [("ELSEWHERE",)]


def test_a_handler_calls_procedures_and_makes_data_frames(ask: Any) -> None:
    create(ask, "inner_one(n INT)", "def run(session, n):\n    return n + 1", returns="INT")
    body = """
def run(session):
    frame = session.create_dataframe([(1, "x"), (2, "y")], schema=["a", "b"])
    by_sql = session.sql("CALL inner_one(5)").collect()[0][0]
    return [session.call("inner_one", 1), by_sql, [row["B"] for row in frame.sort("a").collect()]]
"""
    create(ask, "outer_one()", body)
    assert called(ask, "CALL outer_one()") == [2, 6, ["x", "y"]]


def test_a_transaction_left_open_by_a_handler_is_an_error_and_rolled_back(ask: Any) -> None:
    ask("CREATE TABLE made (n INT)")
    body = """
def run(session):
    for statement in ("BEGIN", "INSERT INTO made VALUES (1)"):
        session.sql(statement).collect()
"""
    create(ask, "careless()", body)
    with pytest.raises(ProgrammingError, match="incomplete and it was rolled back"):
        ask("CALL careless()")
    assert ask("SELECT COUNT(*) FROM made") == [(0,)]


def test_a_handler_may_not_end_its_callers_transaction(ask: Any) -> None:
    create(ask, "meddler()", "def run(session):\n    session.sql('COMMIT').collect()")
    ask("BEGIN")
    with pytest.raises(ProgrammingError, match="different scope"):
        ask("CALL meddler()")
    ask("ROLLBACK")


def test_sixty_calls_at_once_all_come_to_their_end(ask: Any, opened: Any) -> None:
    ask("CREATE TABLE made (n INT)")
    create(ask, "fill(n INT)", COUNT, returns="INT")
    connections = [opened() for _ in range(60)]
    failures: list[Error] = []

    def call(connection: Any) -> None:
        try:
            connection.cursor().execute("CALL fill(3)").fetchall()
        except Error as error:
            failures.append(error)

    threads = [threading.Thread(target=call, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    assert not failures
    assert ask("SELECT COUNT(*) FROM made") == [(180,)]


def test_procedures_are_shown_described_and_dropped(ask: Any) -> None:
    create(ask, "shown(a STRING, n NUMBER DEFAULT 1)", TELL)
    (row,) = ask("SHOW PROCEDURES LIKE 'SHO%'")
    assert (row[1], row[6], row[7]) == ("SHOWN", 1, 2)
    described = dict(ask("DESCRIBE PROCEDURE shown(STRING, NUMBER)"))
    assert described["signature"] == "(A VARCHAR, N NUMBER)"
    assert described["handler"] == "run"
    ask("DROP PROCEDURE shown(STRING, NUMBER)")
    assert ask("SHOW PROCEDURES LIKE 'SHOWN'") == []
    with pytest.raises(ProgrammingError, match="does not exist"):
        ask("DROP PROCEDURE shown(STRING, NUMBER)")
    ask("DROP PROCEDURE IF EXISTS shown(STRING, NUMBER)")
