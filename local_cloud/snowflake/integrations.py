"""INTEGRATION of four kinds: what a stage in S3 may reach, whom a notification goes to, and two that are only kept.

API and external access integrations are for what this Snowflake does not do, calls of the outside: they can be made,
shown and dropped, so that a move away from them can be tried.
"""

import hashlib
import re
from typing import Any, Final

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
# What DESCRIBE tells: property, type, default.
_STORAGE: Final = (
    ("ENABLED", "Boolean", "false"),
    ("STORAGE_PROVIDER", "String", ""),
    ("STORAGE_ALLOWED_LOCATIONS", "List", "[]"),
    ("STORAGE_BLOCKED_LOCATIONS", "List", "[]"),
    ("STORAGE_AWS_IAM_USER_ARN", "String", ""),
    ("STORAGE_AWS_ROLE_ARN", "String", ""),
    ("STORAGE_AWS_EXTERNAL_ID", "String", ""),
    ("COMMENT", "String", ""),
)
_NOTIFICATION: Final = (
    ("ENABLED", "Boolean", "false"),
    ("NOTIFICATION_PROVIDER", "String", ""),
    ("DIRECTION", "String", "INBOUND"),
    ("AWS_SNS_TOPIC_ARN", "String", ""),
    ("AWS_SNS_ROLE_ARN", "String", ""),
    ("SF_AWS_IAM_USER_ARN", "String", ""),
    ("SF_AWS_EXTERNAL_ID", "String", ""),
    ("ALLOWED_RECIPIENTS", "List", "[]"),
    ("DEFAULT_RECIPIENTS", "List", "[]"),
    ("DEFAULT_SUBJECT", "String", ""),
    ("COMMENT", "String", ""),
)


def create(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE] STORAGE | NOTIFICATION | API | EXTERNAL ACCESS INTEGRATION [IF NOT EXISTS] name options."""
    reader = Reader(sql)
    reader.expect("CREATE")
    replace = reader.accept("OR", "REPLACE")
    category = "EXTERNAL_ACCESS" if reader.accept("EXTERNAL", "ACCESS") else reader.word().upper()
    reader.expect("INTEGRATION")
    gently = reader.accept("IF", "NOT", "EXISTS")
    name = reader.identifier()
    options = read_options(reader)
    kind = _kind(category, {key: value.strip("'").upper() for key, value in options.items()})
    Guard(session, creating=True).need("ACCOUNT", ACCOUNT, "CREATE INTEGRATION")
    session.commit_before_ddl()
    if session.server.catalog.get(KIND, _NOWHERE, name) and not replace:
        if gently:
            return status(f"{name} already exists, statement succeeded.")
        raise failure(2002, "42710", f"{COMPILATION}Object '{name}' already exists.")
    kept = {"name": name, "category": category, "type": kind, "options": options, "created_on": now_text()}
    session.server.catalog.put(KIND, _NOWHERE, name, kept)
    session.server.privileges.created(KIND, (*_NOWHERE, name), session.acting_role)
    return status(f"Integration {name} successfully created.")


def _kind(category: str, options: dict[str, str]) -> str:
    """What SHOW calls the type of an integration.

    Raises:
        ProgrammingError: 000002 for one that is not there.
    """
    if category == "STORAGE":
        if options.get("STORAGE_PROVIDER") != "S3":
            raise not_supported("a storage integration with another STORAGE_PROVIDER than 'S3'")
        return "EXTERNAL_STAGE"
    if category == "NOTIFICATION":
        if options.get("TYPE") == "EMAIL":
            return "EMAIL"
        if (options.get("NOTIFICATION_PROVIDER"), options.get("DIRECTION")) != ("AWS_SNS", "OUTBOUND"):
            raise not_supported("a notification integration that is neither EMAIL nor OUTBOUND to AWS_SNS")
        return "QUEUE - AWS_SNS"
    return {"API": "EXTERNAL_API"}.get(category, category)


def describe(session: Session, sql: str, _params: Any) -> Result:
    """DESCRIBE [kind] INTEGRATION name: with the ARN and the external id that a trust policy wants."""
    name = _name(sql)
    kept = find(session, name)
    Guard(session).need_any(KIND, (*_NOWHERE, name))
    rows = _NOTIFICATION if _category(kept) == "NOTIFICATION" else _STORAGE
    names = ("property", "property_type", "property_value", "property_default")
    return from_rows(dict.fromkeys(names, _TEXT), [_property(kept, *row) for row in rows])


def _property(kept: dict[str, Any], name: str, kind: str, default: str) -> tuple[str, str, str, str]:
    digest = hashlib.sha256(kept["name"].encode()).hexdigest()
    if name.endswith("_IAM_USER_ARN"):
        return name, kind, f"arn:aws:iam::123456789012:user/{digest[:8]}-s", default
    if name.endswith("_EXTERNAL_ID"):
        return name, kind, f"LOCAL_SFCRole=1_{digest[8:36]}=", default
    value = kept["options"].get(name, "")
    if name == "ENABLED":
        return name, kind, value.lower() or "true", default
    return name, kind, ",".join(strings(value)) if kind == "List" else value.strip("'"), default


def show(session: Session, sql: str, _params: Any) -> Result:
    """SHOW [kind] INTEGRATIONS [LIKE …]."""
    sight = Sight(session)
    found = re.search(r"\bLIKE\s+'([^']*)'", sql, re.IGNORECASE)
    asked = re.match(r"\s*SHOW\s+(.*?)\s*\bINTEGRATIONS\b", sql, re.IGNORECASE | re.DOTALL)
    category = "_".join(asked[1].upper().split()) if asked else ""
    rows = [
        (
            kept["name"],
            kept.get("type", "EXTERNAL_STAGE"),
            _category(kept),
            kept["options"].get("ENABLED", "true").lower(),
            kept["options"].get("COMMENT", "").strip("'"),
            kept["created_on"],
        )
        for kept in session.server.catalog.all(KIND)
        if category in {"", _category(kept)}
        and like(found[1] if found else None, kept["name"])
        and sight.sees(KIND, (*_NOWHERE, kept["name"]))
    ]
    return from_rows(dict.fromkeys(("name", "type", "category", "enabled", "comment", "created_on"), _TEXT), rows)


def _category(kept: dict[str, Any]) -> str:
    return str(kept.get("category", "STORAGE"))  # of a directory that an earlier release wrote


def drop(session: Session, sql: str, _params: Any) -> Result:
    """DROP [kind] INTEGRATION [IF EXISTS] name."""
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
    options = find(session, name)["options"]
    Guard(session).need(KIND, (*_NOWHERE, name), "USAGE")
    allowed = strings(options.get("STORAGE_ALLOWED_LOCATIONS", ""))
    blocked = strings(options.get("STORAGE_BLOCKED_LOCATIONS", ""))
    if any(url.startswith(place) for place in blocked) or not any(p == "*" or url.startswith(p) for p in allowed):
        text = f"SQL execution error: Location '{url}' is not allowed by integration {name}."  # number: memory
        raise failure(3110, "42601", f"{text} Please use DESC INTEGRATION to check out allowed and blocked locations.")


def find(session: Session, name: str) -> dict[str, Any]:
    """An integration as it is kept.

    Raises:
        ProgrammingError: 002003 when there is none.
    """
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
