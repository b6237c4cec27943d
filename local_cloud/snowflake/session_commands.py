"""ALTER SESSION, SHOW PARAMETERS, session variables, START TRANSACTION."""

import re
from typing import Any

from local_cloud.snowflake.errors import COMPILATION, failure, not_supported
from local_cloud.snowflake.names import like
from local_cloud.snowflake.result import DONE, Result, from_rows, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.session_parameters import DEFAULT_PARAMETERS, ONLY_DEFAULT, is_known
from local_cloud.snowflake.sql_text import Reader


def start_transaction(session: Session, _sql: str, _params: Any) -> Result:
    """START TRANSACTION, another word for BEGIN."""
    session.begin()
    return status(DONE)


def alter(session: Session, sql: str, _params: Any) -> Result:
    """ALTER SESSION SET name = value …, or UNSET name, …."""
    reader = Reader(sql)
    reader.expect("ALTER", "SESSION")
    if reader.accept("UNSET"):
        while not reader.done:
            name = _known(reader.identifier())
            set_parameter(session, name, DEFAULT_PARAMETERS.get(name, ""))
            reader.accept(",")
        return status(DONE)
    reader.expect("SET")
    while not reader.done:
        name = _known(reader.identifier())
        reader.expect("=")
        set_parameter(session, name, _value(reader))
        reader.accept(",")
    return status(DONE)


def _known(name: str) -> str:
    if not is_known(name):  # the number is from memory
        raise failure(1006, "22023", f"{COMPILATION}invalid parameter '{name}'")
    return name


def _value(reader: Reader) -> Any:
    sign = "-" if reader.accept("-") else ""
    return sign + reader.word()


def set_parameter(session: Session, name: str, value: Any) -> None:
    """Set one session parameter, bringing the value to the parameter's type.

    Raises:
        ProgrammingError: 001007 for a value that does not fit, 000002 for one that would have to change answers.
    """
    name = name.upper()
    default = DEFAULT_PARAMETERS.get(name)
    if isinstance(default, bool):
        value = str(value).lower() in {"true", "1", "on"}
    elif isinstance(default, int):
        if not re.fullmatch(r"-?\d+", str(value)):
            raise failure(1007, "22023", f"{COMPILATION}invalid value '{value}' for parameter '{name}'")
        value = int(value)
    if isinstance(default, int) and not isinstance(default, bool) and value < 0:
        raise failure(1007, "22023", f"{COMPILATION}invalid value '{value}' for parameter '{name}'")
    if name in ONLY_DEFAULT and str(value).upper() != str(default).upper():
        raise not_supported(f"{name} = {value}; only {default or 'none'}, the default")
    if name == "AUTOCOMMIT" and not session.parameters[name]:
        session.commit_transaction()
    if name == "TIMEZONE":
        session.engine.execute(f"SET TimeZone = '{str(value).replace(chr(39), '')}'")
    session.parameters[name] = value


def set_at_login(session: Session, parameters: dict[str, Any]) -> None:
    """Set the parameters that a login names; with one that is refused the session is over.

    Raises:
        ProgrammingError: what `set_parameter` raises.
    """
    try:
        for name, value in parameters.items():
            set_parameter(session, name, value)
    except BaseException:
        session.end()
        raise


def show_parameters(session: Session, sql: str, _params: Any) -> Result:
    """SHOW PARAMETERS [LIKE …] [IN …]: the session's values."""
    reader = Reader(sql)
    reader.expect("SHOW", "PARAMETERS")
    pattern = reader.word() if reader.accept("LIKE") else None
    rows = []
    for name, value in sorted(session.parameters.items()):
        default = DEFAULT_PARAMETERS.get(name, "")
        level = "" if value == default else "SESSION"
        kind = {bool: "BOOLEAN", int: "NUMBER"}.get(type(default), "STRING")
        if like(pattern, name):
            rows.append((name, _shown(value), _shown(default), level, "", kind))
    names = ("key", "value", "default", "level", "description", "type")
    return from_rows(dict.fromkeys(names, "VARCHAR"), rows)


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def set_variable(session: Session, sql: str, params: Any) -> Result:
    """SET name = expression, or SET (a, b) = (x, y)."""
    from local_cloud.snowflake.dispatch import run  # noqa: PLC0415  the value is a query of its own

    reader = Reader(sql)
    reader.expect("SET")
    names = [reader.identifier()] if reader.peek() != "(" else _names(reader.group())
    reader.expect("=")
    expression = reader.rest()
    values = expression if len(names) == 1 else expression.strip()[1:-1]
    found = run(session, f"SELECT {values}", params).rows()[0]
    if len(found) != len(names):
        raise failure(1003, "42000", f"{COMPILATION}{len(names)} variables but {len(found)} values.")
    for name, value in zip(names, found, strict=True):
        session.names[name] = _literal(value)
    return status(DONE)


def _names(text: str) -> list[str]:
    return [part.strip().upper() for part in text.split(",")]


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, (int, float)):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


def unset_variable(session: Session, sql: str, _params: Any) -> Result:
    """UNSET name."""
    reader = Reader(sql)
    reader.expect("UNSET")
    for name in _names(reader.group()) if reader.peek() == "(" else [reader.identifier()]:
        session.names.pop(name, None)
    return status(DONE)


def show_variables(session: Session, sql: str, _params: Any) -> Result:
    """SHOW VARIABLES [LIKE …]."""
    reader = Reader(sql)
    reader.expect("SHOW", "VARIABLES")
    pattern = reader.word() if reader.accept("LIKE") else None
    rows = [(name, value.strip("'")) for name, value in sorted(session.names.items()) if like(pattern, name)]
    return from_rows({"name": "VARCHAR", "value": "VARCHAR"}, rows)
