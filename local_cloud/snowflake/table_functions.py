"""TABLE(name(…)) whose rows the server itself knows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import not_supported
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


FUNCTIONS: Final[Mapping[str, Callable[[Session, Arguments], Result]]] = {
    "LOCAL_CLOUD_WAREHOUSES": _warehouses,
    "LOCAL_CLOUD_STATEMENTS": _statements,
    "TASK_HISTORY": _task_history,
}


def furnish(session: Session, statement: Expr) -> None:
    """Put the rows of our table functions where the engine finds them; the statement then reads those."""
    for found in list(statement.find_all(exp.Anonymous)):
        name = str(found.this).upper()
        source = found.find_ancestor(exp.TableFromRows)
        if name in FUNCTIONS and source is not None:
            given = {
                str(a.this.name).upper(): _value(a.expression) for a in found.expressions if isinstance(a, exp.Kwarg)
            }
            view = f"_SF_{name}"
            session.engine.register(view, FUNCTIONS[name](session, given).table)
            source.replace(exp.to_table(view).as_(source.alias or name))


def _value(argument: Expr) -> str:
    if isinstance(argument, exp.Placeholder):
        raise not_supported("a bind as an argument of a table function; write the value")
    return argument.name or argument.sql("snowflake")
