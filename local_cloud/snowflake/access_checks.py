"""May the current role do this? Snowflake's rules and codes: what one may not see does not exist."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import COMPILATION, failure
from local_cloud.snowflake.privileges import ACCOUNT, OWNERSHIP, Place

if TYPE_CHECKING:
    from local_cloud.snowflake.session import Session

_TARGETED: Final = {
    exp.Insert: ("INSERT",),
    exp.Update: ("UPDATE",),
    exp.Delete: ("DELETE",),
    exp.TruncateTable: ("TRUNCATE",),
    exp.Copy: ("INSERT",),
}

OF_SERVER: Final = "of_server"
"""Marks a table in a statement that the server itself put there; nobody needs a grant on it."""


def hidden(kind: str, name: str, sqlstate: str = "02000") -> Exception:
    """An object that the role may not know of (002003)."""
    return failure(2003, sqlstate, f"{COMPILATION}{kind} '{name}' does not exist or not authorized.")


def insufficient(kind: str, name: str) -> Exception:
    """An object that the role knows and may not do this to (003001)."""
    text = f"SQL access control error:\nInsufficient privileges to operate on {kind} '{name}'"
    return failure(3001, "42501", text)


def no_warehouse() -> Exception:
    """Compute is needed, and the session has no warehouse that its role may use (000606)."""
    text = "No active warehouse selected in the current session.  Select an active warehouse with the 'use warehouse' "
    return failure(606, "57P03", f"{text}command.")


class Guard:
    """The checks of one session; without enforcement everything is allowed."""

    def __init__(self, session: "Session", *, creating: bool = False) -> None:
        """Look through the eyes of the session's roles, or of the owner whose rights it runs with.

        Args:
            session: whose roles count.
            creating: only the primary role counts, which alone can allow a CREATE.
        """
        self.session = session
        self.rights = session.server.privileges
        self.roles = frozenset[str]()
        if self.rights.enforced:
            self.roles = self.rights.roles_of(session.acting_role)
            if session.secondary and not creating:
                self.roles |= session.secondary_roles()

    def held(self, kind: str, place: Place) -> frozenset[str]:
        """The role's privileges on an object."""
        if place in self.session.temporary:
            return frozenset((OWNERSHIP,))
        return self.rights.held(kind, place, self.roles)

    def may(self, kind: str, place: Place, privilege: str) -> bool:
        """Whether the role has a privilege, or owns the object."""
        return not self.rights.enforced or not {privilege, OWNERSHIP}.isdisjoint(self.held(kind, place))

    def enter(self, database: str, schema: str) -> None:
        """USAGE on a database and a schema.

        Raises:
            ProgrammingError: 002003 without it.
        """
        if not self.may("DATABASE", (database, "", ""), "USAGE"):
            raise hidden("Database", database)
        if schema and not self.may("SCHEMA", (database, schema, ""), "USAGE"):
            raise hidden("Schema", f"{database}.{schema}")

    def need(self, kind: str, place: Place, *privileges: str) -> None:
        """Every one of `privileges` on an object.

        Raises:
            ProgrammingError: 002003 when the role has none at all on it, 003001 when it has others.
        """
        if not self.rights.enforced:
            return
        if place[0]:
            self.enter(place[0], place[1])
        held = self.held(kind, place)
        shown = place[2] or place[1] or place[0] or "LOCAL"
        if not held and place != ACCOUNT:
            raise hidden("Object" if kind == "TABLE" else kind.capitalize(), ".".join(p for p in place if p), "42S02")
        if OWNERSHIP not in held and not held.issuperset(privileges):
            raise insufficient(kind.lower(), shown)

    def need_any(self, kind: str, place: Place) -> None:
        """To see an object: any privilege on it.

        Raises:
            ProgrammingError: 002003 when the role has none.
        """
        self.need(kind, place)

    def need_to_create(self, kind: str, database: str, schema: str) -> None:
        """CREATE … in a schema.

        Raises:
            ProgrammingError: 002003 when database or schema are hidden, 003001 without the privilege.
        """
        if self.rights.enforced:
            self.enter(database, schema)
            if not self.may("SCHEMA", (database, schema, ""), f"CREATE {kind}"):
                raise insufficient("schema", schema)

    def need_warehouse(self) -> None:
        """A warehouse that exists, that the role may use and that runs or may wake by itself.

        Raises:
            ProgrammingError: 000606 without one.
        """
        name, server = self.session.warehouse, self.session.server
        if self.session.serverless:
            return
        resumes = server.warehouse_options(name or "").get("AUTO_RESUME", "TRUE").upper() == "TRUE"
        if not resumes and not server.meter.is_awake(name or ""):
            raise no_warehouse()
        if not self.rights.enforced:
            return
        if not name or not self.may_use_warehouse(name):
            raise no_warehouse()

    def may_use_warehouse(self, name: str) -> bool:
        """Whether a warehouse exists for this role."""
        exists = self.session.server.catalog.get("WAREHOUSE", ("", ""), name) is not None
        return not self.rights.enforced or (exists and self.may("WAREHOUSE", ("", "", name), "USAGE"))


def place_of(session: "Session", table: exp.Table) -> Place:
    """Where a table stands, made whole with the current database and schema."""

    def part(name: str, default: str | None) -> str:
        found = table.args.get(name)
        if not isinstance(found, exp.Identifier):
            return default or ""
        return found.name if found.quoted else found.name.upper()

    return part("catalog", session.database), part("db", session.schema), part("this", "")


def check(session: "Session", statement: Expr) -> None:
    """Everything that a parsed statement reads, writes, makes or drops.

    Raises:
        ProgrammingError: 002003 or 003001.
    """
    guard = Guard(session)
    target = _target(statement)
    for privileges in (wanted for kind, wanted in _TARGETED.items() if isinstance(statement, kind)):
        for table in [target] if target else statement.find_all(exp.Table):
            if isinstance(table.this, exp.Identifier):  # COPY may write to a stage
                guard.need("TABLE", place_of(session, table), *privileges)
    if isinstance(statement, exp.Merge) and target:
        guard.need("TABLE", place_of(session, target), "SELECT", *_merge_privileges(statement))
    if isinstance(statement, exp.Describe) and isinstance(statement.this, exp.Table):
        guard.need_any("TABLE", place_of(session, statement.this))
    if isinstance(statement, (exp.Query, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Copy, exp.Create)):
        for table in _sources(session, statement, target):
            guard.need("TABLE", place_of(session, table), "SELECT")


def _target(statement: Expr) -> exp.Table | None:
    table = statement.this if isinstance(statement, (exp.DML, exp.Create, exp.Merge)) else None
    if isinstance(table, exp.Schema):
        table = table.this
    return table if isinstance(table, exp.Table) else None


def _merge_privileges(merge: exp.Merge) -> set[str]:
    from local_cloud.snowflake.merge import operations  # noqa: PLC0415  merge.py knows results, which know us

    return set(operations(merge))


def _sources(session: "Session", statement: Expr, target: exp.Table | None) -> Iterator[exp.Table]:
    in_own_schema = not str(session.schema).upper().startswith("_FS")  # after USE SCHEMA INFORMATION_SCHEMA it is not
    named = {found.alias.upper() for found in statement.find_all(exp.CTE)}
    for table in statement.find_all(exp.Table):
        schema = str(table.args.get("db") or "").strip('"').upper()
        is_plain = isinstance(table.this, exp.Identifier) and not (table.name.upper() in named and not schema)
        if table.meta.get(OF_SERVER):
            continue
        if table is not target and is_plain and schema != "INFORMATION_SCHEMA" and (schema or in_own_schema):
            yield table
