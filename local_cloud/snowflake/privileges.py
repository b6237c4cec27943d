"""Who owns what and who may do what: roles, grants, owners and future grants, kept through restarts."""

import threading
from collections import defaultdict
from typing import Any, Final

from local_cloud.snowflake.catalog import Catalog
from local_cloud.snowflake.clock import now_text

Place = tuple[str, str, str]
"""(database, schema, name); a schema has no name, a database no schema, an account's object neither of the two."""

ACCOUNT: Final[Place] = ("", "", "")
OWNERSHIP: Final = "OWNERSHIP"
_KIND: Final = "PRIVILEGE"
_FUTURE: Final = "FUTURE_PRIVILEGE"
_ADMINISTRATOR: Final = "ACCOUNTADMIN"
# Snowflake's own roles and what they hold (docs user-guide/security-access-control-overview).
SYSTEM_ROLES: Final = {
    _ADMINISTRATOR: ("SYSADMIN", "SECURITYADMIN"),
    "SECURITYADMIN": ("USERADMIN",),
    "SYSADMIN": (),
    "USERADMIN": (),
    "PUBLIC": (),
}
_ON_ACCOUNT: Final = {
    _ADMINISTRATOR: ("EXECUTE TASK", "EXECUTE MANAGED TASK", "MONITOR EXECUTION", "CREATE INTEGRATION"),
    "SYSADMIN": ("CREATE DATABASE", "CREATE WAREHOUSE"),
    "SECURITYADMIN": ("MANAGE GRANTS",),
    "USERADMIN": ("CREATE ROLE", "CREATE USER"),
}
_CREATED_IN_SCHEMA: Final = ("TABLE", "VIEW", "STAGE", "PROCEDURE", "FUNCTION", "TASK", "STREAM", "SEQUENCE")
ALL_OF: Final = {
    "TABLE": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"),
    "VIEW": ("SELECT", "REFERENCES"),
    "SCHEMA": ("USAGE", "MODIFY", "MONITOR", *(f"CREATE {kind}" for kind in _CREATED_IN_SCHEMA)),
    "DATABASE": ("USAGE", "MODIFY", "MONITOR", "CREATE SCHEMA"),
    "WAREHOUSE": ("USAGE", "OPERATE", "MODIFY", "MONITOR"),
    "TASK": ("MONITOR", "OPERATE"),
    "STAGE": ("USAGE", "READ", "WRITE"),
}


def family_of(kind: str) -> str:
    """The kind under which privileges are kept: a view shares the names of tables."""
    return "TABLE" if kind in {"VIEW", "TABLE", "MATERIALIZED VIEW", "DYNAMIC TABLE"} else kind


class Privileges:
    """The account's grants; `enforced` says whether anything is refused for want of one."""

    def __init__(self, catalog: Catalog) -> None:
        """Read what the catalog holds."""
        self.enforced = True
        self._catalog = catalog
        self._guard = threading.Lock()
        self._held: dict[tuple[str, Place], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._roles: dict[str, set[str]] = defaultdict(set)  # holder -> roles granted to it
        for kept in catalog.all(_KIND):
            self._remember(kept["kind"], tuple(kept["place"]), kept["privilege"], kept["role"])

    def _remember(self, kind: str, place: Place, privilege: str, role: str) -> None:
        self._held[kind, place][role].add(privilege)
        if kind == "ROLE" and privilege == "USAGE":
            self._roles[role].add(place[2])

    def grant(self, kind: str, place: Place, privilege: str, role: str) -> None:
        """Give a privilege on an object to a role, or (kind ROLE, USAGE) a role to a role or `USER name`."""
        kind = family_of(kind)
        with self._guard:
            self._remember(kind, place, privilege, role)
        body = {"kind": kind, "place": place, "privilege": privilege, "role": role, "created_on": now_text()}
        self._catalog.put(_KIND, place[:2], _key(kind, place, privilege, role), body)

    def revoke(self, kind: str, place: Place, privilege: str, role: str) -> None:
        """Take it back."""
        kind = family_of(kind)
        with self._guard:
            self._held[kind, place][role].discard(privilege)
            if kind == "ROLE" and privilege == "USAGE":
                self._roles[role].discard(place[2])
        self._catalog.drop(_KIND, place[:2], _key(kind, place, privilege, role))

    def own(self, kind: str, place: Place, role: str) -> None:
        """Make a role the one owner of an object."""
        for owner in self._holders(kind, place, OWNERSHIP):
            self.revoke(kind, place, OWNERSHIP, owner)
        self.grant(kind, place, OWNERSHIP, role)

    def created(self, kind: str, place: Place, role: str) -> None:
        """A new object: its creator owns it, and future grants of its schema, or else its database, apply."""
        self.forget(kind, place)
        self.own(kind, place, role)
        waiting = [kept for kept in self._catalog.all(_FUTURE, place[0]) if kept["kind"] == kind]
        of_schema = [kept for kept in waiting if kept["schema"] and kept["schema"] == place[1] and place[2]]
        of_database = [kept for kept in waiting if not kept["schema"]]
        for kept in of_schema or of_database:
            if kept["privilege"] == OWNERSHIP:
                self.own(kind, place, kept["role"])
            else:
                self.grant(kind, place, kept["privilege"], kept["role"])

    def forget(self, kind: str, place: Place) -> None:
        """An object is gone, with every grant on it and on what it held."""
        kind = family_of(kind)
        with self._guard:
            gone = [(k, p) for k, p in self._held if (k, p) == (kind, place) or _is_within(kind, place, p)]
            lost = [(*key, self._held.pop(key)) for key in gone]
        for k, p, roles in lost:
            for role, privileges in roles.items():
                for privilege in privileges:
                    self._catalog.drop(_KIND, p[:2], _key(k, p, privilege, role))

    def forget_holder(self, holder: str, heir: str) -> None:
        """A role or `USER name` is gone: its grants are, too, and what it owned is the heir's."""
        with self._guard:
            held = [(k, p, tuple(roles[holder])) for (k, p), roles in self._held.items() if roles.get(holder)]
            self._roles.pop(holder, None)
        for kind, place, privileges in held:
            for privilege in privileges:
                if privilege == OWNERSHIP:
                    self.own(kind, place, heir)
                else:
                    self.revoke(kind, place, privilege, holder)
        with self._guard:
            for roles_held in self._roles.values():
                roles_held.discard(holder)

    def future(self, kind: str, scope: tuple[str, str], privilege: str, role: str, *, give: bool = True) -> None:
        """GRANT (or REVOKE) … ON FUTURE …: for the objects of a kind that are created in (database, schema or '')."""
        name = f"{kind}|{privilege}|{role}"
        if give:
            body = {"kind": kind, "schema": scope[1], "privilege": privilege, "role": role}
            self._catalog.put(_FUTURE, scope, name, body)
        else:
            self._catalog.drop(_FUTURE, scope, name)

    def roles_of(self, role: str) -> frozenset[str]:
        """The role and every role it holds, directly or through others, PUBLIC with it."""
        found, queue = set[str](), [role, "PUBLIC"]
        while queue:
            holder = queue.pop()
            if holder not in found:
                found.add(holder)
                queue += [*SYSTEM_ROLES.get(holder, ()), *self._roles.get(holder, ())]
        return frozenset(found)

    def roles_of_user(self, user: str) -> frozenset[str]:
        """Every role that a user may use."""
        granted = [self.roles_of(role) for role in self._roles.get(f"USER {user}", ())]
        return frozenset({"PUBLIC"}.union(*granted))

    def held(self, kind: str, place: Place, roles: frozenset[str]) -> frozenset[str]:
        """The privileges that any of `roles` has on an object; what nobody owns belongs to ACCOUNTADMIN."""
        kind = family_of(kind)
        with self._guard:
            kept = self._held.get((kind, place), {})
            found = {privilege for role in roles for privilege in kept.get(role, ())}
            owned = any(OWNERSHIP in privileges for privileges in kept.values())
        if not owned and _ADMINISTRATOR in roles:
            found.add(OWNERSHIP)
        if place == ACCOUNT:
            found |= {privilege for role in roles for privilege in _ON_ACCOUNT.get(role, ())}
        return frozenset(found)

    def told(self) -> list[dict[str, Any]]:
        """Every grant: kind, place, privilege, role (or `USER name`), created_on."""
        return list(self._catalog.all(_KIND))

    def places(self, kind: str) -> list[Place]:
        """Every object of a kind on which anybody has a privilege."""
        with self._guard:
            return [place for known, place in self._held if known == family_of(kind)]

    def owner(self, kind: str, place: Place) -> str:
        """The role that owns an object; empty when it is not known."""
        return next(iter(self._holders(kind, place, OWNERSHIP)), "")

    def has_owner(self, kind: str, place: Place) -> bool:
        """Whether an object's owner is known, which means that it exists."""
        return bool(self._holders(kind, place, OWNERSHIP))

    def _holders(self, kind: str, place: Place, privilege: str) -> list[str]:
        with self._guard:
            kept = self._held.get((family_of(kind), place), {})
            return [role for role, privileges in kept.items() if privilege in privileges]


def _key(kind: str, place: Place, privilege: str, role: str) -> str:
    return f"{kind}|{place[2]}|{privilege}|{role}"


def _is_within(kind: str, place: Place, other: Place) -> bool:
    if kind == "DATABASE":
        return other[0] == place[0]
    return kind == "SCHEMA" and other[:2] == place[:2]
