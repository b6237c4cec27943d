"""Every inner name of fakesnow that the local Snowflake hooks into; when one moves, this says which."""

import inspect
from importlib.metadata import version
from typing import Any

import fakesnow.conn
import fakesnow.cursor
import fakesnow.expr
import fakesnow.info_schema
import fakesnow.macros
import fakesnow.statement_type
import fakesnow.transforms.show
import fakesnow.transforms.stage
import pytest

PINNED = {"fakesnow": "0.12.1", "duckdb": "2.0.0"}


@pytest.mark.parametrize(("package", "pinned"), PINNED.items())
def test_the_pinned_version_is_installed(package: str, pinned: str) -> None:
    found = version(package)
    assert found == pinned, f"{package} is {found}; the seams of local_cloud/snowflake were read in {pinned}"


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (fakesnow.cursor.FakeSnowflakeCursor, "__init__", ["self", "conn", "duck_conn", "use_dict_result"]),
        (fakesnow.cursor.FakeSnowflakeCursor, "_transform", ["self", "expression", "params"]),
        (fakesnow.cursor.FakeSnowflakeCursor, "_transform_explode", ["self", "expression"]),
        (fakesnow.cursor.FakeSnowflakeCursor, "_execute", ["self", "transformed", "params"]),
        (fakesnow.cursor.FakeSnowflakeCursor, "check_db_and_schema", ["self", "expression"]),
        (fakesnow.expr, "normalise_ident", ["name"]),
        (fakesnow.info_schema, "fs_global_creation_sql", []),
        (fakesnow.info_schema, "per_db_creation_sql", ["catalog"]),
        (fakesnow.macros, "creation_sql", ["catalog"]),
        (fakesnow.transforms.show, "fs_global_creation_sql", []),
        (fakesnow.statement_type, "statement_type_id", ["expression"]),
    ],
)
def test_a_function_we_call_has_the_parameters_we_give(owner: Any, name: str, parameters: list[str]) -> None:
    where = f"{owner.__name__}.{name}"
    function = getattr(owner, name, None)
    assert function is not None, f"fakesnow no longer has {where}"
    found = list(inspect.signature(function).parameters)
    assert found == parameters, f"{where} takes {found}; local_cloud/snowflake gives {parameters}"


@pytest.mark.parametrize(
    "attribute",
    ["database", "_schema", "schema", "database_set", "schema_set", "variables", "table_stages", "results_cache"],
)
def test_a_connection_carries_what_the_session_sets(attribute: str) -> None:
    source = inspect.getsource(fakesnow.conn.FakeSnowflakeConnection)
    assert f"self.{attribute}" in source or f"def {attribute}(" in source, f"connections no longer have .{attribute}"


def test_files_of_stages_lie_under_a_module_variable_that_is_read_at_each_call() -> None:
    assert hasattr(fakesnow.transforms.stage, "LOCAL_BUCKET_PATH"), (
        "fakesnow.transforms.stage.LOCAL_BUCKET_PATH is gone"
    )
    source = inspect.getsource(fakesnow.transforms.stage.internal_dir)
    assert "LOCAL_BUCKET_PATH" in source, "internal_dir no longer reads LOCAL_BUCKET_PATH"


def test_the_answer_of_a_cursor_is_where_we_read_it() -> None:
    source = inspect.getsource(fakesnow.cursor.FakeSnowflakeCursor._execute)
    for name in ("self._arrow_table", "self._rowcount", "put_stage_data"):
        assert name in source or name in inspect.getsource(fakesnow.transforms.stage), f"_execute no longer sets {name}"
