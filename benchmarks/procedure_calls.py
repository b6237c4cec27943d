"""How long a CALL takes on the local Snowflake, and importing the procedures' code out of its zip.

Run it with ``python -m benchmarks.procedure_calls``. One session calls, one CALL after the other; the figures of a real
account are others, and the first CALL there loads a Python of its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.processes import connected, served
from executor.deploy import procedures_zip
from executor.deploy.snowflake import deploy
from executor.settings import ObjectNames, SnowflakeSettings

MARK_CALL_S = 0.3
MARK_DAILY_S = 2.0
TYPES = 200
_MANY = """INSERT INTO report_types (report_type, version, definition, digest, defined_at)
SELECT 'MANY_' || SEQ4(), 1, PARSE_JSON(?), 'many', SYSDATE() FROM TABLE(GENERATOR(ROWCOUNT => 200))"""
_DEFINITION = {"title": "One of many", "cadence": "daily", "queries": [{"name": "q", "sql": "SELECT 1 AS n"}]}
_INSERTS = """SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 10000))
WHERE query_text ILIKE 'INSERT INTO job_intake%'"""
_IMPORT = """import sys, time; import snowflake.snowpark; sys.path.insert(0, sys.argv[1]); began = time.perf_counter()
import snowpark_procs.handlers as h; print(time.perf_counter() - began); assert h.__file__.startswith(sys.argv[1])"""


def _timed(times: int, act: Callable[[int], object]) -> list[float]:
    took = []
    for number in range(times):
        began = time.perf_counter()
        act(number)
        took.append(time.perf_counter() - began)
    return took


def _imports(folder: Path, times: int) -> list[float]:
    name, raw = procedures_zip.build()
    (folder / name).write_bytes(raw)
    command = [sys.executable, "-I", "-c", _IMPORT, str(folder / name)]
    return [float(subprocess.run(command, capture_output=True, text=True, check=True).stdout) for _ in range(times)]


def _calls(endpoint: dict[str, Any], times: int) -> list[tuple[str, list[float], float | None]]:
    sign_in = {"account": "local", "user": "bench", "password": "any", "protocol": "http"}
    where = {"host": endpoint["host"], "port": endpoint["port"]}
    names = ObjectNames()
    deploy(
        installation="bench",
        bucket="bench-files",
        names=names,
        snowflake_settings=SnowflakeSettings.model_validate(sign_in | where),
        say=lambda _line: None,
    )
    place = {"database": names.database, "schema": names.schema_name, "warehouse": names.warehouse}
    with connected(endpoint, **place) as connection:
        cursor = connection.cursor()

        def one(text: str, *binds: object) -> Any:
            return (cursor.execute(text, binds).fetchone() or [None])[0]  # type: ignore[union-attr]  # never None here

        job_id = json.loads(one("CALL generate_report('SALES_REPORT')"))["job_id"]  # and the first loads the code
        asked = _timed(times, lambda _: one("CALL generate_report('SALES_REPORT')"))
        looked = _timed(times, lambda _: one("CALL report_status(?)", job_id))
        one(_MANY, json.dumps(_DEFINITION))
        before = one(_INSERTS)
        days = 5
        daily = _timed(days, lambda day: one("CALL generate_daily_reports(?)", f"2026-03-{day + 1:02}"))
        inserts = (one(_INSERTS) - before) / days
    return [
        ("CALL generate_report", asked, MARK_CALL_S),
        ("CALL report_status", looked, MARK_CALL_S),
        (f"CALL generate_daily_reports, {TYPES} report types, {inserts:g} INSERT each", daily, MARK_DAILY_S),
    ]


def main() -> None:
    """Measure and print; exit code 1 when a mark is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=30, help="how many CALLs of each kind")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as folder, served("local_cloud.snowflake", "--data-dir", folder) as server:
        rows = _calls(server.endpoint, times)
        rows.append(("import of the procedures' code from the zip", _imports(Path(folder), 7), None))
    table = Table("what", "p50 (s)", "p95 (s)", "mark for p50 (s)")
    for name, took, mark in rows:
        p95 = statistics.quantiles(took, n=20, method="inclusive")[18]
        table.add_row(name, f"{statistics.median(took):.3f}", f"{p95:.3f}", "" if mark is None else f"{mark:g}")
    Console().print(table)
    if any(mark is not None and statistics.median(took) > mark for _, took, mark in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
