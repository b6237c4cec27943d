"""Engine and parser failures as the errors that Snowflake's clients know."""

import re
from typing import Any, Final

import duckdb
from snowflake.connector.errors import DatabaseError, Error, ProgrammingError
from sqlglot.errors import ParseError, SqlglotError

from local_cloud.snowflake.engine_words import public
from local_cloud.snowflake.error_table import OPENING, TABLE

# Codes and states: the error table of Snowflake's connectors and documentation, where the clients branch
# on them; messages follow Snowflake's wording so that a reader recognises them.
COMPILATION = OPENING
CANCELLED: Final = 604


def failure(errno: int, sqlstate: str, message: str) -> ProgrammingError:
    """A failure with Snowflake's number and SQLSTATE."""
    return ProgrammingError(msg=message, errno=errno, sqlstate=sqlstate)


def not_supported(what: str) -> ProgrammingError:
    """What the real Snowflake can do and this one cannot, said plainly (error 000002, 0A000)."""
    return failure(2, "0A000", f"not supported by the local cloud: {what}")


def missing(kind: str, name: str) -> ProgrammingError:
    """An object that does not exist, as Snowflake words it (error 002003)."""
    text = f"{COMPILATION}{kind.capitalize()} '{name}' does not exist or not authorized."
    return failure(2003, "02000", text)


def syntax(message: str) -> ProgrammingError:
    """A statement that does not parse (error 001003)."""
    return failure(1003, "42000", f"{COMPILATION}{message}")


def cancelled() -> ProgrammingError:
    """A statement that was cancelled (error 000604)."""
    return failure(CANCELLED, "57014", "SQL execution canceled")


def timed_out(limit_s: float) -> ProgrammingError:
    """A statement that reached its time limit in seconds (error 000630)."""
    text = f"Statement reached its statement or warehouse timeout of {limit_s:g} second(s) and was canceled."
    return failure(630, "57014", text)


def translate(error: BaseException) -> Error:  # noqa: PLR0911  a rule table, read top to bottom
    """The Snowflake error for whatever the engine, the parser or fakesnow raised."""
    if isinstance(error, Error) and isinstance(error.__cause__, duckdb.Error):
        return translate(error.__cause__)  # fakesnow knows a few codes; the engine's own error says more
    if isinstance(error, (ProgrammingError, DatabaseError)):
        return error if error.errno and error.errno > 0 else _numbered(error)
    if isinstance(error, Error):
        return failure(error.errno or 2, error.sqlstate or "XX000", str(error.msg))
    text = _first_lines(error)
    for kind, pattern, errno, sqlstate, message in TABLE:
        if isinstance(error, kind) and (found := re.search(pattern, str(error))):
            return failure(errno, sqlstate, _fill(message, found, text))
    if isinstance(error, ParseError):
        return _unparsed(error)
    if isinstance(error, SqlglotError):
        return syntax(text)
    if isinstance(error, NotImplementedError):
        return not_supported(text)
    if isinstance(error, duckdb.Error):
        return failure(100132, "P0000", text)
    return not_supported(f"this statement ({type(error).__name__}: {text})")


def _unparsed(error: ParseError) -> ProgrammingError:
    if not error.errors:
        return syntax(re.sub(r"\x1b\[\d+m", "", str(error)))
    found = error.errors[0]
    word = found.get("highlight") or "<EOF>"
    return syntax(f"syntax error line {found.get('line')} at position {found.get('col')} unexpected '{word}'.")


def _numbered(error: Any) -> ProgrammingError:
    text = str(error.msg)
    if "Session variable" in text:
        return failure(2211, "02000", f"{COMPILATION}{text}")
    return failure(2, "XX000", text)


def _fill(message: str, found: re.Match[str], text: str) -> str:
    if "\\" in message and "{text}" not in message:
        return public(found.expand(message))
    return message.replace("{text}", text)


def _first_lines(error: BaseException) -> str:
    text = str(error).split("\n\nLINE ", maxsplit=1)[0].strip()
    return public(re.sub(r"^[A-Z]\w*(?: \w+)* Error: ", "", text))
