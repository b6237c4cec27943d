"""CREATE PROCEDURE as data: the statement read, the declared types named."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from local_cloud.snowflake.errors import not_supported, syntax
from local_cloud.snowflake.sql_text import Reader, comma_separated

# Snowflake's type names -> the one that decides how Python sees the value.
_FAMILY = {
    "STRING": "VARCHAR",
    "TEXT": "VARCHAR",
    "VARCHAR": "VARCHAR",
    "CHAR": "VARCHAR",
    "CHARACTER": "VARCHAR",
    "NUMBER": "NUMBER",
    "NUMERIC": "NUMBER",
    "DECIMAL": "NUMBER",
    "INT": "NUMBER",
    "INTEGER": "NUMBER",
    "BIGINT": "NUMBER",
    "SMALLINT": "NUMBER",
    "TINYINT": "NUMBER",
    "FLOAT": "FLOAT",
    "DOUBLE": "FLOAT",
    "DOUBLE PRECISION": "FLOAT",
    "REAL": "FLOAT",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIME": "TIME",
    "TIMESTAMP": "TIMESTAMP_NTZ",
    "DATETIME": "TIMESTAMP_NTZ",
    "TIMESTAMP_NTZ": "TIMESTAMP_NTZ",
    "TIMESTAMP_LTZ": "TIMESTAMP_LTZ",
    "TIMESTAMP_TZ": "TIMESTAMP_TZ",
    "BINARY": "BINARY",
    "VARIANT": "VARIANT",
    "OBJECT": "OBJECT",
    "ARRAY": "ARRAY",
}
_OPTIONS_WITH_LIST = {"PACKAGES", "IMPORTS", "EXTERNAL_ACCESS_INTEGRATIONS", "SECRETS"}
_OPTIONS_WITH_VALUE = {"RUNTIME_VERSION", "HANDLER", "COMMENT", "ARTIFACT_REPOSITORY", "TARGET_PATH"}


@dataclass(frozen=True)
class Parameter:
    """One declared argument; `default` is SQL text or None when the caller must give it."""

    name: str
    type: str
    default: str | None = None


@dataclass(frozen=True)
class Procedure:
    """A stored procedure as declared."""

    name: str
    schema: str
    database: str
    parameters: tuple[Parameter, ...]
    returns: str
    handler: str
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    body: str | None = None
    comment: str = ""
    execute_as: str = "OWNER"
    runtime_version: str = ""
    created_on: str = ""
    owner: str = ""

    @property
    def signature(self) -> str:
        """`NAME(TYPE, …)`, which names one overload."""
        return f"{self.name}({', '.join(family(p.type) for p in self.parameters)})"

    def as_json(self) -> dict[str, Any]:
        """A form that JSON keeps."""
        return asdict(self)


def from_json(kept: dict[str, Any]) -> Procedure:
    """The procedure that `as_json` wrote."""
    parameters = tuple(Parameter(**p) for p in kept["parameters"])
    lists = {"imports": tuple(kept["imports"]), "packages": tuple(kept["packages"])}
    return Procedure(**{**kept, **lists, "parameters": parameters})


def family(declared: str) -> str:
    """The type family of a declared type, e.g. `NUMBER` of `INTEGER` and `DECIMAL(10,2)`.

    Raises:
        ProgrammingError: 001003 for a word that names no type.
    """
    bare = re.sub(r"\(.*\)|\s+NOT\s+NULL\s*$", "", declared.upper(), flags=re.DOTALL).strip()
    if bare not in _FAMILY:
        raise syntax(f"Unsupported data type '{declared}'.")
    return _FAMILY[bare]


def returned_columns(returns: str) -> tuple[Parameter, ...]:
    """The columns of `TABLE (name type, …)`; none of `TABLE ()`, which leaves them to the handler.

    Raises:
        ProgrammingError: 001003 for a syntax error.
    """
    reader = Reader(returns)
    reader.expect("TABLE")
    return tuple(_parameter(text) for text in comma_separated(reader.group()))


def shown_type(declared: str) -> str:
    """A declared type as Snowflake shows it: by its family, e.g. `VARCHAR` of `STRING`."""
    if not declared.startswith("TABLE"):
        return family(declared)
    return f"TABLE ({', '.join(f'{c.name} {family(c.type)}' for c in returned_columns(declared))})"


@dataclass(frozen=True)
class Creation:
    """What CREATE PROCEDURE asks for; `name` is as qualified as the caller wrote it."""

    mode: str
    name: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    returns: str
    options: dict[str, Any]
    body: str | None


def read_creation(sql: str) -> Creation:
    """Read CREATE [OR REPLACE | OR ALTER] PROCEDURE.

    Raises:
        ProgrammingError: 001003 for a syntax error, 000002 for another language than Python.
    """
    reader = Reader(sql)
    mode = _mode(reader)
    name = reader.name()
    parameters = tuple(_parameter(text) for text in comma_separated(reader.group()))
    reader.accept("COPY", "GRANTS")
    reader.expect("RETURNS")
    returns = reader.until("LANGUAGE").upper()
    if returns.startswith("TABLE"):
        returned_columns(returns)
    else:
        family(returns)
    reader.expect("LANGUAGE")
    if (language := reader.identifier()) != "PYTHON":
        raise not_supported(f"procedures in {language}; write it in Python")
    options = _options(reader)
    body = _body(reader) if reader.accept("AS") else None
    if not reader.done:
        reader.fail()
    for needed in ("RUNTIME_VERSION", "PACKAGES", "HANDLER"):
        if needed not in options:
            raise syntax(f"Missing option {needed} for a Python procedure.")
    return Creation(mode, name, parameters, returns, options, body)


def _mode(reader: Reader) -> str:
    reader.expect("CREATE")
    mode = "CREATE"
    if reader.accept("OR"):
        mode = reader.identifier()
    for word in ("SECURE", "TEMP", "TEMPORARY"):
        reader.accept(word)
    reader.expect("PROCEDURE")
    if reader.accept("IF", "NOT", "EXISTS"):
        mode = "IF NOT EXISTS"
    return mode


def _parameter(text: str) -> Parameter:
    reader = Reader(text)
    name = reader.identifier()
    declared = " ".join(reader.until("DEFAULT").split()).upper()
    family(declared)
    return Parameter(name, declared, reader.rest() if reader.accept("DEFAULT") else None)


def _options(reader: Reader) -> dict[str, Any]:
    options: dict[str, Any] = {}
    while not reader.done and reader.peek() != "AS":
        word = reader.identifier()
        if word in _OPTIONS_WITH_LIST:
            reader.expect("=")
            options[word] = tuple(Reader(part).word() for part in comma_separated(reader.group()))
        elif word in _OPTIONS_WITH_VALUE:
            reader.expect("=")
            options[word] = ".".join(reader.name()) if word == "ARTIFACT_REPOSITORY" else reader.word()
        elif word == "EXECUTE":
            reader.expect("AS")
            options["EXECUTE AS"] = " ".join([reader.identifier(), *(["CALLER"] if reader.accept("CALLER") else [])])
        elif word in {"STRICT", "CALLED", "RETURNS", "VOLATILE", "IMMUTABLE"}:
            for more in ("ON", "NULL", "INPUT"):
                reader.accept(more)
            options["STRICT"] = word in {"STRICT", "RETURNS"}
        else:
            raise syntax(f"unexpected '{word}' in CREATE PROCEDURE.")
    return options


def _body(reader: Reader) -> str:
    text = reader.rest()
    if text.startswith("$$"):
        return text[2 : text.rindex("$$")]
    return text.rstrip(";").strip()[1:-1].replace("''", "'")
