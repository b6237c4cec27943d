"""`FROM t AT(TIMESTAMP => …)`: answered while the table has not changed since that moment, refused otherwise.

Nothing of the past is kept. But a table that has not changed since a moment still holds what it held then, and so does
a view over such tables.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlglot import Expr, exp

from local_cloud.snowflake.access_checks import place_of
from local_cloud.snowflake.clock import now_ns
from local_cloud.snowflake.errors import failure, not_supported
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.view_tables import tables_behind

Params = Sequence[Any] | dict[str, Any] | None
_COMMITS_END_WITHIN_S: Final = 5.0
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Moment(NamedTuple):
    """A table as of a moment, in nanoseconds since 1970."""

    table: str
    at_ns: int


def read_moments(session: Session, statement: Expr, params: Params) -> tuple[list[Moment], Params]:
    """Take the AT clauses out of a statement; answers with them and the binds that are left.

    Raises:
        ProgrammingError: 000002 for any way to name the past but AT(TIMESTAMP => …).
    """
    found = list(statement.find_all(exp.HistoricalData))
    moments = []
    for clause in found:
        table = clause.parent
        if not isinstance(table, exp.Table) or isinstance(statement, exp.Create):
            raise not_supported("time travel in this place; AT(TIMESTAMP => …) goes with a table of a query")
        if clause.name.upper() != "AT" or str(clause.args["kind"]).upper() != "TIMESTAMP":
            raise not_supported(f"{clause.name}({clause.args['kind']} => …); AT(TIMESTAMP => …) is")
        tables = tables_behind(session, place_of(session, table))
        _refuse_own_changes(session, tables)
        at_ns, params = _evaluated(session, statement, clause.expression, params)
        moments += [Moment(".".join(place), at_ns) for place in sorted(tables)]
        table.set("when", None)
    return moments, params


def _refuse_own_changes(session: Session, tables: set[Place]) -> None:
    for place in sorted(tables):
        if session.transaction and ".".join(place) in session.transaction.changed:
            raise not_supported(f"AT(TIMESTAMP => …) of a table that the open transaction has changed ({place[2]})")


def _evaluated(session: Session, statement: Expr, value: Expr, params: Params) -> tuple[int, Params]:
    from local_cloud.snowflake.dispatch import run  # noqa: PLC0415  the moment is a query of its own

    holders = list(value.find_all(exp.Placeholder, bfs=False))
    own: list[Any] = []
    if holders:
        if not isinstance(params, (list, tuple)):
            raise not_supported("binds by name in AT(TIMESTAMP => …)")
        every = list(statement.find_all(exp.Placeholder, bfs=False))
        positions = [i for i, holder in enumerate(every) if any(holder is mine for mine in holders)]
        own = [params[i] for i in positions]
        params = [bound for i, bound in enumerate(params) if i not in positions]
    moment = run(session, f"SELECT ({value.sql('snowflake')})::TIMESTAMP_TZ", own or None).rows()[0][0]
    if moment is None:
        raise failure(2, "22023", "Invalid argument [NULL] for AT(TIMESTAMP => …).")
    return (moment - _EPOCH) // dt.timedelta(microseconds=1) * 1_000, params


def refuse_if_changed(session: Session, moments: Sequence[Moment]) -> None:
    """What was read is what stood there at each moment, or the answer is not given.

    Raises:
        ProgrammingError: 000707 for a table younger than its moment, 000002 for one that has changed since.
    """
    changes = session.server.changes
    for table, at_ns in moments:
        name = table.rpartition(".")[2]
        if at_ns > now_ns():
            raise not_supported(f"AT(TIMESTAMP => …) of a moment to come ({name})")
        if not changes.settled(table, _COMMITS_END_WITHIN_S):
            raise not_supported(f"AT(TIMESTAMP => …) while another statement goes on changing the table ({name})")
        if at_ns < changes.made_at(table):
            text = f"Time travel data is not available for table {name}. The requested time is either beyond the "
            raise failure(707, "02000", f"{text}allowed time travel period or before the object creation time.")
        if at_ns < changes.last_change(table):
            raise not_supported(f"AT(TIMESTAMP => …) of a moment before the last change of table {name}")
