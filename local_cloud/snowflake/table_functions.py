"""TABLE(name(…)) whose rows the server itself knows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlglot import Expr, exp

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.inferred_schema import infer_schema
from local_cloud.snowflake.query_history import Asked
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.visibility import Sight

Arguments = Mapping[str, Any]

_WAREHOUSES: Final = {
    "WAREHOUSE": "VARCHAR",
    "STATE": "VARCHAR",
    "WAKES": "BIGINT",
    "STATEMENTS": "BIGINT",
    "BILLED_S": "DOUBLE",
    "CREDITS": "DOUBLE",
}
_STATEMENTS: Final = {
    "TEXT": "VARCHAR",
    "STATEMENT_CLASS": "VARCHAR",
    "ROLE": "VARCHAR",
    "QUERY_TAG": "VARCHAR",
    "WAREHOUSE": "VARCHAR",
    "NEEDED_WAREHOUSE": "BOOLEAN",
    "STARTED_AT_S": "DOUBLE",
    "TOOK_S": "DOUBLE",
}
_MOMENT: Final = "TIMESTAMP WITH TIME ZONE"
_TASK_HISTORY: Final = {
    "QUERY_ID": "VARCHAR",
    "NAME": "VARCHAR",
    "DATABASE_NAME": "VARCHAR",
    "SCHEMA_NAME": "VARCHAR",
    "QUERY_TEXT": "VARCHAR",
    "CONDITION_TEXT": "VARCHAR",
    "STATE": "VARCHAR",
    "ERROR_CODE": "VARCHAR",
    "ERROR_MESSAGE": "VARCHAR",
    "SCHEDULED_TIME": _MOMENT,
    "QUERY_START_TIME": _MOMENT,
    "COMPLETED_TIME": _MOMENT,
    "GRAPH_RUN_GROUP_ID": "VARCHAR",
    "SCHEDULED_FROM": "VARCHAR",
}

_QUERY_HISTORY: Final = {
    "QUERY_ID": "VARCHAR",
    "QUERY_TEXT": "VARCHAR",
    "DATABASE_NAME": "VARCHAR",
    "SCHEMA_NAME": "VARCHAR",
    "QUERY_TYPE": "VARCHAR",
    "SESSION_ID": "BIGINT",
    "USER_NAME": "VARCHAR",
    "ROLE_NAME": "VARCHAR",
    "WAREHOUSE_NAME": "VARCHAR",
    "QUERY_TAG": "VARCHAR",
    "EXECUTION_STATUS": "VARCHAR",
    "ERROR_CODE": "VARCHAR",
    "ERROR_MESSAGE": "VARCHAR",
    "START_TIME": _MOMENT,
    "END_TIME": _MOMENT,
    "TOTAL_ELAPSED_TIME": "BIGINT",
    "ROWS_PRODUCED": "BIGINT",
}


def _warehouses(session: Session, _arguments: Arguments) -> Result:
    return from_rows(_WAREHOUSES, [tuple(row.values()) for row in session.server.meter.warehouses()])


def _statements(session: Session, _arguments: Arguments) -> Result:
    return from_rows(_STATEMENTS, [tuple(row.values()) for row in session.server.meter.statements()])


def _task_history(session: Session, arguments: Arguments) -> Result:
    if unknown := set(arguments) - {"TASK_NAME", "RESULT_LIMIT", "ERROR_ONLY"}:
        raise not_supported(f"TASK_HISTORY with {', '.join(sorted(unknown))}")
    name, limit = str(arguments.get("TASK_NAME", "")).upper(), int(arguments.get("RESULT_LIMIT", 100))
    only_errors = str(arguments.get("ERROR_ONLY", "")).upper() == "TRUE"
    sight = Sight(session)
    runs = [
        (
            run.query_id,
            run.task["name"],
            run.task["database"],
            run.task["schema"],
            run.task["definition"],
            run.task["options"].get("WHEN"),
            run.state,
            run.error_code,
            run.error_message,
            run.scheduled_at,
            run.started_at,
            run.completed_at,
            run.graph_run_id,
            run.cause,
        )
        for run in reversed(session.server.task_runs.history)
        if (not name or run.task["name"].upper() == name) and (not only_errors or run.state.startswith("FAILED"))
        if sight.sees("TASK", (run.task["database"], run.task["schema"], run.task["name"]))
    ]
    return from_rows(_TASK_HISTORY, runs[:limit])


def _query_history(session: Session, arguments: Arguments) -> Result:
    if unknown := set(arguments) - {"RESULT_LIMIT", "SESSION_ID", "USER_NAME"}:
        raise not_supported(f"QUERY_HISTORY with {', '.join(sorted(unknown))}")
    asked = [a for a in session.server.query_history.newest() if _may_know(session, a)]
    if "SESSION_ID" in arguments:
        asked = [a for a in asked if a.session_id == arguments["SESSION_ID"]]
    if "USER_NAME" in arguments:
        asked = [a for a in asked if a.user == arguments["USER_NAME"].upper()]
    rows = [
        (
            *(a.query_id, a.text, a.database, a.schema, a.query_type, int(a.session_id), a.user, a.role, a.warehouse),
            *(a.tag, a.status, a.error_code, a.error_message, a.started_at, a.ended_at),
            int(((a.ended_at or a.started_at) - a.started_at).total_seconds() * 1000),
            a.rows,
        )
        for a in asked[: int(arguments.get("RESULT_LIMIT", 100))]
    ]
    return from_rows(_QUERY_HISTORY, rows)


def _may_know(session: Session, asked: Asked) -> bool:
    """One's own statements; those of others with MONITOR or OPERATE on the warehouse they ran in."""
    if asked.user == session.login.user:
        return True
    guard, warehouse = Guard(session), ("", "", asked.warehouse or "")
    return Sight(session).everything or any(guard.may("WAREHOUSE", warehouse, p) for p in ("MONITOR", "OPERATE"))


def _query_history_by_session(session: Session, arguments: Arguments) -> Result:
    return _query_history(session, {"SESSION_ID": session.session_id, **arguments})


def _query_history_by_user(session: Session, arguments: Arguments) -> Result:
    return _query_history(session, {"USER_NAME": session.login.user, **arguments})


FUNCTIONS: Final[Mapping[str, Callable[[Session, Arguments], Result]]] = {
    "LOCAL_CLOUD_WAREHOUSES": _warehouses,
    "LOCAL_CLOUD_STATEMENTS": _statements,
    "TASK_HISTORY": _task_history,
    "INFER_SCHEMA": infer_schema,
    "QUERY_HISTORY": _query_history,
    "QUERY_HISTORY_BY_SESSION": _query_history_by_session,
    "QUERY_HISTORY_BY_USER": _query_history_by_user,
}

NO_PROCEDURES: Final = frozenset((*FUNCTIONS, "RESULT_SCAN", "FLATTEN", "GENERATOR"))


def furnish(session: Session, statement: Expr, params: Any = None) -> None:
    """Put the rows of our table functions where the engine finds them; the statement then reads those.

    A bind among the arguments is taken out of `params`, if that is a list.
    """
    for found in list(statement.find_all(exp.Anonymous)):
        name = str(found.this).upper()
        source = found.find_ancestor(exp.TableFromRows)
        if name in FUNCTIONS and source is not None:
            if not all(isinstance(a, exp.Kwarg) for a in found.expressions):
                raise not_supported(f"{name} with arguments without names; write name => value")
            given = {str(a.this.name).upper(): _value(statement, a.expression, params) for a in found.expressions}
            view = f"_SF_{name}"
            session.engine.register(view, FUNCTIONS[name](session, given).table)
            source.replace(exp.to_table(view).as_(source.alias or name))


def _value(statement: Expr, argument: Expr, params: Any) -> str:
    if isinstance(argument, exp.Placeholder):
        holders = list(statement.find_all(exp.Placeholder, bfs=False))
        position = next(i for i, holder in enumerate(holders) if holder is argument)
        if not isinstance(params, list) or position >= len(params):
            raise not_supported("a bind as an argument of a table function here; write the value")
        argument.replace(exp.null())  # so that the next bind is counted among those that are left
        return str(params.pop(position))
    return argument.name or argument.sql("snowflake")
