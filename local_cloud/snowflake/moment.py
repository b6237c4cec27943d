"""The present as a session's statements see it.

The engine's clock stands still in a transaction, Snowflake's goes on with each statement. So inside a transaction
each statement is told its own time, in a variable that everything which asks for the time looks at first.
"""

import datetime as dt
from typing import Any, Final

from sqlglot import Expr, exp

from local_cloud.snowflake.arrow import pa, pc
from local_cloud.snowflake.clock import now_ns

MOMENT: Final = "moment"


# How the engine writes down what `told` put into a column's default.
_KEPT_AS: Final = f"COALESCE(CAST(getvariable('_sf_{MOMENT}') AS TIMESTAMPTZ), now())"


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


def default_as_declared(default: str | None) -> str | None:
    """A column's default as it was declared."""
    return default.replace(_KEPT_AS, "CURRENT_TIMESTAMP") if default else default


def as_declared(table: Any) -> Any:
    """An answer about columns with their defaults as they were declared."""
    for i, column in enumerate(table.columns):
        if pa.types.is_string(column.type) and pc.any(pc.match_substring(column, _KEPT_AS)).as_py():
            shown = pc.replace_substring(column, _KEPT_AS, "CURRENT_TIMESTAMP")
            table = table.set_column(i, table.schema.field(i), shown)
    return table
