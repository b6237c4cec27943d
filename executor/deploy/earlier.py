"""What is left of an earlier design, in which Snowflake called an HTTP service: what it was, what stands for it now.

Found by name: functions and procedures, and the integrations, network rules and secrets that served them. An external
access integration that only those use that were found is found with them, whatever its name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from snowflake.connector import DictCursor, SnowflakeConnection

from executor.deploy import templates
from executor.settings import ObjectNames
from sql import load

PATTERNS: Final = ("GENERATE_REPORT_VIA_ECS", "GENERATE_SALES_REPORT_ECS", "CHECK_ECS_JOB_STATUS")
"""The functions by which the earlier design was called."""
LIKELY: Final = (*PATTERNS, "ECS_*", "*_ECS", "*_ECS_*")
"""Those, and how what served them is mostly called: after what it calls."""

Row = Mapping[str, Any]
_ACCESS: Final = "EXTERNAL ACCESS INTEGRATION"
_CALLERS: Final = frozenset(("FUNCTION", "PROCEDURE"))
_INTEGRATION: Final = "nothing: the executor asks Snowflake, and Snowflake calls nobody"
# The statement that shows them, what they are in DROP, what stands for them; in the order in which they are dropped.
_KINDS: Final = (
    (
        "show_external_functions",
        "FUNCTION",
        "the procedure {schema}.{name}(…), with the same arguments and answer; CALL it",
    ),
    (
        "show_user_functions",
        "FUNCTION",
        "the procedure {schema}.{name}(…), with the same arguments and answer; CALL it",
    ),
    ("show_procedures", "PROCEDURE", "the procedures of {schema}, which call nobody"),
    ("show_external_access_integrations", _ACCESS, _INTEGRATION),
    ("show_api_integrations", "API INTEGRATION", _INTEGRATION),
    ("show_network_rules", "NETWORK RULE", _INTEGRATION),
    ("show_secrets", "SECRET", "nothing: the service's key is no longer needed; rotate it there"),
)
STATEMENTS: Final = tuple(statement for statement, *_ in _KINDS)
"""What is asked of Snowflake to find it."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """One object of the earlier design."""

    kind: str
    """As DROP calls it."""
    name: str
    """Whole and quoted, with the types of its arguments."""
    instead: str


def find(connection: SnowflakeConnection, names: ObjectNames, patterns: Sequence[str]) -> list[Earlier]:
    """What is left of it, in the order in which it can be dropped.

    Args:
        connection: with a role that sees the account's objects.
        names: of our own queue, whose own procedures are never meant; functions there are, because we make none.
        patterns: names, ``*`` for any characters.
    """
    return found_in({statement: _rows(connection, statement) for statement in STATEMENTS}, names, patterns)


def found_in(told: Mapping[str, Sequence[Row]], names: ObjectNames, patterns: Sequence[str]) -> list[Earlier]:
    """As :func:`find`, in what Snowflake answered to each of ``STATEMENTS``."""
    own = (names.database.upper(), names.schema_name.upper())
    wanted = re.compile("|".join(re.escape(pattern.upper()).replace(r"\*", ".*") for pattern in patterns))
    shown = dict(told)
    shown["show_procedures"] = [row for row in shown["show_procedures"] if _place(row)[:2] != own]
    callers = [row for statement, kind, _ in _KINDS if kind in _CALLERS for row in shown[statement]]
    served = _used_by([row for row in callers if wanted.fullmatch(_place(row)[2])])
    served -= _used_by([row for row in callers if not wanted.fullmatch(_place(row)[2])])
    found: dict[tuple[str, str], Earlier] = {}
    for statement, kind, instead in _KINDS:
        for row in shown[statement]:
            name = _place(row)[2]
            if wanted.fullmatch(name) or (kind == _ACCESS and name in served):
                said = instead.format(schema=names.schema_name, name=name)
                found.setdefault((kind, _whole(row, kind)), Earlier(kind, _whole(row, kind), said))
    return list(found.values())


def drop(connection: SnowflakeConnection, one: Earlier) -> None:
    """Drop it.

    Raises:
        snowflake.connector.errors.Error: it is still in use, or this role does not own it.
    """
    # Names cannot be bound; these are quoted, as Snowflake told them.
    connection.cursor().execute(templates.query("drop_earlier", kind=one.kind, name=one.name))


def _used_by(rows: Sequence[Row]) -> set[str]:
    """The external access integrations that functions and procedures say they use: a column of SHOW, ``[A, B]``."""
    told = " ".join(str(row.get("external_access_integrations") or "") for row in rows)
    return {name.upper() for name in re.findall(r"[A-Za-z_][\w$]*", told)}


def _place(row: Row) -> tuple[str, str, str]:
    database = row.get("database_name") or row.get("catalog_name") or ""
    return str(database), str(row.get("schema_name") or ""), str(row["name"])


def _whole(row: Row, kind: str) -> str:
    name = ".".join('"' + part.replace('"', '""') + '"' for part in _place(row) if part)
    if kind not in _CALLERS:
        return name
    types = re.search(r"\((.*?)\)\s+RETURN", str(row.get("arguments") or ""))
    return f"{name}({types[1].replace('DEFAULT ', '') if types else ''})"


def _rows(connection: SnowflakeConnection, statement: str) -> list[Row]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(load(statement))
        return [dict(row) for row in cursor.fetchall()]
