"""DESCRIBE USER: what kind of user somebody is, and since when his keys are set; and the note of when that was."""

import base64
import hashlib
from typing import Any, Final

from fakesnow.expr import normalise_ident

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.clock import now_text
from local_cloud.snowflake.errors import missing
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader

_KEPT: Final = "set_on"
_TIMED: Final = ("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2", "PASSWORD")
_NAMES: Final = ("DEFAULT_ROLE", "DEFAULT_WAREHOUSE", "TYPE")
_TOLD: Final = (
    "NAME", "COMMENT", "DISPLAY_NAME", "TYPE", "LOGIN_NAME", "FIRST_NAME", "LAST_NAME", "EMAIL", "PASSWORD",
    "MUST_CHANGE_PASSWORD", "DISABLED", "DAYS_TO_EXPIRY", "MINS_TO_UNLOCK", "DEFAULT_WAREHOUSE", "DEFAULT_NAMESPACE",
    "DEFAULT_ROLE", "DEFAULT_SECONDARY_ROLES", "EXT_AUTHN_DUO", "RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_FP",
    "RSA_PUBLIC_KEY_LAST_SET_TIME", "RSA_PUBLIC_KEY_2", "RSA_PUBLIC_KEY_2_FP", "RSA_PUBLIC_KEY_2_LAST_SET_TIME",
    "PASSWORD_LAST_SET_TIME",
)  # fmt: skip


def note_when_set(body: dict[str, Any], options: dict[str, str]) -> None:
    """Keep the moment at which keys and passwords were set, in what is kept of a user or of anything else."""
    timed = {name: now_text() for name in _TIMED if name in options}
    if timed:
        body[_KEPT] = body.get(_KEPT, {}) | timed


def describe(session: Session, sql: str, _params: Any) -> Result:
    """DESCRIBE USER name: his owner may, and everybody of himself.

    Raises:
        ProgrammingError: 002003 when there is no such user, or he may not be seen.
    """
    reader = Reader(sql)
    reader.word()
    reader.expect("USER")
    name = reader.identifier()
    body = session.server.catalog.get("USER", ("", ""), name)
    if name != session.login.user:
        if body is None:
            raise missing("USER", name)
        Guard(session).need("USER", ("", "", name), "OWNERSHIP")
    options = {"NAME": name, "LOGIN_NAME": name, **(body or {"options": {}})["options"]}
    options |= {key: normalise_ident(options[key]) for key in _NAMES if key in options}
    options |= {f"{key}_LAST_SET_TIME": at for key, at in (body or {}).get(_KEPT, {}).items()}
    options |= {f"{key}_FP": _fingerprint(options[key]) for key in _TIMED[:2] if options.get(key)}
    if "PASSWORD" in options:
        options["PASSWORD"] = "********"  # noqa: S105 - what Snowflake shows instead of one
    rows = [(key, options.get(key, "null"), "null", "") for key in _TOLD]
    return from_rows(dict.fromkeys(("property", "value", "default", "description"), "VARCHAR"), rows)


def _fingerprint(public_key: str) -> str:
    return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(public_key)).digest()).decode()
