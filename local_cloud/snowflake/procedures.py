"""CREATE, DROP, DESCRIBE and SHOW PROCEDURE(S)."""

from typing import Any

from local_cloud.snowflake import handlers
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.clock import now_text
from local_cloud.snowflake.errors import COMPILATION, failure
from local_cloud.snowflake.names import like, resolve
from local_cloud.snowflake.procedure_ddl import (
    Creation,
    Procedure,
    family,
    from_json,
    read_creation,
    shown_type,
)
from local_cloud.snowflake.result import Result, from_rows, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.show_text import read_show
from local_cloud.snowflake.sql_text import Reader, comma_separated
from local_cloud.snowflake.stage_rights import need_stage
from local_cloud.snowflake.visibility import Sight

KIND = "PROCEDURE"


def create(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE | OR ALTER] PROCEDURE; the handler must be loadable, as in Snowflake."""
    asked = read_creation(sql)
    session.commit_before_ddl()
    database, schema, name = resolve(session, asked.name)
    if not session.server.has_schema(database, schema):
        raise failure(2003, "02000", f"{COMPILATION}Schema '{database}.{schema}' does not exist or not authorized.")
    Guard(session, creating=True).need_to_create("PROCEDURE", database, schema)
    procedure = _declared(session, asked, database, schema, name)
    there = session.server.catalog.get(KIND, (database, schema), procedure.signature)
    if there and asked.mode == "IF NOT EXISTS":
        return status(f"{name} already exists, statement succeeded.")
    if there and asked.mode == "CREATE":
        raise failure(2002, "42710", f"{COMPILATION}Object '{name}' already exists.")
    for staged in procedure.imports:
        need_stage(session, staged, "READ", (database, schema))
    handlers.load(session, procedure)
    if there and session.server.privileges.enforced:
        Guard(session).need(KIND, (database, schema, procedure.signature), "OWNERSHIP")
    session.server.catalog.put(KIND, (database, schema), procedure.signature, procedure.as_json())
    if not (there and asked.mode == "ALTER"):
        session.server.privileges.created(KIND, (database, schema, procedure.signature), session.acting_role)
    return status(f"Function {name} successfully created.")


def _declared(session: Session, asked: Creation, database: str, schema: str, name: str) -> Procedure:
    return Procedure(
        name=name,
        schema=schema,
        database=database,
        parameters=asked.parameters,
        returns=asked.returns,
        handler=asked.options["HANDLER"],
        imports=asked.options.get("IMPORTS", ()),
        packages=asked.options["PACKAGES"],
        body=asked.body,
        comment=asked.options.get("COMMENT", ""),
        execute_as=asked.options.get("EXECUTE AS", "OWNER"),
        runtime_version=asked.options["RUNTIME_VERSION"],
        created_on=now_text(),
        owner=session.acting_role,
    )


def overloads(session: Session, name: tuple[str, ...]) -> list[Procedure]:
    """The procedures of this name.

    Raises:
        ProgrammingError: 002140 when there is none.
    """
    database, schema, bare = resolve(session, name)
    kept = [from_json(body) for body in session.server.catalog.all(KIND, database, schema)]
    found = [procedure for procedure in kept if procedure.name == bare]
    if not found:
        raise unknown_procedure(f"{database}.{schema}.{bare}")
    return found


def unknown_procedure(name: str) -> Exception:
    """A procedure that does not exist, or not for this role (002140)."""
    text = f"{COMPILATION}Unknown user-defined function {name}"
    return failure(2140, "42601", f"{text}. Procedure does not exist or not authorized.")


def _one(session: Session, reader: Reader) -> tuple[Procedure | None, str]:
    exists_clause = reader.accept("IF", "EXISTS")
    database, schema, name = resolve(session, reader.name())
    types = ", ".join(family(text) for text in comma_separated(reader.group()))
    signature = f"{name}({types})"
    kept = session.server.catalog.get(KIND, (database, schema), signature)
    if kept and not Sight(session).sees(KIND, (database, schema, signature)):
        kept = None
    if kept is None and not exists_clause:
        raise failure(2003, "02000", f"{COMPILATION}Procedure '{signature}' does not exist or not authorized.")
    return (from_json(kept) if kept else None), signature


def drop(session: Session, sql: str, _params: Any) -> Result:
    """DROP PROCEDURE [IF EXISTS] name(types)."""
    reader = Reader(sql)
    reader.expect("DROP", "PROCEDURE")
    session.commit_before_ddl()
    procedure, signature = _one(session, reader)
    if procedure is None:
        return status("Drop statement executed successfully (object already dropped).")
    place = (procedure.database, procedure.schema, signature)
    Guard(session).need(KIND, place, "OWNERSHIP")
    session.server.catalog.drop(KIND, place[:2], signature)
    session.server.privileges.forget(KIND, place)
    return status(f"{procedure.name} successfully dropped.")


def describe(session: Session, sql: str, _params: Any) -> Result:
    """DESCRIBE PROCEDURE name(types)."""
    reader = Reader(sql)
    reader.word()
    reader.expect("PROCEDURE")
    procedure, _ = _one(session, reader)
    if procedure is None:
        reader.fail()
    arguments = ", ".join(f"{p.name} {family(p.type)}" for p in procedure.parameters)
    rows = [
        ("signature", f"({arguments})"),
        ("returns", shown_type(procedure.returns)),
        ("language", "PYTHON"),
        ("execute as", procedure.execute_as),
        ("body", procedure.body),
        ("imports", "[" + ", ".join(procedure.imports) + "]"),
        ("handler", procedure.handler),
        ("runtime_version", procedure.runtime_version),
        ("packages", "[" + ",".join(f"'{p}'" for p in procedure.packages) + "]"),
    ]
    return from_rows({"property": "VARCHAR", "value": "VARCHAR"}, rows)


def show(session: Session, sql: str, _params: Any) -> Result:
    """SHOW PROCEDURES [LIKE …] [IN …]."""
    asked, sight = read_show(session, sql, "PROCEDURES"), Sight(session)
    kept = [from_json(body) for body in session.server.catalog.all(KIND, asked.database, asked.schema)]
    rows = [
        (
            procedure.created_on,
            procedure.name,
            procedure.schema,
            "N",
            "N",
            "N",
            sum(p.default is None for p in procedure.parameters),
            len(procedure.parameters),
            f"{_with_defaults(procedure)} RETURN {shown_type(procedure.returns)}",
            procedure.comment,
            procedure.database,
            "Y" if procedure.returns.startswith("TABLE") else "N",
            "N",
            "N",
        )
        for procedure in kept
        if sight.sees(KIND, (procedure.database, procedure.schema, procedure.signature))
        if like(asked.pattern, procedure.name)
    ]
    names = "created_on name schema_name is_builtin is_aggregate is_ansi min_num_arguments max_num_arguments arguments"
    names += " description catalog_name is_table_function valid_for_clustering is_secure"
    columns = {name: "BIGINT" if "num_arguments" in name else "VARCHAR" for name in names.split()}
    return from_rows(columns, rows)


def _with_defaults(procedure: Procedure) -> str:
    kinds = [family(p.type) for p in procedure.parameters]
    types = [k if p.default is None else f"DEFAULT {k}" for k, p in zip(kinds, procedure.parameters, strict=True)]
    return f"{procedure.name}({', '.join(types)})"
