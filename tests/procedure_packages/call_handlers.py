"""Calls handlers out of the zip, as Snowflake does: nothing is there but the zip and what PACKAGES brings.

``python -I call_handlers.py ZIP HOST PORT`` prints one JSON object: versions, how many seconds the import took, where
the code came from, and the handlers' answers.
"""

import json
import sys
import time
from importlib.metadata import version
from typing import Any

DEFINITION = {"queries": [{"name": "q", "sql": "SELECT 1 AS n"}], "title": "From the zip", "cadence": "daily"}


def imported(zip_path: str) -> tuple[Any, float]:
    """The module of the handlers, and how long our own part of the import took (s), Snowpark loaded before."""
    import snowflake.snowpark  # noqa: F401, PLC0415  # Snowflake has loaded it when the handler's module is imported

    sys.path.insert(0, zip_path)
    began = time.perf_counter()
    from snowpark_procs import handlers  # noqa: PLC0415  # it is in the zip only

    return handlers, time.perf_counter() - began


def answers(handlers: Any, session: Any) -> dict[str, Any]:
    """What the handlers say, one after the other."""
    name = f"ZIP_{version('pydantic').replace('.', '_')}"
    said: dict[str, Any] = {"define_report": handlers.define_report(session, name, DEFINITION)}
    asked = handlers.generate_report(session, name, {}, {"priority": 70})
    said["generate_report"] = asked
    said["report_status"] = handlers.report_status(session, asked["job_id"])
    said["generate_reports"] = handlers.generate_reports(session, [{"report_type": name}] * 3)
    said["generate_daily_reports"] = handlers.generate_daily_reports(session, None)
    said["pause_reports"] = handlers.pause_reports(session, name)
    said["cancel_report"] = handlers.cancel_report(session, asked["job_id"])
    said["prune_history"] = handlers.prune_history(session, 30)
    try:
        handlers.generate_report(session, name, {}, {"priority": 700, "no_such": 1})
    except ValueError as refusal:
        said["refused"] = str(refusal)
    return said


def main() -> None:
    """Import, call, print."""
    zip_path, host, port = sys.argv[1:]
    handlers, import_s = imported(zip_path)
    from snowflake import connector, snowpark  # noqa: PLC0415  # what PACKAGES brings, timed apart

    where = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
    connection = connector.connect(
        account="local", user="tester", password="any", protocol="http", host=host, port=int(port),
        paramstyle="qmark", platform_detection_timeout_seconds=0, **where,
    )  # fmt: skip
    session = snowpark.Session.builder.configs({"connection": connection}).create()
    told = {
        "pydantic": version("pydantic"),
        "import_s": import_s,
        "code": handlers.__file__,
        "answers": answers(handlers, session),
    }
    sys.stdout.write(json.dumps(told, default=str))


if __name__ == "__main__":
    main()
