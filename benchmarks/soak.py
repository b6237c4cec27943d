"""The whole local stack under a steady load, with faults now and then: does anything grow, does anything fail?

Run it with ``make soak`` (30 minutes, and 18 before them) or ``make soak SOAK_ARGS="--minutes 2"``; it needs Linux's
/proc. Memory, threads and open files of each process are sampled; after a warm-up of half as long, threads and files
must stay as they are, and memory, at the lowest of each thirtieth of the time, must rise by 20 MiB per hour at most (by
more in a soak so short that breathing hides the slope; the table says by how much). What is kept on purpose is told
apart: of tasks that stopped as many are forgotten as come, and of the rows that jobs leave in Snowflake their size is
told. The exit code is 1 when a process grows, or when something failed that a client must not see.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.processes import Held, held
from benchmarks.snowflake_load import burst, prepare
from benchmarks.soak_load import Load, endpoint_of, rows_kept
from benchmarks.soak_verdict import Trend, count_grows, lows, memory_grows, memory_mark, rows_told, trend
from executor.cli.aws_options import AwsOptions
from executor.cli.local_stack import Ports, Stack, local_stack

SAMPLE_EVERY_S = 5.0
SETTLES_WITHIN_S = 120.0
LEAST_RETENTION_S = 120.0  # of stopped tasks: whoever follows them has looked by then
Samples = dict[str, list[tuple[float, Held]]]


def watch(stack: Stack, load: Load, seconds: float) -> Samples:
    """Sample every process until the time is over, with a line of progress every minute."""
    samples: Samples = {child.name: [] for child in stack.children}
    began_s = time.monotonic()
    told_min = 0
    while (at_s := time.monotonic() - began_s) < seconds:
        stack.check()
        for child in stack.children:
            samples[child.name].append((at_s, held(child.pid)))
        if at_s >= 60 * told_min:
            told_min += 1
            print(_progress(at_s, samples, load), flush=True)
        time.sleep(SAMPLE_EVERY_S)
    return samples


def _progress(at_s: float, samples: Samples, load: Load) -> str:
    memory = ", ".join(f"{name.removeprefix('the ')} {seen[-1][1].rss_mb:.0f}" for name, seen in samples.items())
    return f"{at_s / 60:4.0f} min  MiB: {memory}; done {dict(load.done)}; errors {dict(load.errors) or 'none'}"


def report(samples: Samples, warm_up_s: float) -> bool:
    """Print what each process held; whether any grows."""
    table = Table(title=f"from {warm_up_s / 60:.0f} minutes on: first quarter, last quarter, slope")
    for heading in ("process", "MiB", "MiB/h", "mark", "threads", "files", "verdict"):
        table.add_column(heading, justify="left" if heading in {"process", "verdict"} else "right")
    any_grows = False
    for name, seen in samples.items():
        memory = trend(lows([(at_s, one.rss_mb) for at_s, one in seen]), warm_up_s)
        threads = trend([(at_s, one.threads) for at_s, one in seen], warm_up_s)
        files = trend([(at_s, one.files) for at_s, one in seen], warm_up_s)
        grows = memory_grows(memory) or count_grows(threads) or count_grows(files)
        any_grows = any_grows or grows
        figures = (_both(memory), f"{memory.per_hour:+.0f}", f"{memory_mark(memory):.0f}", _both(threads), _both(files))
        table.add_row(name, *figures, "growing" if grows else "flat")
    Console(width=110).print(table)
    return any_grows


def _both(figure: Trend) -> str:
    return f"{figure.first:.0f} → {figure.last:.0f}"


def main() -> int:
    """Start a stack, load it, watch it; 0 when all is flat and nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0, help="that count, after half as many of warm-up")
    parser.add_argument("--jobs-per-minute", type=float, default=6.0)
    parser.add_argument("--statements-per-second", type=float, default=20.0)
    parser.add_argument("--warm-up-statements", type=int, default=20_000, help="before anything is measured")
    options = parser.parse_args()
    pace = {
        "job": 60.0 / options.jobs_per_minute,
        "statement": 2.0 / options.statements_per_second,  # from two clients
        "object": 0.5,
        "fault": 20.0,
    }
    warm_up_s = 30.0 * options.minutes
    seconds = warm_up_s + 60.0 * options.minutes
    # ECS knows a stopped task for an hour. Here for less, so that as many are forgotten as stop before it is measured.
    at_once = AwsOptions(start_delay_s=0.0, stopped_retention_s=max(seconds / 6, LEAST_RETENTION_S))
    with (
        tempfile.TemporaryDirectory() as folder,
        local_stack(Path(folder), executor=True, ports=Ports(), aws_options=at_once, say=print) as stack,
    ):
        prepare(endpoint_of(stack))
        # What is kept for reuse is full after so many; before that, everything grows.
        _, errors = burst(endpoint_of(stack), options.warm_up_statements, 4, seed=100)
        load = Load(stack, pace)
        load.errors += errors
        samples = watch(stack, load, seconds)
        load.end()
        load.settle(SETTLES_WITHIN_S)
        jobs, written = rows_kept(stack)
    grows = report(samples, warm_up_s)
    print(rows_told(jobs, written, seconds))
    print(f"done: {dict(load.done)}")
    print(f"errors: {dict(load.errors) or 'none'}")
    return 1 if grows or load.errors else 0


if __name__ == "__main__":
    sys.exit(main())
