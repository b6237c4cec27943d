"""TABLE(name(…)) whose rows the server itself knows."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlglot import Expr, exp

from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session

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


def _warehouses(session: Session, _arguments: Arguments) -> Result:
    return from_rows(_WAREHOUSES, [tuple(row.values()) for row in session.server.meter.warehouses()])


def _statements(session: Session, _arguments: Arguments) -> Result:
    return from_rows(_STATEMENTS, [tuple(row.values()) for row in session.server.meter.statements()])


FUNCTIONS: Final[Mapping[str, Callable[[Session, Arguments], Result]]] = {
    "LOCAL_CLOUD_WAREHOUSES": _warehouses,
    "LOCAL_CLOUD_STATEMENTS": _statements,
}


def furnish(session: Session, statement: Expr) -> None:
    """Put the rows of our table functions where the engine finds them; the statement then reads those."""
    for found in list(statement.find_all(exp.Anonymous)):
        name = str(found.this).upper()
        source = found.find_ancestor(exp.TableFromRows)
        if name in FUNCTIONS and source is not None:
            given = {str(a.this.name).upper(): a.expression.name for a in found.expressions if isinstance(a, exp.Kwarg)}
            view = f"_SF_{name}"
            session.engine.register(view, FUNCTIONS[name](session, given).table)
            source.replace(exp.to_table(view).as_(source.alias or name))
