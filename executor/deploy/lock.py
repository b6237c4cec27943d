"""One deployment at a time: a table that is there while somebody deploys, as only one of two can make it.

A lock that was left behind is taken over by renaming it after the time at which it was taken. Of two who try, only one
can: the other finds no lock any more, or a new one whose rename meets the name that is there already.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from snowflake.connector import SnowflakeConnection, errors

from executor.deploy.templates import query
from sql import load

STALE_AFTER_S: Final = 1_800
"""A lock of this age belongs to a deployment that died: a whole installation takes a minute or two."""
_LOCK: Final = "deployment_lock"
_ALREADY_THERE: Final = 2002
_NOT_THERE: Final = 2003


class LockedError(RuntimeError):
    """Somebody else deploys; the message says who, and what to do if he does not any more."""


@dataclass(frozen=True, slots=True)
class _Lock:
    """A lock that is there: whose, since when (UTC), and its age in seconds when it was asked for."""

    holder: str
    since: datetime
    age_s: float

    def is_that(self, other: "_Lock | None") -> bool:
        return other is not None and (self.holder, self.since) == (other.holder, other.since)

    @property
    def aside(self) -> str:
        """The name of the table when it is taken over, which no other lock has."""
        return f"{_LOCK}_{self.since:%Y%m%d_%H%M%S_%f}"

    def __str__(self) -> str:
        return f"{self.holder} since {self.since:%Y-%m-%d %H:%M:%S} UTC"


@contextmanager
def held(
    connection: SnowflakeConnection, where: str, say: Callable[[str], None], stale_after_s: float = STALE_AFTER_S
) -> Iterator[None]:
    """Keep other deployments out.

    Args:
        connection: in the schema of the installation.
        where: database and schema, for the message.
        say: told when a lock was taken over that a deployment had left behind.
        stale_after_s: the age in seconds at which a lock is one that was left behind.

    Raises:
        LockedError: another deployment holds the lock.
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    left = None if _take(connection) else _take_over(connection, where, say, stale_after_s)
    own = _lock(connection)
    try:
        yield
    finally:
        try:
            _give_back(connection, own, left, say)
        except errors.Error as error:  # what happened before it is the news, and must not be hidden by this
            minutes = stale_after_s / 60
            say(
                f"the lock stays behind for {minutes:g} minutes, or until DROP TABLE {where}.DEPLOYMENT_LOCK: "
                f"{error.msg}"
            )


def _give_back(
    connection: SnowflakeConnection, own: _Lock | None, left: _Lock | None, say: Callable[[str], None]
) -> None:
    there = _lock(connection)
    if own is not None and own.is_that(there):
        connection.cursor().execute(query("drop_deployment_lock", lock=_LOCK))
    else:
        say(f"the lock was taken over meanwhile and is not given back; it is held by: {there or 'nobody any more'}")
    if left is not None:  # until here its name kept out whoever had seen the same lock
        connection.cursor().execute(query("drop_deployment_lock", lock=left.aside))


def _take(connection: SnowflakeConnection) -> bool:
    return _made(connection, load("take_deployment_lock"), {_ALREADY_THERE})


def _take_over(connection: SnowflakeConnection, where: str, say: Callable[[str], None], stale_after_s: float) -> _Lock:
    there = _lock(connection)
    if there is None:  # it ended between our two questions
        raise LockedError(f"somebody deployed into {where} until just now; nothing was done. Run this again")
    stale = there.age_s >= stale_after_s
    if not (stale and _set_aside(connection, there) and _take(connection)):
        raise LockedError(
            f"{there.holder} deploys into {where} since {there.since:%Y-%m-%d %H:%M:%S} UTC"
            + (", or whoever takes over from him" if stale else "")
            + "; nothing was done. Wait for its end and run this again; "
            f"if that deployment is dead, DROP TABLE {where}.DEPLOYMENT_LOCK first"
        )
    say(f"the deployment of {there} left its lock behind: taken over")
    return there


def _set_aside(connection: SnowflakeConnection, left: _Lock) -> bool:
    return _made(connection, query("set_aside_deployment_lock", aside=left.aside), {_ALREADY_THERE, _NOT_THERE})


def _made(connection: SnowflakeConnection, statement: str, others_were_faster: set[int]) -> bool:
    """Whether we made the table of that name, and not somebody else, which these errors tell."""
    try:
        connection.cursor().execute(statement)
    except errors.ProgrammingError as error:
        if error.errno in others_were_faster:
            return False
        raise
    return True


def _lock(connection: SnowflakeConnection) -> _Lock | None:
    with connection.cursor() as cursor:
        try:
            cursor.execute(load("deployment_lock"))
        except errors.ProgrammingError as error:
            if error.errno == _NOT_THERE:
                return None
            raise
        row = cursor.fetchone()
    return _Lock(str(row[0]), row[1], float(row[2])) if isinstance(row, tuple) else None
