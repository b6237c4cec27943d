"""Engine and parser failures as the errors that Snowflake's clients know."""

import re
from typing import Any

import duckdb
from snowflake.connector.errors import DatabaseError, Error, ProgrammingError
from sqlglot.errors import ParseError, SqlglotError

# Codes and states: the error table of Snowflake's connectors and documentation, where the clients branch
# on them; messages follow Snowflake's wording so that a reader recognises them.
COMPILATION = "SQL compilation error:\n"


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
    return failure(604, "57014", "SQL execution canceled")


def timed_out(limit_s: float) -> ProgrammingError:
    """A statement that reached its time limit in seconds (error 000630)."""
    text = f"Statement reached its statement or warehouse timeout of {limit_s:g} second(s) and was canceled."
    return failure(630, "57014", text)


# (what the engine raises, what its text says) -> (errno, sqlstate, message); the first that fits wins.
_TABLE: tuple[tuple[type[BaseException], str, int, str, str], ...] = (
    (duckdb.InterruptException, "", 604, "57014", "SQL execution canceled"),
    (duckdb.Error, r"[Dd]ivision by zero", 100051, "22012", "Division by zero"),
    (
        duckdb.ConstraintException,
        r"NOT NULL constraint failed: (?:\S+\.)?(\S+)",
        100072,
        "22000",
        r"NULL result in a non-nullable column: \1",
    ),
    (duckdb.Error, r"[Mm]alformed JSON[^\"]*", 100069, "22P02", r"Error parsing JSON: {text}"),
    (
        duckdb.ConversionException,
        r"(date|timestamp) (?:field format|field value)[^\"]*\"([^\"]*)\"",
        100035,
        "22007",
        r"\1 '\2' is not recognized",
    ),
    (
        duckdb.ConversionException,
        r"Could not convert string ['\"](.*?)['\"] to (?:INT\d*|DECIMAL\S*|DOUBLE|HUGEINT)",
        100038,
        "22018",
        r"Numeric value '\1' is not recognized",
    ),
    (
        duckdb.ConversionException,
        r"Could not convert string ['\"](.*?)['\"] to BOOL",
        100037,
        "22018",
        r"Boolean value '\1' is not recognized",
    ),
    (
        duckdb.InvalidInputException,
        r"[Cc]ould not parse string \"([^\"]*)\"",
        100035,
        "22007",
        r"'\1' is not recognized",
    ),
    (duckdb.InvalidInputException, r"Values were not provided", 2049, "42601", COMPILATION + "Bind variable not set."),
    (
        duckdb.BinderException,
        r"column \"([^\"]+)\" must appear in the GROUP BY",
        979,
        "42601",
        COMPILATION + r"'\1' in select clause is neither an aggregate nor in the group by clause.",
    ),
    (duckdb.BinderException, r"function", 1044, "42P13", COMPILATION + "Invalid argument types: {text}"),
    (duckdb.ConversionException, r"Unimplemented type for cast", 1007, "22023", COMPILATION + "{text}"),
    (duckdb.ConversionException, "", 100038, "22018", "{text}"),
    (duckdb.OutOfRangeException, "", 100039, "22003", "Numeric value is out of range: {text}"),
    (
        duckdb.InvalidInputException,
        r"cannot affect the same target row more than once",
        100090,
        "42P18",
        "Duplicate row detected during DML action",
    ),
    (duckdb.TransactionException, r"[Cc]onflict", 625, "57014", "{text}"),
    (
        duckdb.BinderException,
        r"Referenced column \"([^\"]+)\" (?:was )?not found",
        904,
        "42000",
        COMPILATION + r"error line 1 at position 0\ninvalid identifier '\1'",
    ),
    (
        duckdb.BinderException,
        r"(?:have a column (?:named|with name)|Referenced table) \"([^\"]+)\"",
        904,
        "42000",
        COMPILATION + r"invalid identifier '\1'",
    ),
    (
        duckdb.BinderException,
        r"has \d+ columns but \d+ values were supplied",
        2020,
        "42601",
        COMPILATION + "Insert value list does not match column list: {text}",
    ),
    (duckdb.BinderException, r"Duplicate (?:struct entry|named)", 100103, "22000", "{text}"),
    (duckdb.BinderException, "", 2043, "02000", COMPILATION + "{text}"),
    (duckdb.ParserException, "", 1003, "42000", COMPILATION + "{text}"),
    (
        duckdb.CatalogException,
        r"(\w+) with name \"?([^\"\s]+?)\"? already exists",
        2002,
        "42710",
        COMPILATION + r"Object '\2' already exists.",
    ),
    (
        duckdb.CatalogException,
        r"[Ff]unction[\w ]* with name (\S+) does not exist",
        2140,
        "42601",
        COMPILATION + r"Unknown function \1",
    ),
    (
        duckdb.CatalogException,
        r"(Table|View|Schema|Sequence|Type) with name \"?([^\"\s]+?)\"? does not exist",
        2003,
        "42S02",
        COMPILATION + r"Object '\2' does not exist or not authorized.",
    ),
    (duckdb.CatalogException, "", 2003, "42S02", COMPILATION + "{text}"),
    (duckdb.ResourceInUseException, "", 2002, "42710", COMPILATION + "{text}"),
    (duckdb.NotImplementedException, "", 2, "0A000", "not supported by the local cloud: {text}"),
)


def translate(error: BaseException) -> Error:  # noqa: PLR0911  a rule table, read top to bottom
    """The Snowflake error for whatever the engine, the parser or fakesnow raised."""
    if isinstance(error, Error) and isinstance(error.__cause__, duckdb.Error):
        return translate(error.__cause__)  # fakesnow knows a few codes; the engine's own error says more
    if isinstance(error, (ProgrammingError, DatabaseError)):
        return error if error.errno and error.errno > 0 else _numbered(error)
    if isinstance(error, Error):
        return failure(error.errno or 2, error.sqlstate or "XX000", str(error.msg))
    text = _first_lines(error)
    for kind, pattern, errno, sqlstate, message in _TABLE:
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
        return _public(found.expand(message))
    return message.replace("{text}", text)


def _first_lines(error: BaseException) -> str:
    text = str(error).split("\n\nLINE ", maxsplit=1)[0].strip()
    return _public(re.sub(r"^[A-Z]\w*(?: \w+)* Error: ", "", text))


def _public(text: str) -> str:
    """A message without the engine's own names of things."""
    return re.sub(r"_FS_INFORMATION_SCHEMA\._FS_", "INFORMATION_SCHEMA.", text, flags=re.IGNORECASE)
