"""From the commit of a CALL until RunTask arrives at ECS."""

import json
import random
import statistics
import time

from snowflake.connector import SnowflakeConnection

from benchmarks.executor.rig import rig
from benchmarks.executor.rows import SNOWFLAKE, Row
from benchmarks.executor.with_snowflake import connect, installed
from executor.cli.local_settings import BUCKET, INSTALLATION


def reaction(jobs: int) -> list[Row]:
    """One job after the other, at moments that fit no rhythm.

    Args:
        jobs: how many.
    """
    with installed() as signing_in, rig(aws=["--runs-s", "2", "--starts-s", "1"], queue=None) as run:
        run.start(REPORTING_INSTALLATION=INSTALLATION, REPORTING_BUCKET=BUCKET, **signing_in)
        with connect(signing_in) as connection:
            first, _ = _ask(connection)  # it waits for the take-over, which is not what is measured
            run.until(lambda: first in run.aws()["asked_s"], "the first job is launched", 60)
            committed_s = [_ask(connection) for _ in range(jobs)]
        run.until(lambda: len(run.aws()["asked_s"]) > jobs, "every job is launched", 120)
        asked_s = run.aws()["asked_s"]
    waits_s = [asked_s[job_id] - at_s for job_id, at_s in committed_s]
    median_s = statistics.median(waits_s)
    return [
        Row(f"commit of the CALL to RunTask, p50 of {jobs}, no doorbell", median_s, "s", 2.5, SNOWFLAKE),
        Row("… the longest", max(waits_s), "s", None, SNOWFLAKE),
    ]


def _ask(connection: SnowflakeConnection) -> tuple[str, float]:
    time.sleep(2 + 4 * random.random())  # noqa: TID251 - moments that fit no rhythm
    cursor = connection.cursor()
    cursor.execute("CALL reporting.generate_report('SALES_REPORT')")
    at_s = time.time()  # noqa: TID251 - the stub's clock is this machine's
    answer = cursor.fetchone()
    return json.loads(next(iter(answer or ())))["job_id"], at_s
