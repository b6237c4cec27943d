"""Roles of the product's names that are somebody else's, found before anything is granted to them.

A role belongs to the account and not to a schema: one of another team may be called the same. Who has it would get what
the product grants, and whoever does not own it is refused the grants half-way.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from snowflake.connector import DictCursor, SnowflakeConnection

from executor.deploy import rights, templates
from executor.settings import ObjectNames
from sql import BOOTSTRAP_STEPS, load

_MADE: Final = re.compile(r"\bROLE IF NOT EXISTS (\w+) COMMENT = '([^']*)'")


class ForeignRoleError(RuntimeError):
    """A role that the product would make is there already and is somebody else's; nothing was changed."""


def check(connection: SnowflakeConnection, names: ObjectNames, role: str) -> None:
    """See that each role that the product makes is its own, or not there yet.

    Args:
        connection: with the role that deploys; no database is needed.
        names: database, schema, warehouse.
        role: the role that deploys.

    Raises:
        ForeignRoleError: some are not; the message names every one, whose it is, and what to do.
        snowflake.connector.errors.Error: Snowflake refused a look.
    """
    there = {row["name"].upper(): row for row in _rows(connection, load("show_roles"))}
    found = {name: there[name] for name in comments() if name in there}
    if not found:
        return
    held = rights.stands_for(connection, role)
    is_first = not _is_there(connection, names)
    if foreign := [says for row in found.values() for says in _foreign(row, role, held, is_first=is_first)]:
        raise ForeignRoleError(f"nothing was changed: {'; '.join(foreign)}")


def comments() -> dict[str, str]:
    """The roles that the product makes, in capitals, each with the comment by which it is known again."""
    scripts = [templates.script(f"bootstrap/{step}.sql") for step in BOOTSTRAP_STEPS if step.startswith("role_")]
    return {name.upper(): comment for text in scripts for name, comment in _MADE.findall(text)}


def _foreign(row: Mapping[str, Any], role: str, held: set[str] | None, *, is_first: bool) -> Iterator[str]:
    name, owner, comment = str(row["name"]), str(row["owner"]), str(row["comment"])
    mine = comments()[name.upper()]
    away = f"if it is not, have it renamed: ALTER ROLE {name} RENAME TO another name"
    if held is not None and owner not in held:
        yield (
            f"role {name} is there already and belongs to {owner or 'another role'}, which {role} is not and does not "
            f"have. If it is this product's, deploy with the role that deployed before (SNOWFLAKE_ROLE), or let its "
            f'owner run GRANT OWNERSHIP ON ROLE {name} TO ROLE "{templates.inside_quotes(role)}" COPY CURRENT GRANTS; '
            + away
        )
    elif is_first and comment != mine:
        # An installation that is there has made its roles, or was told of this when it was new.
        yield (
            f"role {name} is there already, and its comment {comment!r} is not this product's: who has the role would "
            f"get what the product grants to it. If that is meant, say so: COMMENT ON ROLE {name} IS '{mine}'; {away}"
        )


def _is_there(connection: SnowflakeConnection, names: ObjectNames) -> bool:
    if names.database.upper() not in _names(_rows(connection, load("show_databases"))):
        return False
    schemas = _rows(connection, templates.query("show_schemas", database=names.database))
    return names.schema_name.upper() in _names(schemas)


def _names(rows: Iterable[Mapping[str, Any]]) -> set[str]:
    return {str(row["name"]).upper() for row in rows}


def _rows(connection: SnowflakeConnection, sql: str) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(sql)
        return [dict(row) for row in cursor.fetchall()]
