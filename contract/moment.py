"""The moment that a report sees, put into its queries where they say ``:_moment``.

Snowflake wants a constant in ``AT(TIMESTAMP => …)`` (docs, sql-reference/constructs/at-before), and whether a bind
counts as one is not documented. So the moment stands in the text as a literal: it is the product's own value, of one
form, and no caller has a say in it. What callers give is bound, always.
"""

import re
from datetime import datetime
from typing import Final

from contract.binding import BEFORE_BIND, MOMENT, WHOLE, binds

_VALUE: Final = r":_moment\b(?:\s*::\s*TIMESTAMP_TZ)?|CAST\s*\(\s*:_moment\s+AS\s+TIMESTAMP_TZ\s*\)"
_CLAUSE: Final = re.compile(
    rf"{WHOLE}|(?P<clause>\s*\bAT\s*\(\s*TIMESTAMP\s*=>\s*(?:{_VALUE})\s*\))", re.DOTALL | re.IGNORECASE
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
        sql = _CLAUSE.sub(lambda found: "" if found.group("clause") else found.group(0), sql)
    literal = f"CAST('{moment.isoformat()}' AS TIMESTAMP_TZ)"
    return _BIND.sub(lambda found: literal if found.group("bind") else found.group(0), sql)
