"""Quotients and means of NUMBERs, which keep a fixed number of places where the engine would answer a FLOAT."""

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.functions import PREFIX


def is_whole(kind: exp.DataType) -> bool:
    """Whether values of a type are whole numbers, for which the engine has 64 bits."""
    places = [parameter.name for parameter in kind.expressions]
    return kind.this in exp.DataType.INTEGER_TYPES or (
        kind.this == exp.DataType.Type.DECIMAL and places in ([], ["38"], ["38", "0"])
    )


def rewrite_number(node: Expr) -> Expr | None:
    """What stands for a quotient or a mean; None for any other node."""
    if isinstance(node, exp.Div):
        return rewrite_quotient(node)
    if isinstance(node, exp.Avg) or (isinstance(node, exp.Window) and isinstance(node.this, exp.Avg)):
        return rewrite_mean(node)
    return None


def rewrite_quotient(node: exp.Div) -> Expr:
    """`a / b` in the type that Snowflake gives it.

    The exact macro repeats its operands many times; a quotient of quotients or of subqueries takes the one that repeats
    them only to find the type, and is exact to the sixteen digits of a FLOAT. Of what is surely whole there is a short
    one.
    """
    repeats_much = node.find(exp.Query) is not None or any(
        str(inner.this).startswith(f"{PREFIX}_sf_quotient") for inner in node.find_all(exp.Anonymous)
    )
    name = "quotient_of_quotients" if repeats_much else "quotient_of_whole" if _is_of_whole(node) else "quotient"
    quotient = exp.Anonymous(this=f"{PREFIX}_sf_{name}", expressions=[node.this, node.expression])
    return _named_as_written(node, quotient)


def _is_of_whole(node: exp.Div) -> bool:
    by = node.expression
    return isinstance(node.this, exp.DateDiff) and isinstance(by, exp.Literal) and by.is_int and int(by.name) != 0


def rewrite_mean(node: exp.Avg | exp.Window) -> Expr:
    """`AVG(a)`, also over a window, as the quotient of sum and count, whose places it has.

    Raises:
        ProgrammingError: 000002 within PIVOT, which takes nothing but an aggregate.
    """
    mean = node.this if isinstance(node, exp.Window) else node
    if isinstance(mean.this, (exp.JSONExtract, exp.GetExtract)):
        return node  # of a VARIANT: a FLOAT
    if isinstance(node.parent, exp.Window) and node.arg_key == "this":
        return node  # the window takes its place as a whole
    if node.find_ancestor(exp.Pivot):
        raise not_supported("PIVOT with AVG; SUM and COUNT can be divided afterwards")
    total: Expr = exp.Anonymous(this="SUM", expressions=[mean.this.copy()])
    count: Expr = exp.Count(this=mean.this.copy(), big_int=True)
    if isinstance(node, exp.Window):
        total, count = (_over(node, part) for part in (total, count))
    quotient = exp.Anonymous(this=f"{PREFIX}_sf_quotient", expressions=[total, count])
    return _named_as_written(node, quotient)


def _over(window: exp.Window, function: Expr) -> Expr:
    other = window.copy()
    other.set("this", function)
    return other


def _named_as_written(node: Expr, changed: Expr) -> Expr:
    """A column of a query that is named after its text keeps that name."""
    if isinstance(node.parent, exp.Select) and node.arg_key == "expressions":
        return exp.alias_(changed, node.sql("snowflake").upper(), quoted=True)
    return changed
