"""STORAGE INTEGRATION: what a stage in S3 may reach. Kept and shown; the local AWS asks for no role."""

import hashlib
import re
from typing import Any

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.clock import now_text
from local_cloud.snowflake.errors import COMPILATION, failure, missing, not_supported
from local_cloud.snowflake.names import like
from local_cloud.snowflake.privileges import ACCOUNT, OWNERSHIP
from local_cloud.snowflake.result import Result, from_rows, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader
from local_cloud.snowflake.stage_options import read_options, strings
from local_cloud.snowflake.visibility import Sight

KIND = "INTEGRATION"
_NOWHERE = ("", "")
_TEXT = "VARCHAR"


def create(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE] STORAGE INTEGRATION [IF NOT EXISTS] name TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' …."""
    reader = Reader(sql)
    reader.expect("CREATE")
    replace = reader.accept("OR", "REPLACE")
    reader.expect("STORAGE", "INTEGRATION")
    gently = reader.accept("IF", "NOT", "EXISTS")
    name = reader.identifier()
    options = read_options(reader)
    if options.get("STORAGE_PROVIDER", "").strip("'").upper() != "S3":
        raise not_supported("a storage integration with another STORAGE_PROVIDER than 'S3'")
    Guard(session, creating=True).need("ACCOUNT", ACCOUNT, "CREATE INTEGRATION")
    session.commit_before_ddl()
    if session.server.catalog.get(KIND, _NOWHERE, name) and not replace:
        if gently:
            return status(f"{name} already exists, statement succeeded.")
        raise failure(2002, "42710", f"{COMPILATION}Object '{name}' already exists.")
    session.server.catalog.put(KIND, _NOWHERE, name, {"name": name, "options": options, "created_on": now_text()})
    session.server.privileges.created(KIND, (*_NOWHERE, name), session.acting_role)
    return status(f"Integration {name} successfully created.")


def describe(session: Session, sql: str, _params: Any) -> Result:
    """DESCRIBE [STORAGE] INTEGRATION name: with the ARN and the external id that a trust policy wants."""
    name = _name(sql)
    options = _kept(session, name)["options"]
    Guard(session).need_any(KIND, (*_NOWHERE, name))
    digest = hashlib.sha256(name.encode()).hexdigest()
    rows = [
        ("ENABLED", "Boolean", options.get("ENABLED", "true").lower(), "false"),
        ("STORAGE_PROVIDER", "String", "S3", ""),
        ("STORAGE_ALLOWED_LOCATIONS", "List", ",".join(strings(options.get("STORAGE_ALLOWED_LOCATIONS", ""))), "[]"),
        ("STORAGE_BLOCKED_LOCATIONS", "List", ",".join(strings(options.get("STORAGE_BLOCKED_LOCATIONS", ""))), "[]"),
        ("STORAGE_AWS_IAM_USER_ARN", "String", f"arn:aws:iam::123456789012:user/{digest[:8]}-s", ""),
        ("STORAGE_AWS_ROLE_ARN", "String", options.get("STORAGE_AWS_ROLE_ARN", "").strip("'"), ""),
        ("STORAGE_AWS_EXTERNAL_ID", "String", f"LOCAL_SFCRole=1_{digest[8:36]}=", ""),
        ("COMMENT", "String", options.get("COMMENT", "").strip("'"), ""),
    ]
    names = ("property", "property_type", "property_value", "property_default")
    return from_rows(dict.fromkeys(names, _TEXT), rows)


def show(session: Session, sql: str, _params: Any) -> Result:
    """SHOW [STORAGE] INTEGRATIONS [LIKE …]."""
    sight = Sight(session)
    found = re.search(r"\bLIKE\s+'([^']*)'", sql, re.IGNORECASE)
    rows = [
        (
            kept["name"],
            "EXTERNAL_STAGE",
            "STORAGE",
            kept["options"].get("ENABLED", "true").lower(),
            kept["options"].get("COMMENT", "").strip("'"),
            kept["created_on"],
        )
        for kept in session.server.catalog.all(KIND)
        if like(found[1] if found else None, kept["name"]) and sight.sees(KIND, (*_NOWHERE, kept["name"]))
    ]
    return from_rows(dict.fromkeys(("name", "type", "category", "enabled", "comment", "created_on"), _TEXT), rows)


def drop(session: Session, sql: str, _params: Any) -> Result:
    """DROP [STORAGE] INTEGRATION [IF EXISTS] name."""
    name = _name(sql)
    session.commit_before_ddl()
    if session.server.catalog.get(KIND, _NOWHERE, name):
        Guard(session).need(KIND, (*_NOWHERE, name), OWNERSHIP)
        session.server.privileges.forget(KIND, (*_NOWHERE, name))
    if session.server.catalog.drop(KIND, _NOWHERE, name):
        return status(f"{name} successfully dropped.")
    if re.search(r"\bIF\s+EXISTS\b", sql, re.IGNORECASE):
        return status("Drop statement executed successfully (object already dropped).")
    raise missing("integration", name)


def refuse_location(session: Session, name: str, url: str) -> None:
    """Raise for a URL that an integration does not allow.

    Raises:
        ProgrammingError: 002003 without the integration, 003001 without USAGE on it, 003110 for a location outside of
            those it allows.
    """
    options = _kept(session, name)["options"]
    Guard(session).need(KIND, (*_NOWHERE, name), "USAGE")
    allowed = strings(options.get("STORAGE_ALLOWED_LOCATIONS", ""))
    blocked = strings(options.get("STORAGE_BLOCKED_LOCATIONS", ""))
    if any(url.startswith(place) for place in blocked) or not any(p == "*" or url.startswith(p) for p in allowed):
        text = f"SQL execution error: Location '{url}' is not allowed by integration {name}."  # number: memory
        raise failure(3110, "42601", f"{text} Please use DESC INTEGRATION to check out allowed and blocked locations.")


def _kept(session: Session, name: str) -> dict[str, Any]:
    kept = session.server.catalog.get(KIND, _NOWHERE, name)
    if kept is None:
        raise missing("integration", name)
    return kept


def _name(sql: str) -> str:
    reader = Reader(sql)
    while not reader.accept("INTEGRATION"):
        reader.word()
    reader.accept("IF", "EXISTS")
    return reader.identifier()
