"""The built-in reports as versions in ``REPORT_TYPES``: added when their content is new, else left alone.

What was once a version is never added again, so that a later version of the users' own stays the newest; a type that
somebody dropped stays dropped.
"""

from typing import Any

from snowflake.connector import DictCursor, SnowflakeConnection

from contract.binding import bound
from contract.definition import canonical, digest_of, parse_definition
from sql import load
from sql.reports import load_report, report_names


def define_builtin(connection: SnowflakeConnection) -> dict[str, int]:
    """Add every built-in report that is no version of its type yet; answers type to version of those added.

    Raises:
        RefusedError: a definition of ours is wrong.
    """
    added = {}
    with connection.cursor() as cursor:
        for name, version, text in missing(connection):
            values = {"report_type": name, "version": version, "definition": text, "digest": digest_of(text)}
            cursor.execute(*bound(load("insert_report_type"), values))
            added[name] = version
    return added


def missing(connection: SnowflakeConnection | None) -> list[tuple[str, int, str]]:
    """Type, version and text of the built-in reports to be added; all of them where there is no table to ask yet.

    Raises:
        RefusedError: a definition of ours is wrong.
    """
    known: dict[str, dict[str, int]] = {}
    dropped: dict[str, bool] = {}
    for row in _versions(connection) if connection else ():
        known.setdefault(row["REPORT_TYPE"], {})[row["DIGEST"]] = int(row["VERSION"])
        dropped[row["REPORT_TYPE"]] = bool(row["DROPPED"])  # the last row is the newest version
    found = []
    for name in report_names():
        text = canonical(parse_definition(load_report(name)))
        versions = known.get(name, {})
        if digest_of(text) not in versions and not dropped.get(name, False):
            found.append((name, max(versions.values(), default=0) + 1, text))
    return found


def _versions(connection: SnowflakeConnection) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(load("report_type_versions"))
        return [dict(row) for row in cursor.fetchall()]
