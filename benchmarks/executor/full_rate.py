"""Jobs at the account's full rate: launched how fast, at what cost, with how many calls and statements."""

from benchmarks.executor.buckets import quota_s
from benchmarks.executor.queue_stub import FREE
from benchmarks.executor.rig import rig
from benchmarks.executor.rows import STUBS, Row


def full_rate(jobs: int, runs_s: float) -> list[Row]:
    """All jobs wait from the start; tasks end while others are launched.

    Args:
        jobs: how many.
        runs_s: how long each task runs, in seconds.
    """
    with rig(aws=["--runs-s", str(runs_s)], queue=["--jobs", str(jobs)]) as run:
        run.start(REPORTING_MAX_RUNNING=str(jobs))
        run.until(lambda: run.queue()["ended"] >= jobs, "every job ends", 120 + 3 * quota_s(jobs) + 2 * runs_s)
        aws, queue, samples = run.aws(), run.queue(), run.samples()
    took_s = max(aws["launched_s"]) - min(aws["launched_s"])
    statements = sum(count for name, count in queue["statements"].items() if name not in FREE)
    per_thousand = (samples[-1].cpu_s - samples[0].cpu_s) * 1000 / jobs
    return [
        Row(f"{jobs} jobs launched, over what the quota allows", took_s / quota_s(jobs), "times", 1.05, STUBS),
        Row("… throttled", sum(aws["throttled"].values()), "calls", 0, STUBS),
        Row("… RunTask calls beyond one for each", aws["calls"]["RunTask"] - jobs, "calls", 0, STUBS),
        Row("… CPU per 1,000 jobs, from claim to settled", per_thousand, "s", 6, STUBS),
        Row("… Snowflake statements per job", statements / jobs, "", 0.15, STUBS),
    ]
