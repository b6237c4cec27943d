"""The rows of a procedure that RETURNS TABLE."""

from typing import Any, Final

from snowflake.snowpark import DataFrame

from local_cloud.snowflake.argument_values import to_engine
from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.overload_choice import family_of_value
from local_cloud.snowflake.procedure_ddl import Procedure, family, returned_columns
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.spool import as_table

_SAME: Final = {"OBJECT": "VARIANT", "ARRAY": "VARIANT", "TIMESTAMP_TZ": "TIMESTAMP_LTZ"}


def returned_table(session: Session, procedure: Procedure, value: Any) -> Result:
    """The handler's data frame as the answer.

    Raises:
        TypeError: the handler returned something else.
        ProgrammingError: 100357 when the columns are not those declared.
    """
    if not isinstance(value, DataFrame):
        raise TypeError(f"Returned {type(value).__name__}, which does not fit RETURNS {procedure.returns}")
    # Its rows have not left the server: they are kept under the id of the query.
    query_id = value._execute_and_get_query_id()  # noqa: SLF001  every public way fetches the rows
    answer: Result = session.server.results[query_id]
    table, types = as_table(answer.table), answer.types
    declared = returned_columns(procedure.returns)
    if not declared:
        return Result(table, types, table.num_rows)
    wanted = [family(column.type) for column in declared]
    found = ["NULL" if kind in {"NULL", '"NULL"'} else family_of_value(kind, "{}") for kind in types]
    if len(wanted) != len(found) or any(not _fits(f, w) for f, w in zip(found, wanted, strict=True)):
        text = f"data type of returned table does not match expected returned table type: {procedure.returns} is "
        raise failure(100357, "P0000", f"{text}declared, the handler returned ({', '.join(found)})")
    return Result(table.rename_columns([column.name for column in declared]), types, table.num_rows)


def without_rows(procedure: Procedure) -> Result:
    """The declared columns, before the handler has run."""
    columns = returned_columns(procedure.returns)
    return from_rows({c.name: to_engine(None, c.type)[1] for c in columns} or {procedure.name: "VARCHAR"}, [])


def _fits(found: str, wanted: str) -> bool:
    return found == "NULL" or _SAME.get(found, found) == _SAME.get(wanted, wanted)
