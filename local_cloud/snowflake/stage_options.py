"""`KEY = value` options as CREATE STAGE, COPY and CREATE INTEGRATION take them."""

from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.sql_text import Reader, comma_separated


def read_options(reader: Reader) -> dict[str, str]:
    """The options to the end of the text, by name in upper case; a value in brackets comes with them.

    Raises:
        ProgrammingError: 001003 for a syntax error.
    """
    options: dict[str, str] = {}
    while not reader.done:
        name = reader.identifier()
        reader.expect("=")
        options[name] = f"({reader.group()})" if reader.peek() == "(" else reader.word()
        reader.accept(",")
    return options


def inner(value: str) -> dict[str, str]:
    """The options in brackets, as of FILE_FORMAT = (…)."""
    return read_options(Reader(value.strip()[1:-1]))


def strings(value: str) -> list[str]:
    """The texts of a list in brackets."""
    return [Reader(part).word() for part in comma_separated(value.strip()[1:-1])] if value else []


def is_true(value: str | None) -> bool:
    """Whether a switch is on."""
    return str(value).upper() == "TRUE"


def only(options: dict[str, str], what: str, *known: str) -> None:
    """Raise for an option that is not one of `known`.

    Raises:
        ProgrammingError: 000002, naming it.
    """
    if unknown := sorted(set(options) - set(known)):
        raise not_supported(f"{what} with {', '.join(unknown)}")
