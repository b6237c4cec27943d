"""TABLE(RESULT_SCAN('query id')): the stored answer of an earlier statement, whole or as a table to ask."""

from typing import TYPE_CHECKING, Final

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.spool import as_table

if TYPE_CHECKING:
    from local_cloud.snowflake.session import Session

_VIEW: Final = "_SF_SCANNED"


def stored(session: "Session", statement: Expr) -> Result | None:
    """The kept result if the statement asks for all of it; a statement that asks for parts now reads a view of it.

    Raises:
        ProgrammingError: 000709 when the result is no longer kept, or is another user's.
    """
    scan = next((n for n in statement.find_all(exp.Anonymous) if n.name.upper() == "RESULT_SCAN"), None)
    if scan is None:
        return None
    kept = _kept(session, scan.expressions[0] if scan.expressions else exp.null())
    if isinstance(statement, exp.Select) and statement.is_star and _is_plain(statement):
        return kept
    rows = scan.find_ancestor(exp.TableFromRows, exp.Table)
    if rows is not None:
        session.engine.register(_VIEW, as_table(kept.table))
        rows.replace(exp.to_table(_VIEW).as_(rows.alias or _VIEW))
    return None


def _is_plain(statement: exp.Select) -> bool:
    said = {name for name, value in statement.args.items() if value and name not in {"expressions", "from_"}}
    return not said and len(statement.expressions) == 1


def _kept(session: "Session", asked: Expr) -> Result:
    is_last = isinstance(asked, exp.Anonymous) and asked.name.upper() == "LAST_QUERY_ID"
    query_id = session.last_query_id if is_last else asked.name
    kept: Result | None = session.server.results.get(str(query_id))
    if kept is None or kept.user != session.login.user:  # no role may read what another user was answered
        raise failure(709, "02000", f"Statement {query_id} not found")
    return kept
