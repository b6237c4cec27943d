"""The check of the grants: each of the product's roles may do what ``sql/grants`` says."""

from collections.abc import Iterable
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.granted import ROLES, Grant, grants, plain
from doctor.checks.place import SIGN_IN, CannotLookError, Place, RefusedError

_RELATIONS: Final = frozenset({"TABLE", "VIEW"})
Held = set[tuple[str, str, str]]
"""Privilege, kind and name of what a role was granted."""


class Grants:
    """What the roles may do."""

    id = "grants"
    question = "Each of the product's roles may do what an installation grants it"
    severity = Severity.ERROR
    reads = ("MANAGE GRANTS, or the product's roles themselves",)
    theory = (
        "Snowflake says of what a role may not see that it does not exist: a procedure that is there cannot be called,"
        " a job cannot be claimed, and nothing names the grant that is missing."
    )

    def look(self, place: Place) -> list[Fault]:
        """Compare what Snowflake tells of each role with what the scripts grant."""
        wanted, found, hidden = grants(place.names), list[Fault](), list[str]()
        for role in ROLES:
            try:
                rows = place.rows("show_grants_to_role", role=role)
            except RefusedError as error:
                if error.code == SIGN_IN:
                    raise
                hidden.append(role)
                continue
            found += _missing(role, [one for one in wanted if one.role == role], _held(rows))
        if hidden and not found:
            raise CannotLookError(f"Snowflake does not tell what {', '.join(hidden)} may do: it takes MANAGE GRANTS")
        return found


def _held(rows: Iterable[dict[str, Any]]) -> Held:
    told = [{str(key).lower(): value for key, value in row.items()} for row in rows]
    return {(str(one["privilege"]), _family(str(one["granted_on"])), plain(str(one["name"]))) for one in told}


def _family(kind: str) -> str:
    return "TABLE" if kind in _RELATIONS else kind


def _missing(role: str, wanted: list[Grant], held: Held) -> list[Fault]:
    if wanted and not held:
        says = f"role {role} is not there, or nothing at all is granted to it"
        return [Fault(says, "reporting deploy snowflake makes it and grants it what it needs.")]
    lacking = [
        one
        for one in wanted
        if not {(right, _family(one.kind), one.name) for right in (one.privilege, "OWNERSHIP")} & held
    ]
    return [Fault(f"{role} lacks {one.privilege} on {one.kind.lower()} {one.name}", one.statement) for one in lacking]
