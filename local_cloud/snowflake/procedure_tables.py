"""SELECT … FROM TABLE(procedure(…)): the procedure runs first, its rows become the table."""

from typing import Final

from sqlglot import Expr, exp

from local_cloud.snowflake.access_checks import OF_SERVER
from local_cloud.snowflake.calls import call
from local_cloud.snowflake.errors import COMPILATION, failure, not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.procedures import KIND, overloads
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.spool import as_table

_VIEW: Final = "_SF_RETURNED"


def furnish(session: Session, statement: Expr, known: frozenset[str]) -> None:
    """Call every procedure in a TABLE(…) of the statement, which then reads the rows; `known` are no procedures.

    Raises:
        ProgrammingError: 002141 for a procedure that returns no table, and whatever the CALL raises.
    """
    for number, source in enumerate(list(statement.find_all(exp.TableFromRows))):
        function = source.this.find(exp.Anonymous) if isinstance(source.this, (exp.Anonymous, exp.Dot)) else None
        if function is None or str(function.this).upper() in known:
            continue
        name = _name(source.this, function)
        if not _is_procedure(session, name):
            continue
        if not all(found.returns.startswith("TABLE") for found in overloads(session, name)):
            text = f"{COMPILATION}Procedure {name[-1]} in TABLE(…) does not return a table."
            raise failure(2141, "42601", text)
        if function.find(exp.Placeholder):
            raise not_supported("a bind as an argument of a procedure in TABLE(…); write the value")
        rows = call(session, f"CALL {source.this.sql('snowflake')}", None)
        view = f"{_VIEW}_{number}"
        session.engine.register(view, as_table(rows.table))
        table = exp.to_table(view)
        table.meta[OF_SERVER] = True
        source.replace(table.as_(source.alias or name[-1]))


def _name(dotted: Expr, function: exp.Anonymous) -> tuple[str, ...]:
    parts = [
        p.name if p.quoted else p.name.upper() for p in dotted.find_all(exp.Identifier) if not _within(p, function)
    ]
    return (*parts, str(function.this).upper())


def _within(part: Expr, function: exp.Anonymous) -> bool:
    return part.find_ancestor(exp.Anonymous) is function


def _is_procedure(session: Session, name: tuple[str, ...]) -> bool:
    if len(name) == 1 and not session.schema_set:
        return False
    database, schema, bare = resolve(session, name)
    return any(kept["name"] == bare for kept in session.server.catalog.all(KIND, database, schema))
