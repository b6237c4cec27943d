"""What the current role may see: SHOW, INFORMATION_SCHEMA and DESCRIBE tell of nothing else."""

import dataclasses
from typing import Final

from sqlglot import Expr, exp, parse_one

from local_cloud.snowflake.access_checks import Guard, place_of
from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.privileges import ACCOUNT, Place
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.spool import as_table

_IN_SCHEMA: Final = ("database_name", "schema_name", "name")
_OF_TABLE: Final = ("database_name", "schema_name", "table_name")
# What SHOW lists -> (kind, columns of database, schema and name); first the longer word.
_SHOWN: Final = {
    "PRIMARY KEYS": ("TABLE", _OF_TABLE),
    "UNIQUE KEYS": ("TABLE", _OF_TABLE),
    "IMPORTED KEYS": ("TABLE", ("fk_database_name", "fk_schema_name", "fk_table_name")),
    "COLUMNS": ("TABLE", _OF_TABLE),
    "TABLES": ("TABLE", _IN_SCHEMA),
    "OBJECTS": ("TABLE", _IN_SCHEMA),
    "VIEWS": ("TABLE", _IN_SCHEMA),
    "STAGES": ("STAGE", _IN_SCHEMA),
    # owners of these are not recorded, so their schema stands for them
    "SEQUENCES": ("SCHEMA", ("database_name", "schema_name")),
    "FORMATS": ("SCHEMA", ("database_name", "schema_name")),
    "SCHEMAS": ("SCHEMA", ("database_name", "name")),
    "DATABASES": ("DATABASE", ("name",)),
    "USERS": ("USER", ("", "", "name")),
}
_OF_VIEW: Final = {
    "TABLES": ("TABLE", ("table_catalog", "table_schema", "table_name")),
    "VIEWS": ("TABLE", ("table_catalog", "table_schema", "table_name")),
    "COLUMNS": ("TABLE", ("table_catalog", "table_schema", "table_name")),
    "SCHEMATA": ("SCHEMA", ("catalog_name", "schema_name")),
    "DATABASES": ("DATABASE", ("database_name",)),
}
_INFORMATION_SCHEMA: Final = "INFORMATION_SCHEMA"


class Sight:
    """The eyes of a session's role; MANAGE GRANTS sees everything."""

    def __init__(self, session: Session) -> None:
        """Look through the role that counts now."""
        self._guard = Guard(session)
        self._rights = session.server.privileges
        self._temporary = session.temporary
        self.everything = self._guard.may("ACCOUNT", ACCOUNT, "MANAGE GRANTS")

    def sees(self, kind: str, place: Place) -> bool:
        """Whether the role has any privilege on an object, and USAGE on what holds it."""
        if self.everything:
            return True
        if place[1].upper() == _INFORMATION_SCHEMA:
            return bool(self._guard.held("DATABASE", (place[0], "", "")))
        return bool(self._guard.held(kind, place)) and self._enters(kind, place)

    def _enters(self, kind: str, place: Place) -> bool:
        if kind == "DATABASE" or not place[0]:
            return True
        inside = kind == "SCHEMA" or self._guard.may("SCHEMA", (*place[:2], ""), "USAGE")
        return inside and self._guard.may("DATABASE", (place[0], "", ""), "USAGE")

    def places(self, kind: str) -> list[Place]:
        """Everything of a kind that the role sees, INFORMATION_SCHEMA of its databases included."""
        known = {*self._rights.places(kind), *self._temporary}
        if kind == "SCHEMA":
            known |= {(place[0], _INFORMATION_SCHEMA, "") for place in self._rights.places("DATABASE")}
        return sorted(place for place in known if self.sees(kind, place))


def shown(session: Session, words: str, result: Result) -> Result:
    """The rows of a SHOW of fakesnow's that the role may see; `words` are the statement's first."""
    sight = Sight(session)
    rule = next((_SHOWN[word] for word in _SHOWN if f"{words} ".find(f" {word} ") > 0), None)
    if sight.everything or rule is None:
        return result
    kind, columns = rule
    table = as_table(result.table)
    rows = table.to_pylist()
    kept = [sight.sees(kind, _place([str(row.get(column) or "") for column in columns])) for row in rows]
    return dataclasses.replace(result, table=table.filter(pa.array(kept, type=pa.bool_())), rowcount=sum(kept))


def _place(parts: list[str]) -> Place:
    database, schema, name = [*parts, "", ""][:3]
    return database, schema, name


def veil(session: Session, statement: Expr) -> None:
    """Let the statement read of INFORMATION_SCHEMA only what the role may see; the tree is changed.

    Raises:
        ProgrammingError: 002003 for a database that the role may not use; 000002 for a view of INFORMATION_SCHEMA
            that cannot be narrowed here.
    """
    if not session.server.privileges.enforced or (isinstance(statement, exp.Create) and statement.kind == "VIEW"):
        return  # a view is made for all its readers
    found = [(table, name) for table in statement.find_all(exp.Table) if (name := _view_name(session, table))]
    sight = Sight(session) if found else None
    for table, name in found if sight and not sight.everything else ():
        Guard(session).enter(place_of(session, table)[0], "")
        if name not in _OF_VIEW:
            raise not_supported(f"INFORMATION_SCHEMA.{name} for a role that does not see everything (MANAGE GRANTS)")
        kind, columns = _OF_VIEW[name]
        seen = f"_SF_SEEN_{kind}"
        places = sight.places(kind) if sight else []
        parts = {f"p{i}": pa.array([place[i] for place in places], type=pa.string()) for i in range(3)}
        session.engine.register(seen, pa.table(parts))
        same = " AND ".join(f"seen.p{i} = whole.{column}" for i, column in enumerate(columns))
        only = f"SELECT * FROM x AS whole WHERE EXISTS (SELECT 1 FROM {seen} AS seen WHERE {same})"  # noqa: S608  names of ours
        narrowed = parse_one(only, read="snowflake")
        alias = table.alias or name
        plain = table.copy()
        plain.set("alias", exp.TableAlias(this=exp.to_identifier("whole")))
        narrowed.find(exp.Table).replace(plain)  # type: ignore[union-attr]  # x is one
        table.replace(exp.Subquery(this=narrowed, alias=exp.TableAlias(this=exp.to_identifier(alias))))


def _view_name(session: Session, table: exp.Table) -> str:
    """The name of a view of INFORMATION_SCHEMA; "" of any other table."""
    if not isinstance(table.this, exp.Identifier):
        return ""
    schema = table.db.upper() if table.db else str(session.schema or "").upper().removeprefix("_FS_")
    return table.name.upper() if schema == _INFORMATION_SCHEMA else ""
