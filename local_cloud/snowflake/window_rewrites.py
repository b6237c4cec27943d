"""Functions over windows that the engine does not have, or takes otherwise."""

import re

from sqlglot import Expr, exp

from local_cloud.snowflake.function_names import function_name


def rewrite_window(node: exp.Window) -> Expr:
    """The window itself, or what stands for it."""
    _order_by_nothing(node)
    return _ratio_to_report(node)


def _order_by_nothing(node: exp.Window) -> None:
    # SEQ4() and its like count rows as they come, which is a window itself; inside another it means any order.
    for ordered in node.args["order"].expressions if node.args.get("order") else ():
        if re.fullmatch(r"SEQ[1248]", function_name(ordered.this)) or ordered.find(exp.Window):
            ordered.set("this", exp.Literal.number(1))


def _ratio_to_report(node: exp.Window) -> Expr:
    if function_name(node.this) != "RATIO_TO_REPORT":
        return node
    value = node.this.expressions[0]
    total = node.copy()
    total.set("this", exp.Sum(this=value.copy()))
    return exp.paren(exp.Div(this=exp.cast(value, "DOUBLE"), expression=total))
