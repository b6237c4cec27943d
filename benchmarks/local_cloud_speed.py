"""How fast the local cloud is beside plain fakesnow and plain moto, in one run, and how fast the stack starts.

Run it with ``make bench-local`` or ``python -m benchmarks.local_cloud_speed --rounds 7``. Both servers of a pair run
at once and are asked in turn, so that what else the machine does meets both; the figures are medians of the rounds.
RunTask is measured until it answers: plain moto never starts anything, and the tasks of ours start their processes
after the measurement. The exit code is 1 when a ratio or a start misses its mark.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.rivals import Ecs, Sql, ecs_pair, sql_pair

STATEMENTS_MARK = 0.8
TASKS_MARK = 1.0
START_MARK_S = 6.0
PER_ROUND = 30
DESCRIBES = 5


@dataclass(frozen=True, slots=True)
class Race:
    """One operation on both sides, a second, and the least ratio wanted."""

    name: str
    ours: float
    plain: float
    mark: float

    @property
    def ratio(self) -> float:
        """How many times as fast ours is."""
        return self.ours / self.plain


def per_second(count: int, act: Callable[[int], object]) -> float:
    """How many times a second `act` can be done."""
    began_s = time.perf_counter()
    for number in range(count):
        act(number)
    return count / (time.perf_counter() - began_s)


def statements(rounds: int) -> list[Race]:
    """INSERT, SELECT by key and MERGE, each with binds, on both Snowflakes."""
    kinds: dict[str, Callable[[Sql, int], object]] = {
        "INSERT": Sql.insert,
        "SELECT by key": Sql.select,
        "MERGE": Sql.merge,
    }
    seen: dict[tuple[str, str], list[float]] = {}
    with ExitStack() as running:
        pair = sql_pair(running)
        for number in range(rounds + 1):
            for kind, act in kinds.items():
                for side, sql in pair.items():
                    rate = per_second(PER_ROUND, lambda n, sql=sql, act=act: act(sql, n))  # type: ignore[misc]  # bound as defaults
                    if number:  # the first round warms up
                        seen.setdefault((kind, side), []).append(rate)
    races = [_race(kind, seen, STATEMENTS_MARK) for kind in kinds]
    ours, plain = (len(races) / sum(1 / getattr(race, side) for race in races) for side in ("ours", "plain"))
    return [*races, Race("the mix of the three", ours, plain, STATEMENTS_MARK)]


def tasks(rounds: int) -> list[Race]:
    """RunTask, and DescribeTasks of a hundred, on both AWSs."""
    seen: dict[tuple[str, str], list[float]] = {}
    with ExitStack() as running:
        pair = ecs_pair(running)
        hundred = {side: [ecs.run() for _ in range(100)] for side, ecs in pair.items()}
        for _ in range(rounds):
            for side, ecs in pair.items():
                seen.setdefault(("RunTask", side), []).append(per_second(PER_ROUND, lambda _, ecs=ecs: ecs.run()))  # type: ignore[misc]  # bound as default
            for side, ecs in pair.items():
                rate = _describing(ecs, hundred[side])
                seen.setdefault(("DescribeTasks of 100", side), []).append(rate)
    return [_race(kind, seen, TASKS_MARK) for kind in ("RunTask", "DescribeTasks of 100")]


def _describing(ecs: Ecs, arns: list[str]) -> float:
    return per_second(DESCRIBES, lambda _: ecs.describe(arns))


def _race(kind: str, seen: dict[tuple[str, str], list[float]], mark: float) -> Race:
    ours, plain = (statistics.median(seen[kind, side]) for side in ("ours", "plain"))
    return Race(kind, ours, plain, mark)


def start_s(folder: Path) -> float:
    """Seconds from `reporting up` to its `ready`, in this folder."""
    program = "from executor.cli.main import main; main()"
    began_s = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", program, "up", "--dir", str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        said = []
        for line in process.stdout or ():
            said.append(line)
            if line.strip() == "ready":
                return time.perf_counter() - began_s
        raise SystemExit(f"the stack did not start; it said:\n{''.join(said)}")
    finally:
        process.terminate()
        process.communicate()


def starts(rounds: int) -> dict[str, float]:
    """The median start with an empty folder, and with the one of the last time."""
    found: dict[str, list[float]] = {"cold": [], "warm": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for times in found.values():  # the second start finds the folder of the first
                times.append(start_s(Path(folder)))
    return {name: statistics.median(times) for name, times in found.items()}


def _print(races: list[Race], started: dict[str, float]) -> None:
    table = Table(title="a second, medians")
    for heading in ("operation", "ours", "plain", "ratio", "wanted"):
        table.add_column(heading, justify="left" if heading == "operation" else "right")
    for race in races:
        table.add_row(race.name, f"{race.ours:.1f}", f"{race.plain:.1f}", f"{race.ratio:.2f}", f"≥ {race.mark}")
    Console(width=100).print(table)
    for name, seconds in started.items():
        print(f"start of the whole stack, {name}: {seconds:.1f} s (wanted: {START_MARK_S:.0f} s at most)")


def main() -> int:
    """Measure and print; 0 when every mark is reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--starts", type=int, default=3, help="cold and warm, each so often; 0 leaves them out")
    options = parser.parse_args()
    races = statements(options.rounds) + tasks(options.rounds)
    started = starts(options.starts) if options.starts else {}
    _print(races, started)
    slow = any(race.ratio < race.mark for race in races) or any(seconds > START_MARK_S for seconds in started.values())
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
