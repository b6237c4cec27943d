"""Benchmarks of the runner, whole processes over the local cloud: ``make bench-runner BENCH_ARGS="[NAME …]"``.

The same rows go through the runner and through the script that most teams write (``rival/script.py``), in the same run,
one after the other. ``--small`` shows in some minutes that all of it works; start-up then weighs most.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from benchmarks.runner.environments import environment, known_extras
from benchmarks.runner.stage import Stage, Took, stage
from benchmarks.runner.start_up import first_query_s, imports

FORMATS = ("csv", "ndjson", "parquet")
LIMITS_MB = {("runner",): 350, ("runner", "documents"): 600}
FIRST_QUERY_WITHIN_S = 1.5
FASTER, XLSX_FASTER, MEMORY_PART, FLAT = 3.0, 2.0, 0.25, 1.10
MEMORY_LIMIT_MB = 512

show = Console(width=140).print


def median(runs: int, one: Callable[[], Took]) -> Took:
    """The medians of some runs."""
    took = [one() for _ in range(runs)]
    return Took(
        statistics.median(t.seconds for t in took),
        statistics.median(t.cpu_s for t in took),
        statistics.median(t.peak_mb for t in took),
    )


def against_pandas(on: Stage, rows: int, runs: int, formats: tuple[str, ...], faster: float) -> bool:
    """Each format by both; whether the runner is so many times faster, in a quarter of the memory."""
    on.sql(rows)
    arrives, fetched = median(runs, lambda: on.arrival(rows)), median(runs, lambda: on.rival(rows, "fetch"))
    table = Table(title=f"{rows:,} rows of 12 columns, medians of {runs}; load {os.getloadavg()[0]:.1f}")
    for heading in (
        "format", "runner, s", "script, s", "without the fetch, s", "faster", "CPU, s", "runner, MiB", "script, MiB",
        "part", "of the pace of arrival",
    ):  # fmt: skip
        table.add_column(heading, justify="right")
    table.add_row(
        "only read", f"{arrives.seconds:.1f}", f"{fetched.seconds:.1f}", "", "",
        f"{arrives.cpu_s:.1f} : {fetched.cpu_s:.1f}", f"{arrives.peak_mb:.0f}", f"{fetched.peak_mb:.0f}",
        f"{arrives.peak_mb / fetched.peak_mb:.2f}", "",
    )  # fmt: skip
    keeps = True
    for kind in formats:
        ours = median(runs, lambda kind=kind: on.runner(rows, [kind]))  # type: ignore[misc] # a lambda's default is not inferred
        theirs = median(runs, lambda kind=kind: on.rival(rows, kind))  # type: ignore[misc] # as above
        # What reads ahead while it writes may need no more than reading alone; less than noise is not a speed.
        own_s, their_s = max(ours.seconds - arrives.seconds, 0.1), theirs.seconds - fetched.seconds
        part = ours.peak_mb / theirs.peak_mb
        keeps = keeps and their_s / own_s >= faster and part <= MEMORY_PART
        table.add_row(
            kind, f"{ours.seconds:.1f}", f"{theirs.seconds:.1f}", f"{own_s:.1f} : {their_s:.1f}",
            f"{their_s / own_s:.1f}", f"{ours.cpu_s:.1f} : {theirs.cpu_s:.1f}", f"{ours.peak_mb:.0f}",
            f"{theirs.peak_mb:.0f}", f"{part:.2f}", f"{arrives.seconds / ours.seconds:.0%}",
        )  # fmt: skip
    show(table)
    return keeps


def flat_memory(on: Stage, millions: tuple[float, ...]) -> bool:
    """Peaks by the number of rows, all data formats at once; whether they stay as they are."""
    peaks = {size: on.runner(int(size * 1e6), list(FORMATS)).peak_mb for size in millions}
    show("peak memory, " + " and ".join(FORMATS) + " at once:")
    for size, peak in peaks.items():
        show(f"  {size:g} million rows: {peak:.0f} MiB")
    return max(peaks.values()) <= min(peaks.values()) * FLAT


def within_limit(on: Stage, rows: int) -> bool:
    """A large report by a process that may have no more than 512 MB; it ends the benchmark when it fails."""
    took = on.runner(rows, list(FORMATS), limit_mb=MEMORY_LIMIT_MB)
    show(f"{rows:,} rows within {MEMORY_LIMIT_MB} MB: {took.seconds:.0f} s, at most {took.peak_mb:.0f} MiB resident")
    return True


def sizes() -> bool:
    """What the environments of the images take; whether each is small enough."""
    keeps = True
    for extras, limit_mb in LIMITS_MB.items():
        if not set(extras) <= known_extras():
            continue
        made = environment(*extras)
        size_mb = made.size_mb()
        keeps = keeps and size_mb <= limit_mb
        largest = ", ".join(f"{name} {size:.0f}" for name, size in made.largest())
        show(f"environment with {' and '.join(extras)}: {size_mb:.0f} MB of at most {limit_mb} (MB: {largest})")
    return keeps


def start_up(on: Stage, runs: int) -> bool:
    """From process start to first query; whether that is soon enough."""
    seconds = first_query_s(on, runs)
    show(f"process start to first query, median of {runs}: {seconds:.2f} s of at most {FIRST_QUERY_WITHIN_S}")
    least = median(runs, lambda: on.runner(1, ["csv"]))
    show(f"a whole report of one row: {least.seconds:.2f} s, of it {least.cpu_s:.2f} s of CPU")
    for one in imports(on.python, runs):
        when = "always" if one.always else "only when its format is asked for"
        show(f"  import {one.name}: {one.seconds:.3f} s, {when}")
    return seconds <= FIRST_QUERY_WITHIN_S


def main() -> int:
    """Run what is named, or all; 1 when a mark is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="sizes, start, data, xlsx, flat, limit")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    rows, runs = (100_000, 1) if given.small else (given.rows, given.runs)
    benchmarks: dict[str, Callable[[Stage], bool]] = {
        "sizes": lambda _: sizes(),
        "start": lambda on: start_up(on, max(runs, 3)),
        "data": lambda on: against_pandas(on, rows, runs, FORMATS, FASTER),
        "xlsx": lambda on: against_pandas(on, rows // 2, runs, ("xlsx",), XLSX_FASTER),
        "flat": lambda on: flat_memory(on, tuple(rows / 2e6 * factor for factor in (1, 2, 4))),
        "limit": lambda on: within_limit(on, rows * 2),
    }
    if unknown := set(given.names) - set(benchmarks):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(benchmarks)}")
    with stage(environment("runner").python) as on:
        missed = [name for name in given.names or benchmarks if not benchmarks[name](on)]
    show("all marks kept" if not missed else f"missed: {', '.join(missed)}")
    return 1 if missed and not given.small else 0


if __name__ == "__main__":
    sys.exit(main())
