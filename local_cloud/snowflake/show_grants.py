"""SHOW GRANTS: TO a role or user, OF a role, ON an object or the account."""

import re
from typing import Any

from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.grant_text import read_grant
from local_cloud.snowflake.privileges import family_of
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader

_ASKED = re.compile(r"SHOW\s+GRANTS\s+(TO\s+ROLE|TO\s+USER|OF\s+ROLE|ON)\s+(.+?)\s*;?\s*$", re.IGNORECASE | re.DOTALL)
_COLUMNS = (
    "created_on", "privilege", "granted_on", "name", "granted_to", "grantee_name", "grant_option", "granted_by",
)  # fmt: skip


def show_grants(session: Session, sql: str, _params: Any) -> Result:
    """The grants of a role, of a user, or on an object; who gave them is not kept.

    Raises:
        ProgrammingError: 000002 for another form of SHOW GRANTS.
    """
    asked = _ASKED.match(sql.strip())
    if asked is None:
        raise not_supported("SHOW GRANTS in this form; TO ROLE, TO USER, OF ROLE and ON an object are")
    side, name = " ".join(asked[1].upper().split()), asked[2]
    if side == "ON":
        object_ = read_grant(session, f"GRANT USAGE ON {name} TO ROLE nobody")
        of_object = (family_of(object_.kind), tuple(object_.place))
        found = [g for g in _all(session) if (g["kind"], tuple(g["place"])) == of_object]
    elif side == "OF ROLE":
        wanted = ("ROLE", "USAGE", Reader(name).identifier())
        found = [g for g in _all(session) if (g["kind"], g["privilege"], g["place"][2]) == wanted]
    else:
        grantee = Reader(name).identifier()
        holder = f"USER {grantee}" if side == "TO USER" else grantee
        found = [g for g in _all(session) if g["role"] == holder]
    return from_rows(dict.fromkeys(_COLUMNS, "VARCHAR"), [_row(g) for g in found])


def _all(session: Session) -> list[dict[str, Any]]:
    return session.server.privileges.told()


def _row(grant: dict[str, Any]) -> tuple[str, ...]:
    user = grant["role"].startswith("USER ")
    name = ".".join(part for part in grant["place"] if part)
    return (
        grant.get("created_on", ""),
        grant["privilege"],
        grant["kind"],
        name,
        "USER" if user else "ROLE",
        grant["role"].removeprefix("USER "),
        "false",
        "",
    )
