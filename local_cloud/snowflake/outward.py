"""Objects by which a real Snowflake calls the outside: EXTERNAL FUNCTION, NETWORK RULE, SECRET.

This one calls nobody. They can be made, shown and dropped, so that a move away from them can be tried; an external
function cannot be called.
"""

import re
from typing import Any, Final

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.clock import now_text
from local_cloud.snowflake.errors import COMPILATION, failure, missing
from local_cloud.snowflake.names import like, resolve
from local_cloud.snowflake.privileges import OWNERSHIP
from local_cloud.snowflake.result import Result, from_rows, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.show_text import read_show
from local_cloud.snowflake.sql_text import Reader, comma_separated
from local_cloud.snowflake.visibility import Sight

_KINDS: Final = {
    "FUNCTION": ("FUNCTION", "FUNCTIONS"),
    "RULE": ("NETWORK RULE", "RULES"),
    "SECRET": ("SECRET", "SECRETS"),
}


def create(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE] EXTERNAL FUNCTION name(…) … | NETWORK RULE name … | SECRET name …."""
    reader = Reader(sql)
    word = ""
    replace = False
    while word not in _KINDS:
        word = reader.word().upper()
        replace = replace or word == "REPLACE"
    kind = _KINDS[word][0]
    database, schema, name = resolve(session, reader.name())
    types = ""
    if kind == "FUNCTION":
        types = ", ".join(part.split()[-1].upper() for part in comma_separated(reader.group()))
        name = f"{name}({types})"
    Guard(session, creating=True).need_to_create(kind, database, schema)
    session.commit_before_ddl()
    if session.server.catalog.get(kind, (database, schema), name) and not replace:
        raise failure(2002, "42710", f"{COMPILATION}Object '{name}' already exists.")
    kept = {"name": name, "database": database, "schema": schema, "created_on": now_text()}
    session.server.catalog.put(kind, (database, schema), name, kept)
    session.server.privileges.created(kind, (database, schema, name), session.acting_role)
    return status(f"{name} successfully created.")


def show(session: Session, sql: str, _params: Any) -> Result:
    """SHOW EXTERNAL FUNCTIONS | USER FUNCTIONS | NETWORK RULES | SECRETS [LIKE …] [IN …]."""
    kind, plural = next(names for names in _KINDS.values() if re.search(rf"\b{names[1]}\b", sql, re.IGNORECASE))
    asked, sight = read_show(session, sql, plural), Sight(session)
    at = "catalog_name" if kind == "FUNCTION" else "database_name"
    rows = [
        (kept["created_on"], kept["name"].partition("(")[0], kept["schema"], kept["database"], _arguments(kept))
        for kept in session.server.catalog.all(kind, asked.database, asked.schema)
        if like(asked.pattern, kept["name"].partition("(")[0])
        and sight.sees(kind, (kept["database"], kept["schema"], kept["name"]))
    ]
    return from_rows(dict.fromkeys(("created_on", "name", "schema_name", at, "arguments"), "VARCHAR"), rows)


def _arguments(kept: dict[str, Any]) -> str:
    return f"{kept['name']} RETURN VARIANT" if "(" in kept["name"] else ""


def drop(session: Session, sql: str, _params: Any) -> Result:
    """DROP FUNCTION [IF EXISTS] name(types) | NETWORK RULE … | SECRET …."""
    reader = Reader(sql)
    word = ""
    while word not in _KINDS:
        word = reader.word().upper()
    kind = _KINDS[word][0]
    gently = reader.accept("IF", "EXISTS")
    database, schema, name = resolve(session, reader.name())
    if kind == "FUNCTION":
        name = f"{name}({', '.join(part.strip().upper() for part in comma_separated(reader.group()))})"
    session.commit_before_ddl()
    if session.server.catalog.get(kind, (database, schema), name):
        Guard(session).need(kind, (database, schema, name), OWNERSHIP)
        session.server.privileges.forget(kind, (database, schema, name))
        session.server.catalog.drop(kind, (database, schema), name)
        return status(f"{name} successfully dropped.")
    if gently:
        return status("Drop statement executed successfully (object already dropped).")
    raise missing(kind.lower(), name)
