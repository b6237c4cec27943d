"""Benchmarks of the executor, in one table: ``make bench-executor BENCH_ARGS="[NAME …] [--small]"``.

``--small`` shows in a few minutes that all of them work; its figures mean little, because starting up weighs most.
"""

import argparse
import statistics
import time
from collections.abc import Callable

from benchmarks.call_to_succeeded import measure
from benchmarks.executor.comparison import plain
from benchmarks.executor.full_rate import full_rate
from benchmarks.executor.growth import growth
from benchmarks.executor.page import keep, write_page
from benchmarks.executor.reaction import reaction
from benchmarks.executor.rows import LOCAL, Row, show
from benchmarks.executor.wakes import wakes
from benchmarks.executor.watching import many, steady


def call(jobs: int) -> list[Row]:
    """One job after the other through the whole local stack."""
    total_s = statistics.median(run["total"] for run in measure(jobs, lambda _line: None))
    return [Row(f"CALL to SUCCEEDED, p50 of {jobs}", total_s, "s", None, LOCAL)]


BENCHMARKS: dict[str, tuple[Callable[[], list[Row]], Callable[[], list[Row]]]] = {
    "wakes": (wakes, wakes),
    "reaction": (lambda: reaction(20), lambda: reaction(3)),
    "call": (lambda: call(15), lambda: call(2)),
    "plain": (lambda: plain(200, 60.0), lambda: plain(25, 5.0)),
    "full_rate": (lambda: full_rate(2000, 60.0), lambda: full_rate(100, 5.0)),
    "steady": (lambda: steady(1000, 300.0), lambda: steady(100, 20.0)),
    "many": (lambda: many(10_000, 120.0), lambda: many(1000, 10.0)),
    "growth": (lambda: growth(100_000, keep_picture=True), lambda: growth(500, keep_picture=False)),
}
"""Each benchmark, whole and small."""


def main() -> None:
    """Run the benchmarks that are named, or all, and print what they found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--page", action="store_true", help="write the figures into docs/reference/benchmarks.md too")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    rows: list[Row] = []
    for name in given.names or BENCHMARKS:
        began_s = time.monotonic()
        found = BENCHMARKS[name][given.small]()
        if not given.small:
            keep(name, found)
        rows += found
        print(f"{name}: done in {time.monotonic() - began_s:.0f} s", flush=True)
    show(rows)
    if given.page:
        write_page(list(BENCHMARKS))


if __name__ == "__main__":
    main()
