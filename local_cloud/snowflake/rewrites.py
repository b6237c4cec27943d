"""Changes to a parsed statement before fakesnow translates it: what it would get wrong or not know."""

from typing import Final

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.function_rewrites import Context, rewrite_function
from local_cloud.snowflake.functions import PREFIX
from local_cloud.snowflake.moment import told
from local_cloud.snowflake.number_rewrites import is_whole, rewrite_number
from local_cloud.snowflake.table_as import cast_to_declared
from local_cloud.snowflake.text_lengths import fitted, limit_columns, limit_of, whole_type

# DuckDB's reserved words that Snowflake allows as names.
_RESERVED: Final = frozenset(
    """
    ANALYSE ANALYZE ARRAY ASOF ASYMMETRIC AT BOTH COLLATE DEFERRABLE DESCRIBE DO END FOREIGN INITIALLY LAMBDA LEADING
    LIMIT OFFSET ONLY PIVOT PIVOT_LONGER PIVOT_WIDER PLACING POSITIONAL PRIMARY QUALIFY REFERENCES RETURNING SHOW
    SUMMARIZE SYMMETRIC TRAILING UNPIVOT USER VARIADIC WINDOW
    """.split()  # noqa: SIM905  a list of forty quoted words would hide them
)
_MOMENTS: Final = {exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ}
_UNSIZED: Final = {exp.DataType.Type.BINARY, exp.DataType.Type.VARBINARY, exp.DataType.Type.TIME}
_COMPARED: Final = (exp.Predicate, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod)


def rewrite(statement: Expr, context: Context) -> Expr:
    """The statement as the rest of the translation can take it; `statement` itself may be changed."""
    _quote_keys(statement)
    cast_to_declared(statement)
    _name_columns(statement)
    _strip_constraints(statement)
    limit_columns(statement)
    _qualify(statement, context)
    for node in reversed(list(statement.dfs())):  # inner ones first, so that what replaces them is complete
        changed = _node(node, context)
        if changed is not node:
            if node is statement:
                return changed
            node.replace(changed)
    return statement


def _quote_keys(statement: Expr) -> None:
    """The keys of an object constant, `{'key': value}`, are text; the parser takes them for names."""
    for pair in statement.find_all(exp.PropertyEQ):
        if isinstance(pair.parent, exp.Struct) and isinstance(pair.this, exp.Identifier):
            pair.set("this", exp.Literal.string(pair.this.name))


def _node(node: Expr, context: Context) -> Expr:
    if isinstance(node, exp.Identifier):
        if not node.quoted and str(node.this).upper() in _RESERVED:
            return exp.to_identifier(str(node.this).upper(), quoted=True)
        return node
    if isinstance(node, (exp.Parameter, exp.Column)):
        return _position(node)
    if isinstance(node, (exp.DataType, exp.WithinGroup)):
        return _reshaped(node)
    if isinstance(node, _COMPARED):
        _compare(node)
    if isinstance(node, (exp.Cast, exp.ToChar)) and (changed := _cast(node)):
        return changed
    if isinstance(node, exp.Kwarg) and (option := str(node.this.name).upper()) in {"RECURSIVE", "OUTER"}:
        if node.sql().upper().endswith("TRUE"):
            raise not_supported(f"FLATTEN with {option} => TRUE")
        return node
    if isinstance(node, (exp.Func, exp.Window, exp.Div)):
        return told(node) or rewrite_number(node) or rewrite_function(node, context)
    return node


def _reshaped(node: Expr) -> Expr:
    if isinstance(node, exp.DataType) and node.this in _UNSIZED and not (limit_of(node) and node.arg_key == "to"):
        node.set("expressions", [])
    if isinstance(node, exp.WithinGroup) and isinstance(node.this, exp.ArrayAgg):  # which leaves out NULLs
        return exp.Anonymous(this=f"{PREFIX}_sf_array_compact", expressions=[node.copy()])
    return node


def _cast(node: Expr) -> Expr | None:
    """What stands for a cast that the engine or fakesnow would get wrong."""
    if _is_text_of_column(node):
        return exp.Anonymous(this=f"{PREFIX}_sf_text", expressions=[node.this])
    if isinstance(node, exp.TryCast) and node.to.this in _MOMENTS:
        return exp.Anonymous(this=f"{PREFIX}_sf_try_timestamp", expressions=[node.this])
    if isinstance(node, exp.Cast) and (limit := limit_of(node.to)):
        return _fitted(node, limit)
    if isinstance(node, exp.TryCast) and is_whole(node.to):
        return exp.Anonymous(this=f"{PREFIX}_sf_try_whole", expressions=[node.this])
    if isinstance(node, exp.Cast) and node.to.this in {exp.DataType.Type.VARIANT, exp.DataType.Type.OBJECT}:
        return exp.Anonymous(this="TO_JSON", expressions=[node.this])
    return None


def _fitted(node: exp.Cast, limit: int) -> Expr:
    """A cast to VARCHAR(n) or BINARY(n), which the engine would make without looking at the length."""
    unlimited = type(node)(this=node.this.copy(), to=whole_type(node.to))
    return fitted(_cast(unlimited) or unlimited, limit, tries=isinstance(node, exp.TryCast))


def _is_text_of_column(node: Expr) -> bool:
    # Only the engine knows whether a column is a VARIANT.
    if not isinstance(node.this, (exp.Column, exp.ParseJSON, exp.Cast, exp.CurrentTimestamp)):
        return False
    if node.this.find(exp.Query, exp.JSONExtract, exp.GetExtract):
        return False  # paths are fakesnow's; a subquery would be asked several times
    if isinstance(node, exp.Cast):
        return node.to.this in exp.DataType.TEXT_TYPES and not node.to.expressions
    return isinstance(node, exp.ToChar) and node.args.get("format") is None


def _compare(node: Expr) -> None:
    """A path into a VARIANT beside a number is a number, beside anything else a text."""
    if isinstance(node, exp.Is):
        return
    sides = list(node.iter_expressions())
    arithmetic = isinstance(node, (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod))
    kind = "VARCHAR"
    if arithmetic or any(isinstance(side, exp.Literal) and not side.is_string for side in sides):
        kind = "DOUBLE"
    elif any(isinstance(side, exp.Boolean) for side in sides):
        kind = "BOOLEAN"
    for side in sides:
        if isinstance(side, (exp.JSONExtract, exp.GetExtract)):
            cast = exp.Cast if arithmetic else exp.TryCast  # what is no number equals none; it adds up to an error
            side.replace(cast(this=side.copy(), to=exp.DataType.build(kind)))


def _position(node: Expr) -> Expr:
    # `SELECT $1 FROM VALUES (…)`: columns by position
    parameter = node if isinstance(node, exp.Parameter) else node.this
    in_copy = node.find_ancestor(exp.Copy) is not None  # of a staged file, which fakesnow reads
    if isinstance(parameter, exp.Parameter) and str(parameter.name).isdigit() and not in_copy:
        return exp.column(_named(parameter, int(parameter.name)))
    return node


def _named(node: Expr, position: int) -> exp.Identifier:
    select = node.find_ancestor(exp.Select)
    source = select.args.get("from_") if select else None
    columns = source.this.alias_column_names if source is not None and isinstance(source.this, exp.Values) else []
    if position <= len(columns):
        return exp.to_identifier(columns[position - 1])
    return exp.to_identifier(f"COLUMN{position}", quoted=True)


def _name_columns(statement: Expr) -> None:
    """A column without an alias is named by its text in upper case."""
    if not isinstance(statement, exp.Select):
        return
    for projection in statement.expressions:
        if not isinstance(projection, (exp.Alias, exp.Column, exp.Star, exp.Dot, exp.Aliases, exp.Columns)):
            text = projection.sql("snowflake").upper()
            if (
                not text.isidentifier()
                and not isinstance(projection, (exp.Bracket, exp.Placeholder))
                and "*" not in text.replace("(*)", "")
            ):
                projection.replace(exp.alias_(projection.copy(), text, quoted=True))


def _strip_constraints(statement: Expr) -> None:
    """Keys are declarations that Snowflake does not enforce; a primary key's columns are NOT NULL."""
    if not isinstance(statement, exp.Create) or not isinstance(statement.this, exp.Schema):
        return
    keyed: set[str] = set()
    kept: list[Expr] = []
    for item in statement.this.expressions:
        if isinstance(item, (exp.PrimaryKey, exp.ForeignKey, exp.UniqueColumnConstraint, exp.Constraint)):
            for key in [item] if isinstance(item, exp.PrimaryKey) else item.find_all(exp.PrimaryKey):
                keyed |= {column.name.upper() for column in key.expressions}
        else:
            kept.append(item)
    statement.this.set("expressions", kept)
    for column in kept:
        if isinstance(column, exp.ColumnDef):
            _strip_column(column, keyed)


def _strip_column(column: exp.ColumnDef, keyed: set[str]) -> None:
    unenforced = (exp.PrimaryKeyColumnConstraint, exp.UniqueColumnConstraint, exp.Reference)
    constraints = [c for c in column.args.get("constraints") or [] if not isinstance(c.args.get("kind"), unenforced)]
    is_key = any(isinstance(c.args.get("kind"), unenforced[0]) for c in column.args.get("constraints") or [])
    has_not_null = any(isinstance(c.args.get("kind"), exp.NotNullColumnConstraint) for c in constraints)
    if (is_key or column.name.upper() in keyed) and not has_not_null:
        constraints.append(exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
    column.set("constraints", constraints)


def _qualify(statement: Expr, context: Context) -> None:
    # `SCHEMA.TABLE` would be ambiguous to the engine where a database has the schema's name.
    for table in list(statement.find_all(exp.Table)):
        if table.args.get("db") and context.is_temporary(table):
            _to_session(table, context)
    if context.database is None:
        return
    for table in statement.find_all(exp.Table):
        if table.args.get("db") and not table.args.get("catalog") and isinstance(table.this, exp.Identifier):
            table.set("catalog", exp.to_identifier(context.database, quoted=True))


def _to_session(table: exp.Table, context: Context) -> None:
    """The engine keeps a temporary table in a place of the session's own, whatever schema it was declared in."""
    table.set("catalog", None if context.database else exp.to_identifier("temp", quoted=True))
    table.set("db", None if context.database else exp.to_identifier("main", quoted=True))
