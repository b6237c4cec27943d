"""The moment that a report sees, put into its queries where they say ``:_moment``.

Snowflake wants a constant in ``AT(TIMESTAMP => …)`` (docs, sql-reference/constructs/at-before), and whether a bind
counts as one is not documented. So the moment stands in the text as a literal: it is the product's own value, of one
form, and no caller has a say in it. What callers give is bound, always.

Switched off, a clause is left out that names the moment itself, however it is written: in brackets, cast, between
comments. One that reckons from it (``DATEADD(day, -1, :_moment)``) asks for another time than the present, and stays.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from contract.binding import BEFORE_BIND, MOMENT, WHOLE, binds

_COMMENT: Final = r"--[^\n]*|//[^\n]*|/\*.*?\*/"
_GAP: Final = rf"(?:\s|{_COMMENT})*"
_FLAGS: Final = re.DOTALL | re.IGNORECASE
_BEGINS: Final = re.compile(rf"{WHOLE}|(?P<begins>\b(?:AT|BEFORE){_GAP}\({_GAP}TIMESTAMP{_GAP}=>)", _FLAGS)
_BRACKET: Final = re.compile(rf"{WHOLE}|(?P<bracket>[()])", re.DOTALL)
_COMMENTS: Final = re.compile(rf"(?P<text>'(?:[^'\\]|''|\\.)*')|{_COMMENT}", re.DOTALL)
_TYPE: Final = r"(?:TIMESTAMP(?:_?(?:TZ|LTZ|NTZ))?|DATETIME)\s*(?:\(\s*\d\s*\))?"
# Each is the moment again; from the innermost outwards the whole value becomes it, or it says more.
_SAME: Final = re.compile(
    rf"(?:TRY_)?CAST\s*\(\s*:_moment\s+AS\s+{_TYPE}\s*\)|(?:TO_TIMESTAMP(?:_?(?:TZ|LTZ|NTZ))?)?\s*\(\s*:_moment\s*\)"
    rf"|:_moment\s*::\s*{_TYPE}(?![\w(])",
    _FLAGS,
)
_BIND: Final = re.compile(rf"{WHOLE}|::|(?P<bind>{BEFORE_BIND}:_moment\b)", re.DOTALL)


def says_moment(sql: str) -> bool:
    """Whether a query sees, or shows, the report's moment."""
    return MOMENT in binds(sql)


def as_of(sql: str, moment: datetime, *, one: bool) -> str:
    """The query's text with the moment in it.

    Args:
        sql: the text, in which ``:_moment`` stands for the moment.
        moment: with its zone.
        one: all queries of the report see the same moment; otherwise ``AT(TIMESTAMP => :_moment)`` is left out, and
            the query sees what is committed when it begins.
    """
    if not one:
        sql = "".join(_without_clauses(sql))
    literal = f"CAST('{moment.isoformat()}' AS TIMESTAMP_TZ)"
    return _BIND.sub(lambda found: literal if found.group("bind") else found.group(0), sql)


def _without_clauses(sql: str) -> Iterator[str]:
    """The pieces of a text between its clauses of the moment."""
    last = 0
    for found in _BEGINS.finditer(sql):
        if found.group("begins") is None or (end := _end(sql, found.end())) is None:
            continue
        if _is_the_moment(sql[found.end() : end]):
            yield sql[last : found.start()]
            last = end + 1
    yield sql[last:]


def _end(sql: str, start: int) -> int | None:
    """Where the bracket closes that is open at ``start``; None when it does not."""
    depth = 1
    for found in _BRACKET.finditer(sql, start):
        if found.group("bracket") is not None:
            depth += 1 if found.group("bracket") == "(" else -1
            if depth == 0:
                return found.start()
    return None


def _is_the_moment(value: str) -> bool:
    bare = _COMMENTS.sub(lambda found: found.group("text") or " ", value)
    while (inner := _SAME.sub(f":{MOMENT}", bare)) != bare:
        bare = inner
    return bare.strip() == f":{MOMENT}"
