"""Both clouds, tables of mixed columns, and whole processes measured over them."""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.local_stack import BUCKET, LocalStack, local_stack

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RIVAL_PYTHON = HERE / "rival" / ".venv" / "bin" / "python"
COLUMNS = """
    SEQ4() AS id, (SEQ4() % 100000)::NUMBER(9, 0) AS customer, (SEQ4() % 1000003 / 100)::NUMBER(12, 2) AS price,
    (SEQ4() * 7919 / 10000)::NUMBER(38, 4) AS amount, SEQ4() / 7 AS ratio,
    DATEADD(day, SEQ4() % 3650, '2016-01-01'::DATE) AS day,
    DATEADD(second, SEQ4(), '2026-01-01 00:00:00'::TIMESTAMP_NTZ) AS placed_at,
    DATEADD(millisecond, SEQ4(), '2026-01-01 00:00:00'::TIMESTAMP_TZ) AS seen_at,
    SEQ4() % 3 = 0 AS flag, 'group ' || SEQ4() % 50 AS class, 'order number ' || SEQ4() || ' of the shop' AS label,
    IFF(SEQ4() % 5 = 0, NULL, 'Größe ' || SEQ4() % 1000 || ', "boxed"') AS note
"""


@dataclass(frozen=True, slots=True)
class Took:
    """What a process took, from its start to its end: seconds, its CPU time, and the most memory it held, in MiB."""

    seconds: float
    cpu_s: float
    peak_mb: float


class Stage:
    """Where the benchmarks run."""

    def __init__(self, stack: LocalStack, python: Path) -> None:
        """Over these servers, with the runner in this Python's environment."""
        self._stack = stack
        self.python = python
        self._tables: set[int] = set()

    def sql(self, rows: int) -> str:
        """A query that reads a table of so many rows."""
        if rows not in self._tables:
            with self._stack.connection.cursor() as cursor:
                made = f"SELECT {COLUMNS} FROM TABLE(GENERATOR(ROWCOUNT => {rows}))"  # noqa: S608 - our own numbers
                cursor.execute(f"CREATE TABLE {self._stack.environment['SNOWFLAKE_DATABASE']}.PUBLIC.T{rows} AS {made}")
            self._tables.add(rows)
        return f"SELECT * FROM T{rows}"  # noqa: S608 - as above

    def runner(self, rows: int, formats: list[str], *, limit_mb: int | None = None) -> Took:
        """One report by the runner."""
        definition = {
            "title": "Bench",
            "queries": [{"name": "rows", "sql": self.sql(rows)}],
            "formats": formats,
            "timeout_s": 3600,
        }
        attempt = self._stack.attempt(definition)
        command = [str(self.python), "-m", "runner"]
        seconds, _ = self._timed(command, {"REPORTING_TASK_SPEC": json.dumps(attempt.spec)}, limit_mb)
        manifest = attempt.manifest()
        if [file.rows for file in manifest.files] != [rows] * len(formats):
            raise SystemExit(f"the runner wrote {manifest.files}, not {rows} rows of each of {formats}")
        self._forget(attempt.spec["prefix"])
        return Took(seconds, manifest.cpu_seconds, manifest.peak_memory_mb)

    def first_query_s(self) -> float:
        """Seconds from the start of a runner's process to its first query."""
        attempt = self._stack.attempt({"title": "Start", "queries": [{"name": "one", "sql": "SELECT 1 AS id"}]})
        began_s = time.perf_counter()
        with subprocess.Popen(
            [str(self.python), "-m", "runner"],
            env={**attempt.environment, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        ) as process:  # fmt: skip
            for line in process.stdout or ():
                if json.loads(line)["action"] == "query_started":
                    return time.perf_counter() - began_s
        raise SystemExit(f"the runner ended with {process.returncode} before its first query")

    def arrival(self, rows: int) -> Took:
        """The same rows, read as the runner reads them and dropped."""
        spec = self._stack.attempt({"title": "Bench", "queries": [{"name": "rows", "sql": self.sql(rows)}]}).spec
        command = [str(self.python), "-m", "benchmarks.runner.arrival"]
        return self._said(*self._timed(command, {"REPORTING_TASK_SPEC": json.dumps(spec)}), rows)

    def rival(self, rows: int, kind: str) -> Took:
        """The same rows by the script; ``fetch`` for a kind only reads them."""
        key = f"rival/{rows}/report.{kind}"
        command = [str(RIVAL_PYTHON), str(HERE / "rival" / "script.py"), kind, self.sql(rows), BUCKET, key]
        took = self._said(*self._timed(command, {}), rows)
        self._forget("rival/")
        return took

    def _timed(self, command: list[str], extra: dict[str, str], limit_mb: int | None = None) -> tuple[float, str]:
        environment = {**self._stack.environment, **extra, "PYTHONPATH": str(ROOT)}
        if limit_mb is not None:
            command = [str(self.python), "-m", "benchmarks.runner.limited", str(limit_mb), *command]
        began_s = time.perf_counter()
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=ROOT)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(command[:3])} … ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return time.perf_counter() - began_s, done.stdout

    @staticmethod
    def _said(seconds: float, out: str, rows: int) -> Took:
        says: dict[str, Any] = json.loads(out.splitlines()[-1])
        if says["rows"] != rows:
            raise SystemExit(f"{says['rows']} rows arrived, not {rows}")
        return Took(seconds, says["cpu_s"], says["peak_mb"])

    def _forget(self, prefix: str) -> None:
        for entry in self._stack.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", []):
            self._stack.s3.delete_object(Bucket=BUCKET, Key=entry["Key"])


@contextmanager
def stage(python: Path) -> Iterator[Stage]:
    """Servers of our own, ended with the block."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_TMP")) as folder, local_stack(Path(folder)) as stack:
        yield Stage(stack, python)
