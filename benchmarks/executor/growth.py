"""Memory and cost per job while the jobs of one process grow to a hundred thousand, drawn."""

import statistics
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.executor.drawing import Line, draw
from benchmarks.executor.rig import rig
from benchmarks.executor.rows import STUBS, Row

PICTURE = Path("docs/images/executor-growth.svg")
STEPS = 100
AT_MOST_S = 3600.0


@dataclass(frozen=True, slots=True)
class Point:
    """What the process had cost when so many jobs had ended."""

    ended: int
    rss_mb: float
    cpu_s: float


def growth(jobs: int, *, keep_picture: bool) -> list[Row]:
    """As many jobs as the executor can do, without AWS's limits, each for two seconds; for an hour at most.

    Args:
        jobs: how many.
        keep_picture: whether ``docs/images`` gets the picture.
    """
    points: list[Point] = []
    with rig(
        aws=["--unlimited", "--answer-s", "0", "--starts-s", "0.5", "--runs-s", "2"],
        queue=["--jobs", str(jobs), "--answer-s", "0.02"],
    ) as run:
        run.start(REPORTING_MAX_RUNNING="1000", **UNBOUND)
        ends_s = time.monotonic() + AT_MOST_S
        while not points or (points[-1].ended < jobs and time.monotonic() < ends_s):
            target = min(jobs, (points[-1].ended if points else 0) + max(1, jobs // STEPS))
            run.until(lambda target=target: run.queue()["ended"] >= target, f"{target} jobs end", 900)  # type: ignore[misc]  # bound now
            sample = run.samples()[-1]
            points.append(Point(run.queue()["ended"], sample.rss_mb, sample.cpu_s))
            time.sleep(0.1)
    return figures(points, PICTURE if keep_picture else None)


def figures(points: list[Point], picture: Path | None) -> list[Row]:
    """What the points say, and where to draw it."""
    jobs = points[-1].ended
    memory = [(point.ended, point.rss_mb) for point in points]
    cost = [(b.ended, (b.cpu_s - a.cpu_s) * 1000 / (b.ended - a.ended)) for a, b in pairwise(points)]
    rises = 1000 * slope([point for point in memory if point[0] >= jobs / 10])
    dearer = 1000 * slope([point for point in cost if point[0] >= jobs / 10])
    if picture is not None:
        lines = [
            Line(f"memory, MB; after the first tenth {rises:+.3f} MB for every 1,000 jobs", memory),
            Line(f"CPU seconds per 1,000 jobs; after the first tenth {dearer:+.4f} s for every 1,000 jobs", cost),
        ]
        picture.write_text(draw(f"One executor process, {jobs:,} jobs", lines), encoding="utf-8")
    return [
        Row(f"{jobs:,} jobs through one process: memory at the end", memory[-1][1], "MB", None, STUBS),
        Row("… slope of memory after the first tenth", rises, "MB per 1,000 jobs", None, STUBS),
        Row("… CPU per 1,000 jobs, the median", statistics.median(value for _, value in cost), "s", None, STUBS),
        Row("… slope of that after the first tenth", dearer, "s per 1,000 jobs", None, STUBS),
    ]


UNBOUND = {
    "REPORTING_LAUNCHES_PER_S": "100",
    "REPORTING_LAUNCH_BURST": "100",
    "REPORTING_READS_PER_S": "100",
    "REPORTING_READ_BURST": "100",
}
"""Settings that take the executor's own limits away."""


def slope(points: list[tuple[int, float]]) -> float:
    """How much the value rises per job, by the least squares."""
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
