"""Named binds in SQL: ``:start_date`` becomes ``?`` and its value goes into a list; text is never put together.

``:_moment`` is filled in by whoever runs the statement: the moment that a report sees.
A colon that follows a name, a bracket or a quote is a path into a VARIANT (``value:job_id``), two are a cast.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, TypeVar

Value = TypeVar("Value")

MOMENT: Final = "_moment"
"""The bind that stands for the report's moment, as in ``AT(TIMESTAMP => :_moment)``; see :mod:`contract.moment`."""

WHOLE: Final = r"'(?:[^'\\]|''|\\.)*'|\$\$.*?\$\$|\"[^\"]*\"|--[^\n]*|//[^\n]*|/\*.*?\*/"
"""Matches texts, quoted names and comments as wholes, so that nothing inside them counts; the dot matches all."""

BEFORE_BIND: Final = r"(?<![\w\])\"'$])"
"""No path into a VARIANT goes before."""

_BIND: Final = re.compile(rf"{WHOLE}|::|{BEFORE_BIND}:(_moment\b|[a-z][a-z0-9_]*)", re.DOTALL)


def binds(sql: str) -> list[str]:
    """The names bound in a statement, in the order of their places."""
    return list(_binds(sql))


@lru_cache(maxsize=256)  # an executor that launches a thousand jobs of one report asks a thousand times
def _binds(sql: str) -> tuple[str, ...]:
    return tuple(name for name in _BIND.findall(sql) if name)


def with_placeholders(sql: str) -> str:
    """The statement with every ``:name`` replaced by ``?``; the values go in the order of :func:`binds`."""
    return _BIND.sub(lambda found: "?" if found.group(1) else found.group(0), sql)


def bound(sql: str, values: Mapping[str, Value]) -> tuple[str, list[Value]]:
    """Statement and values as a qmark cursor takes them.

    Raises:
        KeyError: a bound name has no value.
    """
    return with_placeholders(sql), [values[name] for name in binds(sql)]
