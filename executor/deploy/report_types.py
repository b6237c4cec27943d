"""The built-in reports as versions in ``REPORT_TYPES``: added when their content is new, else left alone.

What was once a version is never added again, so that a later version of the users' own stays the newest; a type that
somebody dropped stays dropped.
"""

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
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(load("report_type_versions"))
        known: dict[str, dict[str, int]] = {}
        dropped: dict[str, bool] = {}
        for row in cursor.fetchall():
            known.setdefault(row["REPORT_TYPE"], {})[row["DIGEST"]] = int(row["VERSION"])
            dropped[row["REPORT_TYPE"]] = bool(row["DROPPED"])  # the last row is the newest version
        added: dict[str, int] = {}
        for name in report_names():
            text = canonical(parse_definition(load_report(name)))
            versions = known.get(name, {})
            if digest_of(text) in versions or dropped.get(name, False):
                continue
            added[name] = max(versions.values(), default=0) + 1
            values = {"report_type": name, "version": added[name], "definition": text, "digest": digest_of(text)}
            cursor.execute(*bound(load("insert_report_type"), values))
    return added
