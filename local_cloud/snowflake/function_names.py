"""What a function in a parsed statement is called."""

from sqlglot import Expr, exp


def function_name(node: Expr) -> str:
    """The name in upper case; empty for what is no function."""
    if isinstance(node, exp.Anonymous):
        return str(node.this).upper()
    return node.sql_name() if isinstance(node, exp.Func) else ""
