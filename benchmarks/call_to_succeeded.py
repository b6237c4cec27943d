"""From CALL to SUCCEEDED: seconds of one job at a time on the local stack, with the local Fargate's delay at 0.

Run it with ``python -m benchmarks.call_to_succeeded --jobs 15``; ``make bench-executor`` shows its total. Beside
the whole it shows where the time goes, from the times on the job's own row, and the bare process of the runner's
container for comparison.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import snowflake.connector
from rich.console import Console
from rich.table import Table
from snowflake.connector import DictCursor

from executor.cli.aws_options import AwsOptions
from executor.cli.local_stack import Ports, Say, Stack, local_stack

POLL_S = 0.05
STEPS = (
    ("CALL to claimed", "ENQUEUED_AT", "CLAIMED_AT"),
    ("claimed to launched", "CLAIMED_AT", "LAUNCHED_AT"),
    ("launched to running", "LAUNCHED_AT", "STARTED_AT"),
    ("running to stopped", "STARTED_AT", "FINISHED_AT"),
)


def _connect(stack: Stack) -> snowflake.connector.SnowflakeConnection:
    names = ("account", "user", "password", "host", "port", "protocol", "database", "schema", "warehouse")
    arguments: dict[str, Any] = {name: stack.environment[f"SNOWFLAKE_{name.upper()}"] for name in names}
    return snowflake.connector.connect(**arguments, paramstyle="qmark")


def _one(connection: snowflake.connector.SnowflakeConnection) -> dict[str, float]:
    cursor = connection.cursor(DictCursor)
    began_s = time.perf_counter()
    cursor.execute("CALL reporting.generate_report('SALES_REPORT')")
    answer = cursor.fetchone()
    called_s = time.perf_counter() - began_s
    job_id = json.loads(next(iter(dict(answer or {}).values())))["job_id"]
    while True:
        cursor.execute("SELECT * FROM reporting.jobs WHERE job_id = ?", (job_id,))
        row = dict(cursor.fetchall()[0])
        if row["STATUS"] in {"SUCCEEDED", "FAILED"}:
            break
        time.sleep(POLL_S)
    total_s = time.perf_counter() - began_s
    if row["STATUS"] != "SUCCEEDED":
        raise SystemExit(f"{job_id} is {row['STATUS']}: {row['ERROR']}")
    steps = {name: (row[end] - row[start]).total_seconds() for name, start, end in STEPS}
    ran_s = (row["FINISHED_AT"] - row["ENQUEUED_AT"]).total_seconds()
    return {"the CALL itself": called_s, **steps, "stopped to seen SUCCEEDED": total_s - ran_s, "total": total_s}


def _bare_process() -> float:
    began_s = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import runner.__main__, snowflake.connector, pyarrow, boto3"], check=True)
    return time.perf_counter() - began_s


def _print(runs: Sequence[dict[str, float]], bare_s: Sequence[float]) -> None:
    table = Table(title=f"One job after the other, {len(runs)} jobs: seconds")
    for heading in ("step", "p50", "min", "max"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for name in runs[0]:
        values = [run[name] for run in runs]
        table.add_row(name, *(f"{value:.2f}" for value in (statistics.median(values), min(values), max(values))))
    bare = statistics.median(bare_s)
    table.add_row("(a bare Python that imports the same)", f"{bare:.2f}", f"{min(bare_s):.2f}", f"{max(bare_s):.2f}")
    Console(width=100).print(table)
    total = statistics.median(run["total"] for run in runs)
    print(f"CALL to SUCCEEDED p50 {total:.2f} s = {total / bare:.1f} x the bare process")


def measure(jobs: int, say: Say) -> list[dict[str, float]]:
    """Start a stack and run so many jobs, one after the other; the seconds of each by step, ``total`` among them."""
    with (
        tempfile.TemporaryDirectory() as folder,
        local_stack(
            Path(folder), executor=True, ports=Ports(), aws_options=AwsOptions(start_delay_s=0.0), say=say
        ) as stack,
        _connect(stack) as connection,
    ):
        _one(connection)  # the first job warms every cache
        return [_one(connection) for _ in range(jobs)]


def main() -> None:
    """Run the jobs, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=15)
    _print(measure(parser.parse_args().jobs, print), [_bare_process() for _ in range(5)])


if __name__ == "__main__":
    main()
