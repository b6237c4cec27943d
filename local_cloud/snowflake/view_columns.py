"""The columns of a view made with `*`: those that there were when it was made."""

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import COMPILATION, failure
from local_cloud.snowflake.session import Session


def keep_columns(session: Session, tree: Expr) -> None:
    """Name the columns of a translated CREATE VIEW; the engine would look them up whenever the view is read.

    Raises:
        ProgrammingError: 002025 for two columns of one name.
    """
    if not isinstance(tree, exp.Create) or tree.args.get("kind") != "VIEW":
        return
    query = tree.expression
    if not isinstance(query, exp.Query) or not query.is_star:
        return
    described = session.engine.execute(f"DESCRIBE {query.sql('duckdb')}").fetchall()
    names = [str(row[0]) for row in described]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise failure(2025, "42S21", f"{COMPILATION}duplicate column name '{twice}'")
    columns: list[Expr] = [exp.column(exp.to_identifier(name, quoted=True)) for name in names]
    tree.set("expression", exp.Select(expressions=columns, from_=exp.From(this=query.subquery("_SELECTED"))))
