"""Procedures that return tables, and procedures of one name."""

from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

OPTIONS = "LANGUAGE PYTHON RUNTIME_VERSION = '3.11' PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run'"


def procedure(signature: str, returns: str, *lines: str) -> str:
    body = "\n    ".join(lines)
    return (
        f"CREATE PROCEDURE {signature} RETURNS {returns} {OPTIONS} AS $$\ndef run(session, *arguments):\n    {body}\n$$"
    )


NUMBERS = procedure(
    "numbers(n INT)",
    "TABLE (n INT, name STRING)",
    "return session.create_dataframe([(i, 'x') for i in range(arguments[0])], schema=['a', 'b'])",
)


def test_a_table_comes_of_a_call_and_of_a_query(ask: Any, opened: Any) -> None:
    ask(NUMBERS)
    assert ask("CALL numbers(2)") == [(0, "x"), (1, "x")]
    assert ask("SELECT name, SUM(n) FROM TABLE(numbers(3)) t WHERE t.n > 0 GROUP BY 1") == [("x", 3)]
    ask("CREATE TABLE kept AS SELECT * FROM TABLE(numbers(2))")
    assert ask("SELECT COUNT(*) FROM kept") == [(2,)]
    cursor = opened().cursor()
    assert [c.name for c in cursor.describe("CALL numbers(2)")] == ["N", "NAME"]


def test_a_table_without_declared_columns_has_the_handlers(ask: Any) -> None:
    ask(procedure("any_table()", "TABLE ()", "return session.sql('SELECT 1 AS q, 2.5 AS w')"))
    assert ask("SELECT w FROM TABLE(any_table())")[0][0] == 2.5


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        ("return session.sql('SELECT 1')", "does not match expected returned table type"),
        ("return 1", "Returned int, which does not fit RETURNS TABLE"),
    ],
)
def test_a_table_that_is_not_the_declared_one_is_refused(ask: Any, handler: str, says: str) -> None:
    ask(procedure("odd()", "TABLE (day DATE)", handler))
    with pytest.raises(ProgrammingError, match=says):
        ask("CALL odd()")


def test_only_procedures_that_return_tables_are_tables(ask: Any) -> None:
    ask(procedure("plain()", "STRING", "return 'x'"))
    with pytest.raises(ProgrammingError, match="does not return a table"):
        ask("SELECT * FROM TABLE(plain())")


@pytest.fixture
def overloads(ask: Any) -> Any:
    for kind in ("NUMBER", "VARCHAR", "FLOAT", "DATE", "VARIANT"):
        ask(procedure(f"o(a {kind})", "STRING", f"return '{kind}'"))
    return ask


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("1", "NUMBER"),
        ("'1'", "VARCHAR"),
        ("1.5::FLOAT", "FLOAT"),
        ("CURRENT_DATE()", "DATE"),
        ("PARSE_JSON('{}')", "VARIANT"),
    ],
)
def test_the_overload_of_the_arguments_type_is_called(overloads: Any, argument: str, kind: str) -> None:
    assert overloads(f"CALL o({argument})") == [(kind,)]


@pytest.mark.parametrize(
    ("sql", "errno"),
    [
        (procedure("o(other INT)", "STRING", "return 'x'"), 2002),
        ("CALL o(1, 2)", 1044),
        ("CALL o(NULL)", 2),
        ("DROP PROCEDURE o", 1003),
        ("DROP PROCEDURE o(BOOLEAN)", 2003),
        ("DESCRIBE PROCEDURE o(BOOLEAN)", 2003),
    ],
)
def test_what_names_no_overload_or_a_second_of_its_kind_is_refused(overloads: Any, sql: str, errno: int) -> None:
    with pytest.raises(ProgrammingError) as refused:
        overloads(sql)
    assert refused.value.errno == errno


def test_one_overload_is_dropped_and_the_others_stay(overloads: Any) -> None:
    overloads("DROP PROCEDURE o(INT)")
    assert overloads("CALL o('1')") == [("VARCHAR",)]
    shown = [row[8] for row in overloads("SHOW PROCEDURES LIKE 'O'")]
    assert sorted(shown) == [f"O({kind}) RETURN VARCHAR" for kind in ("DATE", "FLOAT", "VARCHAR", "VARIANT")]


def test_an_array_for_an_object_is_called_an_array(ask: Any) -> None:
    ask(procedure("obj(a OBJECT)", "STRING", "return 'x'"))
    with pytest.raises(ProgrammingError, match="expected OBJECT, got ARRAY"):
        ask("CALL obj(ARRAY_CONSTRUCT(1))")
