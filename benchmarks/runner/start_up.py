"""What a start of the runner costs: from the start of its process to its first query, and the imports on the way."""

import re
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runner.stage import ROOT, Stage

_LINE = re.compile(r"import time:\s+\d+ \|\s+(\d+) \| +(\S+)")
ALWAYS = ("pydantic", "botocore.session", "snowflake.connector", "pyarrow")
ON_DEMAND = ("pyarrow.parquet", "runner.writers.xlsx.report", "runner.writers.html", "runner.writers.pdf")
_START = "import runner.process, botocore.session, runner.source, runner.writers.csv, runner.writers.json"


@dataclass(frozen=True, slots=True)
class Import:
    """One import: seconds with all that it pulls in, and whether every start has it."""

    name: str
    seconds: float
    always: bool


def first_query_s(stage: Stage, runs: int) -> float:
    """The median of seconds from a process's start to its first query."""
    return statistics.median(stage.first_query_s() for _ in range(runs))


def imports(python: Path, runs: int) -> list[Import]:
    """The imports that weigh, each the median of some processes; what is not installed is left out."""
    found = [Import(name, seconds, always=True) for name, seconds in _medians(python, _START, ALWAYS, runs)]
    for name in ON_DEMAND:
        found += [Import(n, s, always=False) for n, s in _medians(python, f"{_START}\nimport {name}", (name,), runs)]
    return found


def _medians(python: Path, code: str, names: tuple[str, ...], runs: int) -> list[tuple[str, float]]:
    times: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(runs):
        done = subprocess.run(
            [str(python), "-X", "importtime", "-c", code],
            cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode != 0:
            return []
        for micros, name in _LINE.findall(done.stderr):
            if name in times:
                times[name].append(int(micros) / 1e6)
    return [(name, statistics.median(seconds)) for name, seconds in times.items() if seconds]
