"""What ``sql/`` makes in the schema and grants to the product's roles: objects and grants as data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from executor.settings import ObjectNames

_GRANT: Final = re.compile(r"\bGRANT ([A-Z, ]+?) ON ([A-Z]+) (.+?) TO ROLE (report_\w+)\b")
_ROLE: Final = re.compile(r"\bGRANT ROLE (report_\w+) TO ROLE (report_\w+);")
_MADE: Final = re.compile(r"\bCREATE (?:OR \w+ )?(?:\w+ )*?(TABLE|VIEW|PROCEDURE|TASK)(?: IF NOT EXISTS)? (\w+)")
_FOLDERS: Final = ("migrations", "views", "procedures", "tasks")
ROLES: Final = tuple(
    f"REPORT_{name}" for name in ("REQUESTER", "AUTHOR", "OPERATOR", "ADMIN", "EXECUTOR", "PROBE", "RUNNER")
)


@dataclass(frozen=True, order=True)
class Grant:
    """One privilege on one object, or a role given to another (``kind`` ROLE).

    Attributes:
        role: who has it.
        privilege: such as SELECT.
        kind: the object's, as GRANT says it.
        name: the object, in capitals and without the types of its arguments.
        statement: what gives it.
    """

    role: str
    privilege: str
    kind: str
    name: str
    statement: str


def grants(names: ObjectNames) -> list[Grant]:
    """Every grant to the roles of the product; ownership is what a deployment gives, and not among them."""
    found: set[Grant] = set()
    for text in _texts(("grants",)):
        for privileges, kind, on, role in _GRANT.findall(text):
            whole = _whole(kind, on, names)
            for privilege in (part.strip() for part in privileges.split(",")):
                statement = f"GRANT {privilege} ON {kind} {whole} TO ROLE {role.upper()};"
                found.add(Grant(role.upper(), privilege, kind, plain(whole), statement))
        for given, role in _ROLE.findall(text):
            statement = f"GRANT ROLE {given.upper()} TO ROLE {role.upper()};"
            found.add(Grant(role.upper(), "USAGE", "ROLE", given.upper(), statement))
    return sorted(found)


def objects() -> dict[str, set[str]]:
    """Names in capitals by their kind: TABLE, VIEW, PROCEDURE, TASK."""
    found: dict[str, set[str]] = {}
    for text in _texts(_FOLDERS):
        for kind, name in _MADE.findall(text):
            found.setdefault(kind, set()).add(name.upper())
    return found


def plain(name: str) -> str:
    """A name as GRANT and SHOW GRANTS write it, without quotes and without the types of arguments."""
    return name.replace('"', "").partition("(")[0].upper()


def _whole(kind: str, on: str, names: ObjectNames) -> str:
    values = {"database": names.database, "schema": names.schema_name, "warehouse": names.warehouse}
    text = re.sub(r"\{\{ (\w+) \}\}", lambda place: values[place[1]], on)
    whole = text if kind in {"DATABASE", "SCHEMA", "WAREHOUSE"} else f"{names.database}.{names.schema_name}.{text}"
    return whole.upper()


@cache
def _texts(folders: tuple[str, ...]) -> tuple[str, ...]:
    """The scripts of some folders of ``sql/``, comments left out."""
    return tuple(_scripts(folders))


def _scripts(folders: tuple[str, ...]) -> Iterator[str]:
    for folder in folders:
        for script in files("sql").joinpath(folder).iterdir():
            if script.name.endswith(".sql"):
                yield re.sub(r"(?m)^\s*--.*$", "", script.read_text(encoding="utf-8"))
