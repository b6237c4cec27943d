"""What a deployment would do, before it does it: objects, code, scripts, grants, built-in reports."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import as_file, files
from typing import Any, Final

from snowflake.connector import DictCursor, SnowflakeConnection

from executor.deploy import bells, foreign_roles, migrations, owner, report_types, rights, tasks, templates
from executor.settings import ObjectNames
from sql import BOOTSTRAP_STEPS

_MADE: Final = re.compile(r"CREATE\s+(DATABASE|SCHEMA|WAREHOUSE|STAGE|ROLE)\s+IF\s+NOT\s+EXISTS\s+([\w.$]+)")
_KIND: Final = re.compile(r"^(?:R__(view|procedure|task)_(?:\d+_)?|V\d+__|A__)(\w+)\.sql$")
_TOUCHED: Final = re.compile(r"\b(?:TABLE|VIEW)\s+IF\s+NOT\s+EXISTS\s+(\w+)|\bALTER\s+TABLE\s+(\w+)", re.IGNORECASE)
_PACKAGES: Final = re.compile(r"RUNTIME_VERSION = '([^']+)'|PACKAGES = \(([^)]*)\)")
_GRANT: Final = re.compile(r"^(?:GRANT|REVOKE)\b[^;]*", re.MULTILINE)


@dataclass(frozen=True)
class Change:
    """One script: ``kind`` is migration, view, procedure or task; ``name`` the object, or what a migration touches."""

    script: str
    kind: str
    name: str
    is_new: bool


@dataclass(frozen=True)
class Plan:
    """What ``deploy`` would do to one installation."""

    where: str
    """Database and schema."""
    new_objects: tuple[str, ...]
    code: str
    """The zip's name; its content is in its name."""
    code_is_new: bool
    runtime: str
    """Python's version, in which the procedures run."""
    packages: tuple[str, ...]
    changes: tuple[Change, ...]
    tasks_to_start: tuple[str, ...]
    grants: tuple[str, ...]
    """Said again at each deployment, so that what somebody took away comes back."""
    reports: tuple[str, ...]
    bells: tuple[str, ...] = ()
    """Which notification integrations will be others than so far, for the doorbell and for telling operators."""
    not_known: str | None = None
    """Why changes and reports could not be told, if so."""

    @property
    def nothing_new(self) -> bool:
        """Whether all is there already and only the grants would be said again."""
        return not (self.new_objects or self.code_is_new or self.changes or self.reports or self.bells)

    def as_json(self) -> dict[str, Any]:
        """The plan for machines; its keys are stable."""
        return asdict(self) | {"nothing_new": self.nothing_new}


def made(
    connection: SnowflakeConnection, names: ObjectNames, variables: Mapping[str, str], arguments: Mapping[str, Any]
) -> Plan:
    """Compare what is there with what this release brings; changes nothing.

    Args:
        connection: with the role that would deploy; no database is needed.
        names: database, schema, warehouse.
        variables: what the scripts are filled in with.
        arguments: how schemachange would sign in.

    Raises:
        MigrationError: schemachange could not tell.
        MissingRightsError: the role may not deploy.
        ForeignQueueError: the queue is another installation's.
        ForeignRoleError: a role is somebody else's.
        snowflake.connector.errors.Error: Snowflake refused a look.
    """
    where = f"{names.database}.{names.schema_name}"
    new = tuple(_new_objects(connection, names, variables))
    rights.need(connection, names, variables["deployer"], new)
    foreign_roles.check(connection, names, variables["deployer"])
    is_first = f"schema {where}" in new
    # What was applied before is asked of a warehouse, and a plan makes none.
    may_ask = not is_first and f"warehouse {names.warehouse}" not in new
    before = {}
    if not is_first:
        connection.cursor().execute(templates.query("use_schema", database=names.database, schema=names.schema_name))
        before = tasks.states(connection)
    if may_ask:
        connection.cursor().execute(templates.query("use_warehouse", warehouse=names.warehouse))
        owner.check(connection, variables["installation"], variables["bucket"])
    runtime, packages = _surroundings()
    changes = tuple(_changes(variables, where, arguments, is_first=is_first)) if is_first or may_ask else ()
    # What reads the versions of reports reads columns that a migration may still have to add.
    migrates = any(change.kind == "migration" for change in changes)
    reports: list[tuple[str, int, str]] = []
    if is_first or (may_ask and not migrates):
        reports = report_types.missing(None if is_first else connection)
    return Plan(
        where=where,
        new_objects=new,
        code=variables["procedures_zip"],
        code_is_new=is_first or not _is_staged(connection, variables["procedures_zip"], new),
        runtime=runtime,
        packages=packages,
        changes=changes,
        tasks_to_start=tuple(name for name in tasks.wanted(before) if before.get(name) != "started"),
        grants=tuple(_grants(variables)),
        reports=tuple(f"{name} v{version}" for name, version, _ in reports),
        bells=tuple(bells.changes(connection, names, is_first=is_first)) if is_first or may_ask else (),
        not_known=_not_known(names, is_first=is_first, may_ask=may_ask, migrates=migrates),
    )


def _not_known(names: ObjectNames, *, is_first: bool, may_ask: bool, migrates: bool) -> str | None:
    if is_first:
        return None
    if not may_ask:
        return (
            "whose queue this is, scripts, built-in reports and integrations cannot be compared before warehouse "
            f"{names.warehouse} is there"
        )
    return "built-in reports are compared after the migrations" if migrates else None


def _new_objects(connection: SnowflakeConnection, names: ObjectNames, variables: Mapping[str, str]) -> Iterable[str]:
    there = {("DATABASE", name) for name in _shown(connection, "show_databases")}
    there |= {("WAREHOUSE", name) for name in _shown(connection, "show_warehouses")}
    there |= {("ROLE", name) for name in _shown(connection, "show_roles")}
    if ("DATABASE", names.database.upper()) in there:
        there |= {("SCHEMA", name) for name in _shown(connection, "show_schemas", database=names.database)}
    if ("SCHEMA", names.schema_name.upper()) in there:
        where = {"database": names.database, "schema": names.schema_name}
        there |= {("STAGE", name) for name in _shown(connection, "show_stages", **where)}
    for step in BOOTSTRAP_STEPS:
        for kind, name in _MADE.findall(templates.script(f"bootstrap/{step}.sql", **variables)):
            if (kind, name.split(".")[-1].upper()) not in there:
                yield f"{kind.lower()} {name}"


def _shown(connection: SnowflakeConnection, statement: str, **values: str) -> set[str]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(templates.query(statement, **values))
        return {str(dict(row)["name"]).upper() for row in cursor.fetchall()}


def _is_staged(connection: SnowflakeConnection, name: str, new_objects: Iterable[str]) -> bool:
    if any(found.startswith("stage ") for found in new_objects):
        return False
    with connection.cursor() as cursor:
        cursor.execute(templates.query("staged_code"))
        return any(str(row[0]).endswith(f"/{name}") for row in cursor.fetchall())


def _changes(
    variables: Mapping[str, str], where: str, arguments: Mapping[str, Any], *, is_first: bool
) -> Iterable[Change]:
    with as_file(files("sql")) as root:
        if is_first:
            scripts = [migrations.Script(name, is_new=True) for name in migrations.names(root)]
        else:
            scripts = migrations.pending(root, variables, f"{where}.CHANGE_HISTORY", arguments)
        for found in scripts:
            kind = _KIND.match(found.name)
            if found.name.startswith("V"):
                text = (root / "migrations" / found.name).read_text(encoding="utf-8")
                touched = sorted({name for pair in _TOUCHED.findall(text) for name in pair if name})
                yield Change(found.name, "migration", ", ".join(touched), found.is_new)
            elif kind and kind.group(1):
                yield Change(found.name, kind.group(1), kind.group(2), found.is_new)


def _surroundings() -> tuple[str, tuple[str, ...]]:
    runtime, packages = "", set()
    for path in files("sql").joinpath("procedures").iterdir():
        for version, listed in _PACKAGES.findall(path.read_text(encoding="utf-8")):
            runtime = version or runtime
            packages |= set(re.findall(r"'([^']+)'", listed))
    return runtime, tuple(sorted(packages))


def _grants(variables: Mapping[str, str]) -> Iterable[str]:
    for path in sorted(files("sql").joinpath("grants").iterdir(), key=lambda path: path.name):
        text = templates.filled(path.read_text(encoding="utf-8"), **variables)
        yield from (" ".join(found.split()) for found in _GRANT.findall(text))
