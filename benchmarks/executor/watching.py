"""Tasks that run: what they cost in calls, memory and CPU while the executor watches them."""

import time

from benchmarks.executor.buckets import quota_s
from benchmarks.executor.rig import rig
from benchmarks.executor.rows import STUBS, Row

ECS = ("RunTask", "StopTask", "DescribeTasks", "ListTasks")


def steady(jobs: int, runs_s: float) -> list[Row]:
    """Jobs that all run at once, from claim to settled: calls for each, and memory while all run.

    Args:
        jobs: how many.
        runs_s: how long each task runs, in seconds.
    """
    with rig(aws=["--runs-s", str(runs_s)], queue=["--jobs", str(jobs)]) as run:
        run.start(REPORTING_MAX_RUNNING=str(jobs))
        run.until(lambda: run.aws()["running"] >= jobs, "every task runs", 60 + 3 * quota_s(jobs))
        time.sleep(min(30.0, runs_s / 4))
        first, last = run.samples()[0], run.samples()[-1]
        run.until(lambda: run.queue()["ended"] >= jobs, "every job ends", 120 + 3 * runs_s)
        calls = run.aws()["calls"]
    ecs, whole = sum(calls.get(name, 0) for name in ECS), sum(calls.values())
    return [
        Row(f"{jobs} running at once for {runs_s:.0f} s: ECS calls per job", ecs / jobs, "", 1.3, STUBS),
        Row("… AWS calls per job, lease included", whole / jobs, "", 4, STUBS),
        Row("… memory while all run", last.rss_mb, "MB", 80, STUBS),
        Row("… of that not pages of library files", last.own_mb, "MB", None, STUBS),
        Row("… the imported libraries, before the first call", first.rss_mb, "MB", None, STUBS),
    ]


def many(tasks: int, watched_s: float) -> list[Row]:
    """Tasks that run already when the executor takes over, and go on: memory, and CPU per second.

    Args:
        tasks: how many.
        watched_s: for how long to measure, in seconds, after the first looks.
    """
    with rig(preload=tasks) as run:
        run.start(REPORTING_MAX_RUNNING=str(tasks))
        run.until(lambda: run.aws()["calls"].get("DescribeTasks", 0) >= tasks / 100, "each is seen", 120)
        time.sleep(watched_s / 2)
        first, before = run.samples()[-1], run.aws()["calls"]["DescribeTasks"]
        time.sleep(watched_s)
        last, after = run.samples()[-1], run.aws()["calls"]["DescribeTasks"]
    lasted_s = last.at_s - first.at_s
    return [
        Row(f"{tasks} running tasks watched: memory", last.rss_mb, "MB", 200, STUBS),
        Row("… of one core", 100 * (last.cpu_s - first.cpu_s) / lasted_s, "%", 10, STUBS),
        Row("… DescribeTasks", (after - before) / lasted_s, "/s", None, STUBS),
    ]
