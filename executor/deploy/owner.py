"""Whose queue a schema holds, so that nobody writes into another's."""

from snowflake.connector import SnowflakeConnection, errors

from sql import load

_NOT_THERE = 2003


class ForeignQueueError(RuntimeError):
    """The queue of that schema belongs to another installation; nothing of it was changed."""


def check(connection: SnowflakeConnection, installation: str, bucket: str) -> None:
    """See that the queue is ours, or that there is none yet.

    Args:
        connection: in the schema of the queue, with a warehouse.
        installation: the name that the settings give.
        bucket: where they let reports go.

    Raises:
        ForeignQueueError: it is another's; the message names both.
        snowflake.connector.errors.Error: Snowflake refused the look.
    """
    there = _whose(connection)
    if there not in {None, (installation, bucket)}:
        raise ForeignQueueError(
            f"this queue belongs to installation {there}, not to {(installation, bucket)}; nothing of it was changed. "
            "Set REPORTING_INSTALLATION and REPORTING_BUCKET to its own, or take another REPORTING_DATABASE"
        )


def _whose(connection: SnowflakeConnection) -> tuple[str, str] | None:
    with connection.cursor() as cursor:
        try:
            cursor.execute(load("installation"))
        except errors.ProgrammingError as error:
            if error.errno == _NOT_THERE:
                return None
            raise
        row = cursor.fetchone()
    return (str(row[0]), str(row[1])) if isinstance(row, tuple) else None
