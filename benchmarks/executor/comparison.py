"""The plain loop against the same stub, for comparison."""

import json
import os
import subprocess
import sys

from benchmarks.executor.buckets import quota_s
from benchmarks.executor.rig import SETTINGS, rig
from benchmarks.executor.rows import PLAIN, Row
from benchmarks.executor.with_snowflake import connect, installed


def plain(jobs: int, runs_s: float) -> list[Row]:
    """All jobs wait from the start.

    Args:
        jobs: how many.
        runs_s: how long each task runs, in seconds.
    """
    with installed() as signing_in, rig(aws=["--runs-s", str(runs_s)], queue=None) as run:
        with connect(signing_in) as connection:
            cursor = connection.cursor()
            cursor.execute("CREATE TABLE plain_jobs (id INTEGER, status VARCHAR, arn VARCHAR)")
            values = ", ".join(f"({job}, 'QUEUED', NULL)" for job in range(jobs))
            cursor.execute(f"INSERT INTO plain_jobs VALUES {values}")  # noqa: S608 - numbers of our own
        environment = os.environ | SETTINGS | signing_in | {"AWS_ENDPOINT_URL": run.endpoint}
        command = [sys.executable, "-m", "benchmarks.executor.plain_loop"]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        aws, cost = run.aws(), json.loads(done.stdout)
    took_s = max(aws["launched_s"]) - min(aws["launched_s"])
    calls = sum(aws["calls"].values())
    return [
        Row(
            f"plain loop: {jobs} jobs launched, over what the quota allows",
            took_s / quota_s(jobs),
            "times",
            None,
            PLAIN,
        ),
        Row("… throttled", sum(aws["throttled"].values()), "calls", None, PLAIN),
        Row("… CPU per 1,000 jobs", cost["cpu_s"] * 1000 / jobs, "s", None, PLAIN),
        Row("… Snowflake statements per job", cost["statements"] / jobs, "", None, PLAIN),
        Row(f"… ECS calls per job of {runs_s:.0f} s", calls / jobs, "", None, PLAIN),
    ]
