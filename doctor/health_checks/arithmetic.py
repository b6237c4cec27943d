"""``$((…))`` of the shell: whole numbers, worked out where every variable in it is known."""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Final

_NAME: Final = re.compile(r"\$\{(\w+)\}|\$(\w+|\?)|\b([A-Za-z_]\w*)\b")
_LONGEST: Final = 200


def _divided(left: int, right: int) -> int:
    """Towards zero, as C does."""
    whole = abs(left) // abs(right)
    return whole if (left < 0) is (right < 0) else -whole


_TWO: Final[Mapping[type, Callable[[int, int], int]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divided,
    ast.Mod: lambda left, right: left - right * _divided(left, right),
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
}
_COMPARED: Final[Mapping[type, Callable[[int, int], bool]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def worked_out(expression: str, value: Callable[[str], str | None]) -> int | None:
    """The number; None where it hangs on something unknown, or changes a variable.

    Args:
        expression: What stands between the brackets.
        value: A variable's text, empty when it is not set, None when it is not known.
    """
    known = True

    def number(found: re.Match[str]) -> str:
        nonlocal known
        text = value(found[1] or found[2] or found[3])
        known = known and text is not None and re.fullmatch(r"\s*-?\d*\s*", text) is not None
        return f"({int(text or 0)})" if known and (text or "").strip() else "(0)"

    text = _NAME.sub(number, expression)
    if not known or len(text) > _LONGEST or re.search(r"[?:,]|(?<![=!<>])=(?!=)|\+\+|--|\*\*|<<|>>", text):
        return None
    text = re.sub(r"!(?!=)", " not ", text.replace("&&", " and ").replace("||", " or "))
    try:
        return _of(ast.parse(text.strip() or "0", mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, KeyError):
        return None


def _of(node: ast.expr) -> int:
    """The number of a node; true is 1 and false is 0.

    Raises:
        ValueError: It is none of those that a shell works out.
    """
    match node:
        case ast.Constant(value=int() as number):
            return number
        case ast.BinOp(left, sign, right):
            return _TWO[type(sign)](_of(left), _of(right))
        case ast.UnaryOp(ast.Not(), inside):
            return int(not _of(inside))
        case ast.UnaryOp(ast.USub(), inside):
            return -_of(inside)
        case ast.BoolOp(ast.And(), values):
            return int(all(_of(each) for each in values))
        case ast.BoolOp(ast.Or(), values):
            return int(any(_of(each) for each in values))
        case ast.Compare(left, [sign], [right]):
            return int(_COMPARED[type(sign)](_of(left), _of(right)))
    raise ValueError(ast.dump(node))
