"""ALTER TABLE … ADD COLUMN IF NOT EXISTS of a column that is there: nothing happens, whatever else it declares."""

from sqlglot import Expr, exp

from local_cloud.snowflake.access_checks import place_of
from local_cloud.snowflake.length_changes import columns_of
from local_cloud.snowflake.session import Session


def only_new_columns(session: Session, statement: Expr) -> Expr | None:
    """The statement without the columns that it need not add; None when nothing is left to do."""
    actions = (statement.args.get("actions") or []) if isinstance(statement, exp.Alter) else []
    gently = [action for action in actions if isinstance(action, exp.ColumnDef) and action.args.get("exists")]
    if not gently:
        return statement
    there = columns_of(session, place_of(session, statement.this))
    left = [action for action in actions if action not in gently or _name(action) not in there]
    if len(left) == len(actions):
        return statement
    changed = statement.copy()  # the parsed statement is kept for others
    changed.set("actions", [action.copy() for action in left])
    return changed if left else None


def _name(column: exp.ColumnDef) -> str:
    return column.name if column.this.args.get("quoted") else column.name.upper()
