"""One deployment at a time: a table that is there while somebody deploys, as only one of two can make it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from snowflake.connector import SnowflakeConnection, errors

from sql import load

STALE_AFTER_S: Final = 1_800
"""A lock of this age belongs to a deployment that died: a whole installation takes a minute or two."""
_ALREADY_THERE: Final = 2002
_NOT_THERE: Final = 2003


class LockedError(RuntimeError):
    """Somebody else deploys; the message says who, and what to do if he does not any more."""


@contextmanager
def held(
    connection: SnowflakeConnection, where: str, say: Callable[[str], None], stale_after_s: float = STALE_AFTER_S
) -> Iterator[None]:
    """Keep other deployments out.

    Args:
        connection: in the schema of the installation.
        where: database and schema, for the message.
        say: told when a lock was taken over that a deployment had left behind.
        stale_after_s: the age at which a lock is one that was left behind.

    Raises:
        LockedError: another deployment holds the lock.
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    if not _take(connection):
        _take_over(connection, where, say, stale_after_s)
    try:
        yield
    finally:
        _give_back(connection, where, say)


def _give_back(connection: SnowflakeConnection, where: str, say: Callable[[str], None]) -> None:
    try:
        connection.cursor().execute(load("drop_deployment_lock"))
    except errors.Error as error:  # what happened before it is the news, and must not be hidden by this
        minutes = STALE_AFTER_S // 60
        say(f"the lock stays behind for {minutes} minutes, or until DROP TABLE {where}.DEPLOYMENT_LOCK: {error.msg}")


def _take(connection: SnowflakeConnection) -> bool:
    try:
        connection.cursor().execute(load("take_deployment_lock"))
    except errors.ProgrammingError as error:
        if error.errno == _ALREADY_THERE:
            return False
        raise
    return True


def _take_over(connection: SnowflakeConnection, where: str, say: Callable[[str], None], stale_after_s: float) -> None:
    holder, since, age_s = _holder(connection)
    if age_s >= stale_after_s:
        say(f"the deployment that {holder} began at {since} UTC left its lock behind: taken over")
        connection.cursor().execute(load("drop_deployment_lock"))
    if age_s < stale_after_s or not _take(connection):
        raise LockedError(
            f"{holder} deploys into {where} since {since} UTC; nothing was done. Wait for its end and run this again; "
            f"if that deployment is dead, DROP TABLE {where}.DEPLOYMENT_LOCK first"
        )


def _holder(connection: SnowflakeConnection) -> tuple[str, str, float]:
    with connection.cursor() as cursor:
        try:
            cursor.execute(load("deployment_lock"))
        except errors.ProgrammingError as error:
            if error.errno == _NOT_THERE:
                return "somebody", "just now", 0.0  # it ended between our two questions
            raise
        row = cursor.fetchone()
    return (str(row[0]), f"{row[1]:%Y-%m-%d %H:%M:%S}", float(row[2])) if isinstance(row, tuple) else ("?", "?", 0.0)
