"""The columns of a statement's answer without running it."""

from sqlglot import exp, parse_one

from local_cloud.snowflake import procedure_tables
from local_cloud.snowflake.access_checks import check
from local_cloud.snowflake.argument_binding import bind, read_call
from local_cloud.snowflake.argument_values import to_engine
from local_cloud.snowflake.calls import allowed
from local_cloud.snowflake.dispatch import run
from local_cloud.snowflake.engine import Params, run_statement
from local_cloud.snowflake.engine_door import enter, refuse_account
from local_cloud.snowflake.errors import translate
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.returned_table import without_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import head, with_variables, without_trailing_semicolon
from local_cloud.snowflake.table_functions import NO_PROCEDURES


def describe_only(session: Session, sql: str, params: Params = None) -> Result:
    """An answer without rows; queries are planned, nothing else is run but what only looks.

    Raises:
        snowflake.connector.errors.Error: the statement would fail to compile.
    """
    text = with_variables(without_trailing_semicolon(sql), session.names)
    word = head(text, 1)
    if word in {"SHOW", "DESC", "DESCRIBE", "LIST", "LS"}:
        return _without_rows(run(session, sql, params))
    try:
        if word == "CALL":
            return _of_call(session, text)
        if word in {"SELECT", "WITH", "("}:
            return _without_rows(_planned(session, text, params))
    except Exception as error:
        raise translate(error) from error
    counted = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted"}.get(word)
    return from_rows({f"number of rows {counted}": "BIGINT"} if counted else {"status": "VARCHAR"}, [])


def _planned(session: Session, text: str, params: Params) -> Result:
    statement = parse_one(text, read="snowflake")
    refuse_account(statement)
    if session.server.privileges.enforced:
        check(session, statement)
    procedure_tables.furnish(session, statement, NO_PROCEDURES)
    enter(statement, text, NO_PROCEDURES)
    if not params:
        for holder in list(statement.find_all(exp.Placeholder)):
            holder.replace(exp.null())
    if isinstance(statement, exp.Query):
        statement = statement.limit(0)
    return run_statement(session, statement, params)


def _of_call(session: Session, text: str) -> Result:
    asked = read_call(text)
    procedure, _ = bind(asked, allowed(session, asked.name))
    if procedure.returns.startswith("TABLE"):
        return without_rows(procedure)
    return from_rows({procedure.name: to_engine(None, procedure.returns)[1]}, [])


def _without_rows(result: Result) -> Result:
    return Result(result.table.slice(0, 0), result.types, 0, result.statement_type)
