"""What Snowflake's refusals and silences mean to whoever typed the command: a sentence and an exit code.

A refusal is an answer: what was asked about failed (1), or the sign-in did (3). Only what never answered, or answered
that the session is no more, "cannot be reached" (3).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from snowflake.connector import errors

from executor.adapters.snowflake_errors import connection_is_gone, is_transient, sign_in_trouble
from executor.cli.errors import CommandError, Exit

TIMED_OUT: Final = 630
CANCELLED: Final = 604
TOO_MANY_WAITERS: Final = 625
NO_WAREHOUSE: Final = 606
NO_RIGHT: Final = 3001
_NUMBER = re.compile(r"\b(390\d{3})\b")
_POLICY: Final = frozenset({390420, 390422})
_ROLE: Final = frozenset({390186, 390189})
_SECRET: Final = frozenset({390100, 390101, 390144})


def of_sign_in(error: errors.Error, arguments: Mapping[str, Any]) -> CommandError:
    """Why there is no connection; ``arguments`` are those of the connector."""
    refusal = sign_in_trouble(error)
    if refusal is None:
        return CommandError(
            f"Snowflake cannot be reached: {one_line(error)}; check SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and the "
            "network; reporting up starts a local one, for which: set -a; . .local/env; set +a",
            Exit.UNREACHABLE,
        )
    who = f" of {arguments['user']}" if arguments.get("user") else ""
    says = " ".join(refusal.split()).rstrip(".")
    return CommandError(
        f"Snowflake refuses the sign-in{who}: {says}; {_remedy(_number(error), arguments)}", Exit.UNREACHABLE
    )


def _number(error: errors.Error) -> int:
    found = _NUMBER.search(f"{error.errno} {error.msg}")
    return int(found[1]) if found else 0


def _remedy(number: int, arguments: Mapping[str, Any]) -> str:
    user, role = arguments.get("user", "this user"), arguments.get("role", "its role")
    if number in _POLICY:
        return "an administrator lets this address in with the network policy of the account or of the user"
    if number in _ROLE:
        return f"set SNOWFLAKE_ROLE to a role of this user, or have an administrator GRANT ROLE {role} TO USER {user}"
    if number in _SECRET:
        return "check SNOWFLAKE_USER and SNOWFLAKE_PASSWORD, or the key or token that it signs in with"
    return "check SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER, SNOWFLAKE_ROLE and what it signs in with"


def of_statement(error: errors.Error) -> CommandError | None:
    """What became of a statement; None for what is nobody's fault but ours, such as a wrong statement."""
    says = one_line(error).rstrip(".")
    if error.errno == TIMED_OUT:
        return CommandError(f"Snowflake stopped the statement at its time limit: {says}; ask again, or raise the limit")
    if error.errno == CANCELLED:
        return CommandError(f"Snowflake stopped the statement, because somebody cancelled it: {says}; ask again")
    if error.errno == TOO_MANY_WAITERS:
        return CommandError(f"Snowflake refused the statement, because too many wait for one lock: {says}; ask again")
    if error.errno == NO_WAREHOUSE:
        return CommandError(
            f"Snowflake refused the statement: {says}; set REPORTING_WAREHOUSE to a warehouse that the role may use"
        )
    if error.errno == NO_RIGHT:
        return CommandError(f"Snowflake refused the statement: {says}; the role lacks this right")
    if connection_is_gone(error) or is_transient(error):
        return CommandError(f"Snowflake cannot be reached any more: {says}", Exit.UNREACHABLE)
    return None


def nothing_to_use(where: tuple[str, str], role: str | None, needed: str, *, has_it: bool) -> CommandError:
    """Nothing of the queue can be seen: it is somewhere else, not installed, or the role has no part in it.

    Args:
        where: database and schema in which it was looked for.
        role: whose rights counted.
        needed: the role of the product that may do what was asked.
        has_it: whether the session has that role's rights.
    """
    place = ".".join(where)
    if has_it:
        return CommandError(
            f"{place} has no queue that role {role} may use; set REPORTING_DATABASE and REPORTING_SCHEMA to where it "
            "is, or install it there, run: reporting deploy snowflake"
        )
    return CommandError(
        f"role {role} lacks the rights for this in {place}; have an administrator GRANT ROLE {needed} TO ROLE {role}, "
        "or set SNOWFLAKE_ROLE to a role that has it"
    )


def one_line(error: errors.Error) -> str:
    """The error's text without line ends."""
    return " ".join(str(error.msg or error).split())
