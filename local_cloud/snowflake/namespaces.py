"""USE, CREATE DATABASE and DROP DATABASE."""

import shutil
from typing import Any

from local_cloud.snowflake import object_notes
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.errors import COMPILATION, failure
from local_cloud.snowflake.object_notes import Made
from local_cloud.snowflake.privileges import ACCOUNT
from local_cloud.snowflake.result import DONE, Result, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader


def use(session: Session, sql: str, _params: Any) -> Result:
    """USE [ROLE | WAREHOUSE | SECONDARY ROLES | DATABASE | SCHEMA] name."""
    reader = Reader(sql)
    reader.expect("USE")
    if reader.accept("ROLE"):
        _use_role(session, reader.name()[0])
    elif reader.accept("WAREHOUSE"):
        warehouse = reader.name()[0]
        if not Guard(session).may_use_warehouse(warehouse):
            raise _absent(warehouse)
        session.use_warehouse(warehouse)
    elif reader.accept("SECONDARY", "ROLES"):
        _use_secondary_roles(session, reader)
    elif reader.accept("SCHEMA"):
        _use_schema(session, reader.name())
    else:
        reader.accept("DATABASE")
        name = reader.name()
        if len(name) > 1:
            _use_schema(session, name)
        else:
            _use_database(session, name[0])
    return status(DONE)


def _use_role(session: Session, role: str) -> None:
    _refuse_role(session, role)
    session.use_role(role)


def _refuse_role(session: Session, role: str) -> None:
    if not session.server.may_use_role(session.login.user, role):
        text = f"SQL access control error:\nRequested role '{role}' is not assigned to the executing user. "
        raise failure(3013, "42501", f"{text}Specify another role.")


def _use_secondary_roles(session: Session, reader: Reader) -> None:
    """ALL, NONE, or roles by name."""
    named = [reader.identifier()]
    while reader.accept(","):
        named.append(reader.identifier())
    if named in (["ALL"], ["NONE"]):
        session.use_secondary(named[0] if named == ["ALL"] else ())
        return
    for role in named:
        _refuse_role(session, role)
    session.use_secondary(tuple(named))


def _use_database(session: Session, database: str) -> None:
    if not session.server.has_database(database) or not Guard(session).may("DATABASE", (database, "", ""), "USAGE"):
        raise _absent(database)
    public = "PUBLIC" if session.server.has_schema(database, "PUBLIC") else None
    session.stand_in(database, public)


def _use_schema(session: Session, name: tuple[str, ...]) -> None:
    database = name[0] if len(name) > 1 else session.database
    if not database:
        raise failure(90105, "22000", "Cannot perform USE SCHEMA. This session does not have a current database.")
    inner = "_FS_INFORMATION_SCHEMA" if name[-1] == "INFORMATION_SCHEMA" else name[-1]
    usable = inner.startswith("_FS") or Guard(session).may("SCHEMA", (database, inner, ""), "USAGE")
    if not usable or not session.server.has_schema(database, inner):
        raise _absent(f"{database}.{name[-1]}")
    session.stand_in(database, inner)


def _absent(name: str) -> Exception:
    text = f"{COMPILATION}Object does not exist, or operation cannot be performed: {name}"
    return failure(2043, "02000", text)


def create_database(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE | OR ALTER] [TRANSIENT] DATABASE [IF NOT EXISTS] name: with its PUBLIC schema."""
    reader = Reader(sql)
    reader.expect("CREATE")
    replace = reader.accept("OR", "REPLACE")
    alter = not replace and reader.accept("OR", "ALTER")
    reader.accept("TRANSIENT")
    reader.expect("DATABASE")
    gently = reader.accept("IF", "NOT", "EXISTS") or alter
    database = reader.identifier()
    text = _comment(reader)
    session.commit_before_ddl()
    server = session.server
    if server.has_database(database):
        if gently:
            return status(f"{database} already exists, statement succeeded.")
        if not replace:
            raise failure(2002, "42710", f"{COMPILATION}Object '{database}' already exists.")
        Guard(session).need("DATABASE", (database, "", ""), "OWNERSHIP")
        _remove(session, database)
    Guard(session, creating=True).need("ACCOUNT", ACCOUNT, "CREATE DATABASE")
    with server.engine.cursor() as engine:
        engine.execute(f"ATTACH '{server.databases_dir / database}.db' AS \"{database}\"")
        server.furnish_database(engine, database)
    session.stand_in(database, "PUBLIC")
    for kind, place in (("DATABASE", (database, "", "")), ("SCHEMA", (database, "PUBLIC", ""))):
        server.privileges.created(kind, place, session.acting_role)
        object_notes.made(session, Made(kind, place, text if kind == "DATABASE" else None))
    return status(f"Database {database} successfully created.")


def _comment(reader: Reader) -> str | None:
    """The comment among the options of CREATE DATABASE, which else mean storage and retention."""
    while not reader.done:
        if reader.accept("COMMENT"):
            reader.accept("=")
            return reader.word()
        reader.word()
    return None


def drop_database(session: Session, sql: str, _params: Any) -> Result:
    """DROP DATABASE [IF EXISTS] name: with everything in it."""
    reader = Reader(sql)
    reader.expect("DROP", "DATABASE")
    gently = reader.accept("IF", "EXISTS")
    database = reader.identifier()
    session.commit_before_ddl()
    if not session.server.has_database(database):
        if gently:
            return status("Drop statement executed successfully (object already dropped).")
        raise failure(2003, "02000", f"{COMPILATION}Database '{database}' does not exist or not authorized.")
    Guard(session).need("DATABASE", (database, "", ""), "OWNERSHIP")
    _remove(session, database)
    return status(f"{database} successfully dropped.")


def _remove(session: Session, database: str) -> None:
    server = session.server
    if session.database == database:
        session.stand_in(None, None)
    for other in set(server.sessions.values()):
        if other.database == database:
            other.stand_in(None, None)
    with server.engine.cursor() as engine:
        engine.execute(f'DETACH "{database}"')
        engine.execute("DELETE FROM _fs_global._fs_information_schema._fs_stages WHERE database_name = ?", [database])
    server.forget_files(database)
    shutil.rmtree(server.stages_dir / database, ignore_errors=True)
    server.privileges.forget("DATABASE", (database, "", ""))
    server.catalog.forget(database)
    object_notes.forget(session, "DATABASE", (database, "", ""))
