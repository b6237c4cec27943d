"""From the commit of a CALL until RunTask arrives at ECS."""

import json
import random
import statistics
import time
import urllib.request

from snowflake.connector import SnowflakeConnection

from benchmarks.executor.hints_stub import QUEUE
from benchmarks.executor.rig import rig
from benchmarks.executor.rows import SNOWFLAKE, Row
from benchmarks.executor.with_snowflake import connect, installed
from executor.cli.local_settings import BUCKET, INSTALLATION


def reaction(jobs: int) -> list[Row]:
    """One job after the other, at moments that fit no rhythm; first without a doorbell, then with one.

    Args:
        jobs: how many of each.
    """
    without, with_bell = _waits_s(jobs, doorbell=False), _waits_s(jobs, doorbell=True)
    what = f"commit of the CALL to RunTask, p50 of {jobs}"
    return [
        Row(f"{what}, no doorbell", statistics.median(without), "s", 2.5, SNOWFLAKE),
        Row("… the longest", max(without), "s", None, SNOWFLAKE),
        Row(f"{what}, with the doorbell", statistics.median(with_bell), "s", 0.5, SNOWFLAKE),
        Row("… the longest", max(with_bell), "s", None, SNOWFLAKE),
    ]


def _waits_s(jobs: int, *, doorbell: bool) -> list[float]:
    with installed() as signing_in, rig(aws=["--runs-s", "2", "--starts-s", "1"], queue=None) as run:
        hints = {"REPORTING_HINTS_QUEUE_URL": run.endpoint + QUEUE} if doorbell else {}
        ring = run.endpoint + "/stub/ring" if doorbell else None
        run.start(REPORTING_INSTALLATION=INSTALLATION, REPORTING_BUCKET=BUCKET, **hints, **signing_in)
        with connect(signing_in) as connection:
            first, _ = _ask(connection, ring)  # it waits for the take-over, which is not what is measured
            run.until(lambda: first in run.aws()["asked_s"], "the first job is launched", 60)
            committed_s = [_ask(connection, ring) for _ in range(jobs)]
        asked = {job_id for job_id, _ in committed_s}
        run.until(lambda: asked <= run.aws()["asked_s"].keys(), "every job is launched", 120)
        asked_s = run.aws()["asked_s"]
    return [asked_s[job_id] - at_s for job_id, at_s in committed_s]


def _ask(connection: SnowflakeConnection, ring: str | None) -> tuple[str, float]:
    time.sleep(2 + 4 * random.random())  # noqa: TID251 - moments that fit no rhythm
    cursor = connection.cursor()
    cursor.execute("CALL reporting.generate_report('SALES_REPORT')")
    at_s = time.time()  # noqa: TID251 - the stub's clock is this machine's
    if ring is not None:
        with urllib.request.urlopen(ring):  # noqa: S310 - our own stub
            pass
    answer = cursor.fetchone()
    return json.loads(next(iter(answer or ())))["job_id"], at_s
