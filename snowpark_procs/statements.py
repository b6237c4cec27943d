"""The three lines by which a procedure talks to Snowflake: a statement by name, its binds, its rows."""

import json
import random
import re
import time
from collections.abc import Callable
from typing import Any

from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkSQLException

from contract.binding import bound
from contract.ids import RESULT_PREFIX_PATTERN
from sql import load

TOO_MANY_WAITERS = 625
"""More than 20 statements wait for a table's lock; seen even for INSERTs when many callers come at once."""
INSERT_TRIES = 6


def run(session: Session, name: str, **values: object) -> list[dict[str, Any]]:
    """Execute the statement of that name; rows as dictionaries with lower-case keys."""
    return _rows(session, *bound(load(name), values))


def run_at(session: Session, name: str, prefix: str) -> list[dict[str, Any]]:
    """Execute the statement of that name, which reads a file of an attempt through the stage on the reports.

    The location after FROM is a part of the text: Snowflake takes no bind there (documentation, "Query data in staged
    files": a location is written out). So this is the one place that puts a value into a statement, and only what
    :func:`contract.ids.result_prefix` makes gets there: letters, digits, ``_``, ``-`` and the slashes between.

    Args:
        session: the procedure's.
        name: of a statement with ``{{ prefix }}`` in it.
        prefix: of the attempt, from ``reports/`` to its last slash.

    Raises:
        ValueError: it is not such a prefix; Snowflake was asked nothing.
    """
    if not re.fullmatch(RESULT_PREFIX_PATTERN, prefix):
        raise ValueError(f"{prefix!r} is not the prefix of an attempt, so {name} is not asked")
    # The stage begins where the reports do.
    return _rows(session, load(name).replace("{{ prefix }}", prefix.removeprefix("reports/")), [])


def _rows(session: Session, text: str, binds: list[Any]) -> list[dict[str, Any]]:
    rows = session.sql(text, params=binds).collect()
    return [{key.lower(): value for key, value in row.as_dict().items()} for row in rows]


def variant(value: Any) -> Any:
    """A VARIANT of a row as Python; Snowpark hands it over as JSON text."""
    return json.loads(value) if isinstance(value, str) else value


def insert_with_patience(
    session: Session, name: str, *, sleep: Callable[[float], None] = time.sleep, **values: object
) -> list[dict[str, Any]]:
    """Insert, and answer what Snowflake says; when too many others wait for the table, wait a little and try again.

    Raises:
        SnowparkSQLException: any other error, or the sixth refusal.
    """
    for tried in range(1, INSERT_TRIES + 1):
        try:
            return run(session, name, **values)
        except SnowparkSQLException as error:
            if error.sql_error_code != TOO_MANY_WAITERS or tried == INSERT_TRIES:
                raise
            sleep(random.uniform(0.2, 0.2 * 2**tried))
    return []
