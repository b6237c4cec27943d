"""The lengths of VARCHAR(n), CHAR(n) and BINARY(n), which the engine's types do not have.

What is longer is an error, in a column, which is checked, as in a cast, which looks; nothing is ever cut.
"""

from typing import Final

from sqlglot import Expr, exp

from local_cloud.snowflake.functions import PREFIX

_UNLIMITED: Final = 16_777_216  # what a VARCHAR without a length may hold
_BYTES: Final = {exp.DataType.Type.BINARY, exp.DataType.Type.VARBINARY}
_OF_ONE: Final = {exp.DataType.Type.CHAR, exp.DataType.Type.NCHAR}  # without a length


def limit_of(kind: exp.DataType) -> int | None:
    """How many characters, or bytes of a BINARY, a type holds; None when that does not matter."""
    if kind.this not in exp.DataType.TEXT_TYPES and kind.this not in _BYTES:
        return None
    if not kind.expressions:
        return 1 if kind.this in _OF_ONE else None
    limit = int(kind.expressions[0].name)
    return limit if limit < _UNLIMITED else None


def whole_type(kind: exp.DataType) -> exp.DataType:
    """The engine's type of such values, which has no length."""
    return exp.DataType.build("BINARY" if kind.this in _BYTES else "VARCHAR")


def fitted(value: Expr, limit: int, *, tries: bool) -> Expr:
    """The value, if it is not longer than `limit`; else error 100078, or NULL if it only `tries`."""
    name = "try_fit" if tries else "fit"
    return exp.Anonymous(this=f"{PREFIX}_sf_{name}", expressions=[value, exp.Literal.number(limit)])


def limit_columns(statement: Expr) -> None:
    """Let the engine check the declared lengths of a new table's columns."""
    if not isinstance(statement, exp.Create) or not isinstance(statement.this, exp.Schema):
        return
    for column in statement.this.expressions:
        if isinstance(column, exp.ColumnDef) and column.kind and (limit := limit_of(column.kind)):
            check = exp.CheckColumnConstraint(this=_within(column.this.copy(), column.kind, limit))
            column.append("constraints", exp.ColumnConstraint(kind=check))


def check_of(column: str, kind: exp.DataType) -> str | None:
    """The engine's condition for a column of this name and type; None when there is nothing to check."""
    limit = limit_of(kind)
    return None if limit is None else _within(exp.to_identifier(column, quoted=True), kind, limit).sql("duckdb")


def _within(column: exp.Identifier, kind: exp.DataType, limit: int) -> Expr:
    measure = "OCTET_LENGTH" if kind.this in _BYTES else "LENGTH"
    return exp.LTE(
        this=exp.Anonymous(this=measure, expressions=[exp.column(column)]), expression=exp.Literal.number(limit)
    )
