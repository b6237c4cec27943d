"""The built-in reports as versions in ``REPORT_TYPES``: added when their content is new, else left alone.

What was once a version is never added again, so that a later version of the users' own stays the newest.
"""

import hashlib
import json

from snowflake.connector import DictCursor, SnowflakeConnection

from contract.binding import bound
from contract.report import ReportDefinition
from sql import load
from sql.reports import load_report, report_names


def define_builtin(connection: SnowflakeConnection) -> dict[str, int]:
    """Add every built-in report that is no version of its type yet; answers type to version of those added."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(load("report_type_versions"))
        known: dict[str, dict[str, int]] = {}
        for row in cursor.fetchall():
            known.setdefault(row["REPORT_TYPE"], {})[row["DIGEST"]] = int(row["VERSION"])
        added: dict[str, int] = {}
        for name in report_names():
            text = _canonical(name)
            digest = hashlib.sha256(text.encode()).hexdigest()
            versions = known.get(name, {})
            if digest in versions:
                continue
            added[name] = max(versions.values(), default=0) + 1
            values = {"report_type": name, "version": added[name], "definition": text, "digest": digest}
            cursor.execute(*bound(load("insert_report_type"), values))
    return added


def _canonical(name: str) -> str:
    definition = ReportDefinition.model_validate(load_report(name))
    return json.dumps(definition.model_dump(mode="json", by_alias=True, exclude_defaults=True), sort_keys=True)
