"""IDENTIFIER('name') and IDENTIFIER(?) in the place of a table, view, schema or stage."""

import re
from typing import Any, Final

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import COMPILATION, failure
from local_cloud.snowflake.sql_text import Reader

_BOUND_NAME: Final = re.compile(r"(\bSTAGE\b[^?']*?)\bIDENTIFIER\s*\(\s*\?\s*\)", re.IGNORECASE)
_BOUND_STAGE: Final = re.compile(r"^(\s*PUT\s+(?:'[^']*'|\S+)\s+)\?", re.IGNORECASE)


def resolve_names(statement: Expr, params: Any) -> Any:
    """Put the names where IDENTIFIER stands; answers the binds without those that were names.

    Raises:
        ProgrammingError: 001003 for what is no name, 002049 when a bind is missing.
    """
    tables = [t for t in statement.find_all(exp.Table) if isinstance(t.this, exp.DynamicIdentifier)]
    if not tables:
        return params
    left = list(params) if isinstance(params, (list, tuple)) else params
    for table in tables:
        parts = Reader(_text(statement, table.this.this, left)).name()
        for key, part in zip(("this", "db", "catalog"), reversed(parts), strict=False):
            table.set(key, exp.to_identifier(part, quoted=True))
    return left


def with_bound_name(text: str, params: Any) -> tuple[str, Any]:
    """The text of CREATE STAGE or PUT with the stage that its first bind names, and the binds that are left."""
    if not isinstance(params, (list, tuple)) or not params:
        return text, params
    named = str(params[0])
    spelled = "IDENTIFIER('" + named.replace("'", "''") + "')"
    for pattern, written in ((_BOUND_NAME, spelled), (_BOUND_STAGE, named)):
        if pattern.search(text):
            return pattern.sub(lambda found, written=written: found[1] + written, text, count=1), list(params[1:])  # type: ignore[misc]  # bound early
    return text, params


def _text(statement: Expr, given: Expr, params: Any) -> str:
    if not isinstance(given, exp.Placeholder):
        return given.name
    holders = list(statement.find_all(exp.Placeholder, bfs=False))
    position = next(i for i, holder in enumerate(holders) if holder is given)
    if not isinstance(params, list) or position >= len(params):
        raise failure(2049, "42601", f"{COMPILATION}Bind variable not set.")
    given.replace(exp.null())  # so that the next bind is counted among those that are left
    return str(params.pop(position))
