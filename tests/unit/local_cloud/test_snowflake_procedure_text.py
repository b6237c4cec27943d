"""CREATE PROCEDURE and CALL as data, and the values on their way to a handler and back."""

import datetime as dt
import decimal
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

from local_cloud.snowflake.argument_binding import bind, read_call
from local_cloud.snowflake.argument_values import SqlNull, to_engine, to_python
from local_cloud.snowflake.procedure_ddl import Parameter, Procedure, family, from_json, read_creation

CREATE = """
CREATE OR REPLACE PROCEDURE db.s."Mixed"(
    a STRING DEFAULT 'x, (y)', "b" NUMBER(10, 2), c OBJECT DEFAULT OBJECT_CONSTRUCT()
) COPY GRANTS RETURNS TABLE (n INT, s STRING)
LANGUAGE PYTHON RUNTIME_VERSION = '3.11' ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository
PACKAGES = ('snowflake-snowpark-python', 'pydantic') IMPORTS = ('@st/a.zip', '@st/b.zip') HANDLER = 'm.f'
COMMENT = 'it''s' EXECUTE AS CALLER AS $$
def f(session): return '$x'
$$
"""


def test_every_clause_of_create_procedure_is_read() -> None:
    asked = read_creation(CREATE)
    assert (asked.mode, asked.name, asked.returns) == ("REPLACE", ("DB", "S", "Mixed"), "TABLE (N INT, S STRING)")
    assert asked.parameters == (
        Parameter("A", "STRING", "'x, (y)'"),
        Parameter("b", "NUMBER(10, 2)"),
        Parameter("C", "OBJECT", "OBJECT_CONSTRUCT()"),
    )
    assert asked.options["PACKAGES"] == ("snowflake-snowpark-python", "pydantic")
    assert asked.options["IMPORTS"] == ("@st/a.zip", "@st/b.zip")
    assert asked.options["ARTIFACT_REPOSITORY"] == "SNOWFLAKE.SNOWPARK.PYPI_SHARED_REPOSITORY"
    assert (asked.options["COMMENT"], asked.options["EXECUTE AS"]) == ("it's", "CALLER")
    assert asked.body == "\ndef f(session): return '$x'\n"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("LANGUAGE PYTHON", "LANGUAGE JAVASCRIPT"), "not supported by the local cloud: procedures in JAVASCRIPT"),
        (("HANDLER = 'm.f'", ""), "Missing option HANDLER"),
        (("a STRING", "a STRNG"), "Unsupported data type 'STRNG'"),
        (("COPY GRANTS", "KEEP GRANTS"), "unexpected 'KEEP'"),
    ],
)
def test_a_wrong_create_procedure_is_refused_by_name(change: tuple[str, str], message: str) -> None:
    with pytest.raises(ProgrammingError, match=message):
        read_creation(CREATE.replace(*change))


def procedure(*parameters: Parameter) -> Procedure:
    return Procedure("P", "S", "D", parameters, "VARIANT", "run")


def test_a_procedure_survives_being_kept_as_json() -> None:
    kept = procedure(Parameter("A", "STRING", "'x'"))
    assert from_json(kept.as_json()) == kept


ONE = procedure(Parameter("A", "STRING"), Parameter("B", "NUMBER", "2"))


@pytest.mark.parametrize(
    ("call", "given"),
    [
        ("CALL p('x')", {"A": "'x'", "B": "2"}),
        ("CALL p('x', ?)", {"A": "'x'", "B": "?"}),
        ("CALL p(b => f(1, 2), a => 'x')", {"B": "f(1, 2)", "A": "'x'"}),
    ],
)
def test_arguments_find_their_parameters_in_the_order_of_their_binds(call: str, given: dict[str, str]) -> None:
    chosen, found = bind(read_call(call), [ONE])
    assert (chosen, list(found.items())) == (ONE, list(given.items()))


def test_the_overload_that_fits_is_taken() -> None:
    other = procedure(Parameter("A", "STRING"), Parameter("B", "NUMBER"), Parameter("C", "DATE"))
    assert bind(read_call("CALL p(1, 2, 3)"), [ONE, other])[0] is other


@pytest.mark.parametrize("call", ["CALL p()", "CALL p(1, 2, 3)", "CALL p(z => 1)", "CALL p(a => 1, a => 2)"])
def test_arguments_that_do_not_fit_are_refused(call: str) -> None:
    with pytest.raises(ProgrammingError, match="Invalid argument types for function 'P'"):
        bind(read_call(call), [ONE])


@pytest.mark.parametrize(
    ("declared", "kind"),
    [("VARCHAR(10)", "VARCHAR"), ("integer", "NUMBER"), ("NUMBER(10, 2)", "NUMBER"), ("TEXT NOT NULL", "VARCHAR")],
)
def test_declared_types_fall_into_families(declared: str, kind: str) -> None:
    assert family(declared) == kind


@pytest.mark.parametrize(
    ("value", "engine_type", "declared", "seen"),
    [
        (decimal.Decimal(5), "DECIMAL(38,0)", "NUMBER", 5),
        (decimal.Decimal("1.5"), "DECIMAL(10,2)", "NUMBER(10,2)", decimal.Decimal("1.5")),
        ('{"a": null}', "JSON", "OBJECT", {"a": None}),
        ("null", "JSON", "VARIANT", None),
        ('{"not": "parsed"}', "VARCHAR", "VARIANT", '{"not": "parsed"}'),
        (dt.date(2026, 1, 2), "DATE", "VARIANT", "2026-01-02"),
        (None, "VARCHAR", "STRING", None),
    ],
)
def test_a_value_reaches_the_handler_by_its_declared_type(
    value: Any, engine_type: str, declared: str, seen: Any
) -> None:
    assert to_python(value, engine_type, declared, "A") == seen


def test_sql_null_in_a_variant_is_empty_and_says_so() -> None:
    null = to_python(None, "JSON", "VARIANT", "A")
    assert isinstance(null, SqlNull)
    assert (null.is_sql_null, bool(null)) == (True, False)


@pytest.mark.parametrize(("value", "engine_type"), [("[1]", "JSON"), ('{"a": 1}', "VARCHAR")])
def test_an_object_takes_nothing_else(value: str, engine_type: str) -> None:
    with pytest.raises(ProgrammingError, match="expected OBJECT"):
        to_python(value, engine_type, "OBJECT", "A")


@pytest.mark.parametrize(
    ("value", "declared", "kept"),
    [
        ({"d": dt.date(2026, 1, 2), "n": decimal.Decimal(3)}, "VARIANT", ('{"d": "2026-01-02", "n": 3}', "JSON")),
        (None, "DATE", (None, "DATE")),
        (3, "FLOAT", (3.0, "DOUBLE")),
    ],
)
def test_an_answer_takes_the_declared_type(value: Any, declared: str, kept: tuple[Any, str]) -> None:
    assert to_engine(value, declared) == kept


@pytest.mark.parametrize(("value", "declared"), [({}, "STRING"), ("x", "NUMBER"), ([1], "OBJECT"), (1, "BOOLEAN")])
def test_an_answer_of_another_type_is_an_error(value: Any, declared: str) -> None:
    with pytest.raises(TypeError, match=f"does not fit RETURNS {declared}"):
        to_engine(value, declared)
