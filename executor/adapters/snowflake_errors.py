"""Which of Snowflake's errors mean "ask again": numbers from its documentation and drivers' sources."""

from typing import Final

from snowflake.connector import errors

TRANSIENT: Final = frozenset(
    {
        604,  # cancelled; the statement was rolled back
        612,  # asynchronous result not there yet
        625,  # more than 20 statements wait for a lock
        630,  # statement or warehouse time-out
        250001,  # could not connect
        250002,  # connection is closed
        250003,  # request failed
        250005,  # server fault
        252013,  # truncated result noticed
        390111,  # session no longer exists
        390112,
        390113,
        390114,  # master token expired
        390115,
        390318,  # OAuth token expired
    }
)
LEFT_NOTHING: Final = frozenset({625, 630})
"""Snowflake's own word that the statement ended and changed nothing. A lost connection is no such word, and neither is
604, which the connector also says by itself when it no longer waits."""

_CONNECTION_EXCEPTION: Final = "08"
"""The SQLSTATE class of a connection that is no more, for example 390104, "User must login again"."""

FOR_THE_DATA: Final = frozenset(
    {
        100035,  # a number out of range of its type
        100038,  # a text that is not a number
        100039,  # a number out of range
        100040,  # a text that is not a date
        100069,  # JSON that cannot be read
        100072,  # NULL where none may be
        100078,  # a text that is too long
        100082,  # a value that is too large for a VARIANT
        100132,  # an expression that could not be computed
    }
)
"""The statement is right and one of its rows is not."""
# 250003: a new connection tells in a second what repeated requests over the old one take half a minute to find out.
CONNECTION_GONE: Final = frozenset({250001, 250002, 250003, 390111, 390112, 390113, 390114, 390115, 390318})


_SERVICE_IN_TROUBLE: Final = (
    errors.OperationalError,
    errors.InterfaceError,
    # HTTP 408, 429, 500, 502, 503, 504: plain errors of the connector, not of its database tree.
    errors.RequestTimeoutError,
    errors.TooManyRequests,
    errors.InternalServerError,
    errors.BadGatewayError,
    errors.ServiceUnavailableError,
    errors.GatewayTimeoutError,
    errors.OtherHTTPRetryableError,
)


def is_transient(error: errors.Error) -> bool:
    """Whether the same statement may well succeed later."""
    if isinstance(error, _SERVICE_IN_TROUBLE):
        return True
    return error.errno in TRANSIENT or connection_is_gone(error)


def nothing_was_done(error: errors.Error) -> bool:
    """Whether the answer says that the statement was not carried out, and will not be."""
    return error.errno in LEFT_NOTHING and isinstance(error, errors.ProgrammingError)


def connection_is_gone(error: errors.Error) -> bool:
    """Whether a new connection is needed before asking again."""
    lost = (error.sqlstate or "").startswith(_CONNECTION_EXCEPTION)
    return lost or error.errno in CONNECTION_GONE or isinstance(error, errors.InterfaceError)


def sign_in_trouble(error: errors.Error) -> str | None:
    """Why Snowflake refused the sign-in, when that is what it did; None when it was only not to be reached.

    The connector tells a refusal (wrong secret, unknown account or role, network policy, locked user) as a plain
    ``DatabaseError`` or ``ForbiddenError``, and trouble on the way as an ``OperationalError`` or an HTTP error
    (snowflake.connector.auth, ``Auth.authenticate``).
    """
    refused = isinstance(error, errors.DatabaseError | errors.ForbiddenError) and not isinstance(
        error, _SERVICE_IN_TROUBLE
    )
    return str(error.msg or error) if refused else None
