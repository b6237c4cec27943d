"""Roles, grants, users and warehouses: made, changed, shown."""

import re
from typing import Any

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.clock import now_text
from local_cloud.snowflake.describe_users import note_when_set
from local_cloud.snowflake.errors import COMPILATION, failure, missing
from local_cloud.snowflake.grant_text import apply, read_grant, refuse_granting
from local_cloud.snowflake.names import like
from local_cloud.snowflake.option_values import refuse_wrong_numbers
from local_cloud.snowflake.privileges import ACCOUNT
from local_cloud.snowflake.result import DONE, Result, from_rows, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader
from local_cloud.snowflake.visibility import Sight
from local_cloud.snowflake.warehouse_state import suspend_or_resume

_ACCOUNT = ("", "")


def _create(session: Session, sql: str, *words: str) -> tuple[str, dict[str, str], bool]:
    """(name, options, whether it is new) of a CREATE of an account object."""
    reader = Reader(sql)
    reader.expect("CREATE")
    replace = reader.accept("OR", "REPLACE") or reader.accept("OR", "ALTER")
    reader.expect(*words)
    gently = reader.accept("IF", "NOT", "EXISTS")
    name = ".".join(reader.name())
    there = session.server.catalog.get(words[-1], _ACCOUNT, name)
    if there and not replace and not gently:
        raise failure(2002, "42710", f"{COMPILATION}Object '{name}' already exists.")
    options = _options(reader)
    if there and gently:
        return name, options, False
    Guard(session, creating=True).need("ACCOUNT", ACCOUNT, f"CREATE {words[-1]}")
    session.commit_before_ddl()
    body: dict[str, Any] = {"name": name, "created_on": now_text(), "owner": session.role, "options": options}
    note_when_set(body, options)
    session.server.catalog.put(words[-1], _ACCOUNT, name, body)
    session.server.privileges.created(words[-1], ("", "", name), session.acting_role)
    return name, options, True


def _options(reader: Reader) -> dict[str, str]:
    options: dict[str, str] = {}
    reader.accept("WITH")
    while not reader.done:
        name = reader.identifier()
        if reader.accept("="):
            options[name] = f"({reader.group()})" if reader.peek() == "(" else reader.word()
        reader.accept(",")
    refuse_wrong_numbers(options)
    return options


def _created(kind: str, name: str, *, new: bool) -> Result:
    return status(f"{kind} {name} successfully created." if new else f"{name} already exists, statement succeeded.")


def _drop(session: Session, sql: str, *words: str) -> Result:
    reader = Reader(sql)
    reader.expect("DROP", *words)
    gently = reader.accept("IF", "EXISTS")
    name = ".".join(reader.name())
    session.commit_before_ddl()
    if session.server.catalog.get(words[-1], _ACCOUNT, name):
        Guard(session).need(words[-1], ("", "", name), "OWNERSHIP")
    if session.server.catalog.drop(words[-1], _ACCOUNT, name):
        session.server.privileges.forget(words[-1], ("", "", name))
        if words[-1] in {"ROLE", "USER"}:
            holder = name if words[-1] == "ROLE" else f"USER {name}"
            session.server.privileges.forget_holder(holder, session.acting_role)
        return status(f"{name} successfully dropped.")
    if gently:
        return status("Drop statement executed successfully (object already dropped).")
    raise missing(words[-1], name)


def _alter(session: Session, sql: str, *words: str) -> Result:
    reader = Reader(sql)
    reader.expect("ALTER", *words)
    gently = reader.accept("IF", "EXISTS")
    name = ".".join(reader.name())
    body = session.server.catalog.get(words[-1], _ACCOUNT, name)
    if body is None:
        if gently:
            return status(DONE)
        raise missing(words[-1], name)
    privilege = "OPERATE" if reader.peek() in {"SUSPEND", "RESUME"} else "MODIFY"
    Guard(session).need(words[-1], ("", "", name), privilege)
    if reader.accept("SET"):
        options = _options(reader)
        body["options"] |= options
        note_when_set(body, options)
    elif reader.accept("SUSPEND"):
        body["state"] = "SUSPENDED"
    elif reader.accept("RESUME"):
        body["state"] = "STARTED"
    elif reader.accept("UNSET"):
        for option in re.split(r"\s*,\s*", reader.rest()):
            body["options"].pop(option.upper(), None)
    session.server.catalog.put(words[-1], _ACCOUNT, name, body)
    return status(DONE)


def create_role(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE] [DATABASE] ROLE."""
    words = ("DATABASE", "ROLE") if re.search(r"DATABASE\s+ROLE", sql[:60], re.IGNORECASE) else ("ROLE",)
    name, _, new = _create(session, sql, *words)
    return _created("Role", name, new=new)


def drop_role(session: Session, sql: str, _params: Any) -> Result:
    """DROP [DATABASE] ROLE."""
    words = ("DATABASE", "ROLE") if re.search(r"DATABASE\s+ROLE", sql[:60], re.IGNORECASE) else ("ROLE",)
    return _drop(session, sql, *words)


def show_roles(session: Session, sql: str, _params: Any) -> Result:
    """SHOW ROLES [LIKE …]."""
    names = ("created_on", "name", "is_default", "is_current", "is_inherited", "owner", "comment")
    kept: list[dict[str, Any]] = [
        {"name": n, "created_on": "", "owner": "", "options": {}} for n in ("ACCOUNTADMIN", "PUBLIC", "SYSADMIN")
    ]
    rows = [
        (r["created_on"], r["name"], "N", "Y" if r["name"] == session.role else "N", "N", r["owner"], _comment(r))
        for r in [*kept, *session.server.catalog.all("ROLE")]
        if like(_pattern(sql), r["name"])
    ]
    return from_rows(dict.fromkeys(names, "VARCHAR"), rows)


def _pattern(sql: str) -> str | None:
    found = re.search(r"\bLIKE\s+'((?:[^']|'')*)'", sql, re.IGNORECASE)
    return found[1].replace("''", "'") if found else None


def _comment(body: dict[str, Any]) -> str:
    return str(body["options"].get("COMMENT", ""))


def grant(session: Session, sql: str, _params: Any) -> Result:
    """GRANT …: recorded, and in force."""
    session.commit_before_ddl()
    given = read_grant(session, sql)
    refuse_granting(session, given)
    apply(session, given, give=True)
    return status(DONE)


def revoke(session: Session, sql: str, _params: Any) -> Result:
    """REVOKE …: the grant is forgotten."""
    session.commit_before_ddl()
    taken = read_grant(session, sql)
    refuse_granting(session, taken)
    apply(session, taken, give=False)
    return status(DONE)


def create_warehouse(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE | OR ALTER] WAREHOUSE; it becomes the session's, as in Snowflake."""
    name, options, new = _create(session, sql, "WAREHOUSE")
    session.use_warehouse(name)
    if new and options.get("INITIALLY_SUSPENDED", "FALSE").upper() != "TRUE":
        session.server.meter.wake(name)
    return _created("Warehouse", name, new=new)


def alter_warehouse(session: Session, sql: str, _params: Any) -> Result:
    """ALTER WAREHOUSE name SET | SUSPEND | RESUME."""
    done = _alter(session, sql, "WAREHOUSE")
    said = re.search(r"([\w$\"]+)\s+(SUSPEND|RESUME(?:\s+IF\s+SUSPENDED)?)\s*$", sql, re.IGNORECASE)
    if said:
        suspend_or_resume(session, Reader(said[1]).identifier(), said[2].upper())
    return done


def drop_warehouse(session: Session, sql: str, _params: Any) -> Result:
    """DROP WAREHOUSE."""
    reader = Reader(sql)
    reader.expect("DROP", "WAREHOUSE")
    reader.accept("IF", "EXISTS")
    session.server.meter.sleep(reader.identifier())
    return _drop(session, sql, "WAREHOUSE")


def show_warehouses(session: Session, sql: str, _params: Any) -> Result:
    """SHOW WAREHOUSES [LIKE …]."""
    names = (
        "name state type size running queued is_default is_current auto_suspend auto_resume created_on owner comment"
    )
    rows, sight = [], Sight(session)
    for kept in session.server.catalog.all("WAREHOUSE"):
        options, name = kept["options"], kept["name"]
        if like(_pattern(sql), name) and sight.sees("WAREHOUSE", ("", "", name)):
            size = options.get("WAREHOUSE_SIZE", "X-Small")
            state = "STARTED" if session.server.meter.is_awake(name) else "SUSPENDED"
            current = "Y" if name == session.warehouse else "N"
            suspend, resume = options.get("AUTO_SUSPEND", "600"), options.get("AUTO_RESUME", "true").lower()
            about = (suspend, resume, kept["created_on"], kept["owner"], _comment(kept))
            rows.append((name, state, "STANDARD", size, "0", "0", "N", current, *about))
    return from_rows(dict.fromkeys(names.split(), "VARCHAR"), rows)


def create_user(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE] USER; a password or a public key said here is asked for at logging in."""
    name, _, new = _create(session, sql, "USER")
    return _created("User", name, new=new)


def alter_user(session: Session, sql: str, _params: Any) -> Result:
    """ALTER USER name SET …."""
    return _alter(session, sql, "USER")


def drop_user(session: Session, sql: str, _params: Any) -> Result:
    """DROP USER."""
    return _drop(session, sql, "USER")
