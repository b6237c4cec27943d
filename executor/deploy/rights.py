"""What the role that deploys may do, asked before anything is planned.

What a role must not see looks new to it: without this question a role without rights would be shown a plan of an
installation that is there already.
"""

from collections.abc import Iterable
from typing import Any, Final

from snowflake.connector import DictCursor, SnowflakeConnection, errors

from executor.deploy import templates
from executor.settings import ObjectNames

_ALL: Final = "ACCOUNTADMIN"
_GRANTS_ALL: Final = "MANAGE GRANTS"
# What Snowflake's own roles are made with, and SHOW GRANTS does not tell everywhere (docs, access control overview).
_BUILT_IN: Final = {
    "SYSADMIN": ("CREATE DATABASE", "CREATE WAREHOUSE"),
    "SECURITYADMIN": ("CREATE ROLE", _GRANTS_ALL),
    "USERADMIN": ("CREATE ROLE",),
}
_ON_ACCOUNT: Final = ("database", "warehouse", "role")
_IN_SCHEMA: Final = "CREATE TABLE"
Grant = tuple[str, str, str]
"""Privilege, kind of object, its name without quotes; ACCOUNT has no name."""


class MissingRightsError(RuntimeError):
    """The role may not do what a deployment does; the message says which rights it lacks, and what to do."""


def need(connection: SnowflakeConnection, names: ObjectNames, role: str, new_objects: Iterable[str]) -> None:
    """Refuse a role that cannot deploy; one whose grants Snowflake does not tell is not refused.

    Args:
        connection: with the role that would deploy.
        names: database, schema, warehouse.
        role: its name.
        new_objects: what is not there as far as the role sees, each with its kind before its name.

    Raises:
        MissingRightsError: a right is missing.
    """
    if role == _ALL:
        return
    try:
        roles, held = _held(connection, role)
        if _ALL in roles:
            return
        lacking = [*_on_account(held, new_objects), *_on_place(connection, names, roles, held, set(new_objects))]
    except errors.ProgrammingError:
        return  # the deployment itself will say what is refused
    if lacking:
        wants = "; ".join(f"{right} ({why})" for right, why in lacking)
        # To grant ownership is to take it from whoever has it: that is no remedy.
        given = [right for right, _ in lacking if not right.startswith("OWNERSHIP")]
        grants = " ".join(f'GRANT {right} TO ROLE "{templates.inside_quotes(role)}";' for right in given)
        raise MissingRightsError(
            f"role {role} may not deploy: it lacks {wants}. What is there already and hidden from it looks new to it. "
            "Set SNOWFLAKE_ROLE to the role that deployed before"
            + (f", or for a first deployment have an administrator run: {grants}" if grants else "")
        )


def stands_for(connection: SnowflakeConnection, role: str) -> set[str] | None:
    """The role with all that it was granted; None when it may grant whatever others own, or Snowflake does not tell."""
    if role == _ALL:
        return None
    try:
        roles, held = _held(connection, role)
    except errors.ProgrammingError:
        return None
    return None if _ALL in roles or (_GRANTS_ALL, "ACCOUNT", "") in held else roles


def _held(connection: SnowflakeConnection, role: str) -> tuple[set[str], set[Grant]]:
    """The role with all that it was granted, and what they may do."""
    roles, held, ahead = {role}, set[Grant](), [role]
    while ahead:
        name = ahead.pop()
        held |= {(right, "ACCOUNT", "") for right in _BUILT_IN.get(name, ())}
        for row in _rows(connection, "show_grants_to_role", role=templates.inside_quotes(name)):
            right, kind, on = str(row["privilege"]), str(row["granted_on"]), str(row["name"]).replace('"', "")
            held.add((right, kind, "" if kind == "ACCOUNT" else on))
            if (right, kind) == ("USAGE", "ROLE") and on not in roles:
                roles.add(on)
                ahead.append(on)
    return roles, held


def _on_account(held: set[Grant], new_objects: Iterable[str]) -> Iterable[tuple[str, str]]:
    for kind in _ON_ACCOUNT:
        new = [found for found in new_objects if found.startswith(f"{kind} ")]
        right = f"CREATE {kind.upper()}"
        if new and (right, "ACCOUNT", "") not in held:
            yield f"{right} ON ACCOUNT", f"for {', '.join(new)}"


def _on_place(
    connection: SnowflakeConnection, names: ObjectNames, roles: set[str], held: set[Grant], new: set[str]
) -> Iterable[tuple[str, str]]:
    database, where = names.database, f"{names.database}.{names.schema_name}"
    if f"database {database}" in new or _by_database_role(held, database):
        return
    if f"schema {where}" in new:
        if not held & {("CREATE SCHEMA", "DATABASE", database.upper()), ("OWNERSHIP", "DATABASE", database.upper())}:
            yield f"CREATE SCHEMA ON DATABASE {database}", f"for schema {where}"
        return
    owners = {
        str(row["name"]).upper(): str(row["owner"])
        for row in _rows(connection, "show_schemas", database=names.database)
    }
    owner = owners.get(names.schema_name.upper(), "")
    if owner not in roles and (_IN_SCHEMA, "SCHEMA", where.upper()) not in held:
        yield f"OWNERSHIP ON SCHEMA {where}", f"which {owner or 'another role'} has"


def _by_database_role(held: set[Grant], database: str) -> bool:
    # What such a role may do is not asked: it can only be more.
    return any(kind == "DATABASE_ROLE" and on.upper().startswith(f"{database.upper()}.") for _, kind, on in held)


def _rows(connection: SnowflakeConnection, statement: str, **values: str) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(templates.query(statement, **values))
        return [dict(row) for row in cursor.fetchall()]
