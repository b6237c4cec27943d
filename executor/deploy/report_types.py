"""The built-in reports as versions in ``REPORT_TYPES``: added when their content is new, else left alone."""

import hashlib
import json

from snowflake.connector import DictCursor, SnowflakeConnection

from contract.binding import bound
from contract.report import ReportDefinition
from sql import load
from sql.reports import load_report, report_names


def define_builtin(connection: SnowflakeConnection) -> dict[str, int]:
    """Bring every built-in report type to its newest version; answers type to version of those that changed."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(load("report_types"))
        known = {row["REPORT_TYPE"]: (int(row["VERSION"]), row["DIGEST"]) for row in cursor.fetchall()}
        added: dict[str, int] = {}
        for name in report_names():
            text = _canonical(name)
            digest = hashlib.sha256(text.encode()).hexdigest()
            version, known_digest = known.get(name, (0, None))
            if digest == known_digest:
                continue
            values = {"report_type": name, "version": version + 1, "definition": text, "digest": digest}
            cursor.execute(*bound(load("insert_report_type"), values))
            added[name] = version + 1
    return added


def _canonical(name: str) -> str:
    definition = ReportDefinition.model_validate(load_report(name))
    return json.dumps(definition.model_dump(mode="json", by_alias=True, exclude_defaults=True), sort_keys=True)
