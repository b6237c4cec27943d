"""The account that is looked at, and what a step answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import snowflake.connector
from snowflake.connector import DictCursor, SnowflakeConnection

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a step found: it holds, it does not, or this run could not tell."""

    verdict: Literal["holds", "differs", "not tried"]
    detail: str


@dataclass(frozen=True, slots=True)
class Account:
    """How to sign in to an installation, as the role that deployed it."""

    arguments: Mapping[str, Any]
    """As the connector takes them: with database, schema and warehouse."""
    probe_role: str = "REPORT_PROBE"

    @contextmanager
    def session(self, **other: Any) -> Iterator["Session"]:
        """A connection of its own; an argument that is None is left out."""
        given = {**self.arguments, "paramstyle": "qmark", "session_parameters": {"QUERY_TAG": "reporting:verify"}}
        given |= other
        with snowflake.connector.connect(**{key: value for key, value in given.items() if value is not None}) as found:
            yield Session(found)


class Session:
    """One connection, rows as dictionaries with small names."""

    def __init__(self, connection: SnowflakeConnection) -> None:
        self.connection = connection

    def rows(self, sql: str, *binds: object) -> Rows:
        with self.connection.cursor(DictCursor) as cursor:
            cursor.execute(sql, binds or None)
            return [{str(key).lower(): value for key, value in dict(row).items()} for row in cursor.fetchall()]

    def value(self, sql: str, *binds: object) -> Any:
        """The one value of the one row."""
        ((value,),) = (row.values() for row in self.rows(sql, *binds))
        return value

    def columns(self, sql: str, binds: Sequence[object]) -> list[str]:
        """Compile and do not run; the columns it would give."""
        with self.connection.cursor() as cursor:
            return [column.name for column in cursor.describe(sql, tuple(binds) or None)]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to look at."""

    name: str
    what: str
    """The first line of its docstring."""
    look: Callable[[Account], Seen]


def holds(detail: str) -> Seen:
    """It is as the product expects."""
    return Seen("holds", detail)


def differs(detail: str) -> Seen:
    """It is otherwise; the parts that rest on it need a change."""
    return Seen("differs", detail)


def not_tried(why: str) -> Seen:
    """Something that it takes is not there."""
    return Seen("not tried", why)
