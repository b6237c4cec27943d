"""The present as a session's statements see it.

The engine's clock stands still in a transaction, Snowflake's goes on with each statement. So inside a transaction
each statement is told its own time, in a variable that everything which asks for the time looks at first.
"""

import datetime as dt
from typing import Final

from sqlglot import Expr, exp

from local_cloud.snowflake.clock import now_ns

MOMENT: Final = "moment"


def clock_reading() -> str:
    """The present as a text that the engine reads, in microseconds and UTC."""
    return dt.datetime.fromtimestamp(now_ns() // 1_000 / 1e6, tz=dt.UTC).isoformat()


def told(node: Expr) -> Expr | None:
    """What stands for a function that asks for the time; None for any other node."""
    if isinstance(node, exp.CurrentTimestamp):
        return _utc(_moment()) if node.args.get("sysdate") else _moment()
    if isinstance(node, exp.CurrentDate):
        return exp.cast(_moment(), "DATE")
    if isinstance(node, (exp.CurrentTime, exp.Localtime)):
        return exp.cast(exp.cast(_moment(), "TIMESTAMP", dialect="duckdb"), "TIME")
    return None


def _utc(moment: Expr) -> Expr:
    return exp.AtTimeZone(this=moment, zone=exp.Literal.string("UTC"))


def _moment() -> Expr:
    variable = exp.Anonymous(this="GETVARIABLE", expressions=[exp.Literal.string(f"_sf_{MOMENT}")])
    now = exp.Anonymous(this="NOW", expressions=[])
    return exp.Coalesce(this=exp.cast(variable, "TIMESTAMPTZ", dialect="duckdb"), expressions=[now])
