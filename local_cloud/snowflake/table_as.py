"""CREATE TABLE with column types AS SELECT, which the engine takes only without the types."""

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import not_supported


def cast_to_declared(statement: Expr) -> None:
    """Move the declared types into casts around the query.

    Raises:
        ProgrammingError: 000002 for constraints, which the engine cannot declare this way.
    """
    if not isinstance(statement, exp.Create) or not isinstance(statement.this, exp.Schema):
        return
    columns, query = statement.this.expressions, statement.expression
    if not isinstance(query, exp.Query) or not all(isinstance(c, exp.ColumnDef) and c.kind for c in columns):
        return
    if any(c.args.get("kind").find(exp.NotNullColumnConstraint) for d in columns for c in d.args["constraints"] or []):
        raise not_supported("CREATE TABLE (… NOT NULL …) AS SELECT; create the table first")
    names = [column.this.copy() for column in columns]
    casts = [
        exp.alias_(exp.cast(exp.column(name.copy()), column.kind.copy()), name.copy())
        for name, column in zip(names, columns, strict=True)
    ]
    inner = query.subquery()
    inner.set("alias", exp.TableAlias(this=exp.to_identifier("_SELECTED"), columns=names))
    statement.set("this", statement.this.this)
    statement.set("expression", exp.Select(expressions=casts, from_=exp.From(this=inner)))
