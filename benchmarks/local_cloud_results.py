"""How much memory the local Snowflake holds while a client streams a large answer, by its number of rows.

Run it with ``python -m benchmarks.local_cloud_results``. A table of ten columns of mixed types is read whole, and
sorted, through the connector's ``fetch_arrow_batches``; the peak is that of the server's process. It must not grow
with the rows: the exit code is 1 when the largest answer takes 15 % more than the smallest.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.processes import Server, connected, forget_peak, peak_mb, served, with_warehouse

COLUMNS = """
    SEQ4() AS id, SEQ4() % 1000 AS customer, SEQ4() * 7919 % 1000003 AS mixed, SEQ4() / 4 AS part,
    (SEQ4() % 10000)::NUMBER(12, 2) AS price, 'row number ' || SEQ4() AS label, 'group ' || SEQ4() % 50 AS class,
    SEQ4() % 3 = 0 AS flag, DATEADD(day, SEQ4() % 3650, '2016-01-01'::DATE) AS day,
    DATEADD(second, SEQ4(), '2026-01-01 00:00:00'::TIMESTAMP_NTZ) AS moment
"""
MOST_GROWTH = 1.15


@dataclass(frozen=True, slots=True)
class Streamed:
    """One answer: what was asked, how many rows came, and what it took."""

    asked: str
    rows: int
    first_s: float
    total_s: float
    sent_mb: float
    peak_mb: float


def _stream(server: Server, asked: str, sql: str) -> Streamed:
    with connected(server.endpoint, database="BENCH", schema="PUBLIC") as connection:
        forget_peak(server.pid)
        cursor: Any = connection.cursor()
        began_s = time.perf_counter()
        cursor.execute(sql)
        first_s, rows, size = 0.0, 0, 0
        for table in cursor.fetch_arrow_batches():
            first_s = first_s or time.perf_counter() - began_s
            rows += table.num_rows
            size += table.nbytes
    total_s = time.perf_counter() - began_s
    return Streamed(asked, rows, first_s, total_s, size / 2**20, peak_mb(server.pid))


def measure(server: Server, millions: list[float]) -> list[Streamed]:
    """Stream tables of these sizes, whole and sorted; the smallest is read once before, so that all is loaded."""
    with_warehouse(server.endpoint)
    with connected(server.endpoint) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE DATABASE BENCH")
        for number, size in enumerate(millions):
            rows = f"TABLE(GENERATOR(ROWCOUNT => {int(size * 1e6)}))"
            columns = f"SELECT {COLUMNS} FROM {rows}"  # noqa: S608  columns and numbers of our own
            cursor.execute(f"CREATE TABLE bench.public.rows_{number} AS {columns}")
    _stream(server, "warm-up", "SELECT * FROM rows_0 ORDER BY mixed")
    asked = {"SELECT *": "", "… ORDER BY": " ORDER BY mixed"}
    return [
        _stream(server, title, f"SELECT * FROM rows_{number}{order}")  # noqa: S608  names and orders of our own
        for title, order in asked.items()
        for number in range(len(millions))
    ]


def _print(streamed: list[Streamed], before_mb: float) -> None:
    table = Table(title=f"Streaming large answers; the server held {before_mb:.0f} MiB before the first")
    for heading in ("statement", "rows", "MiB", "first batch, s", "all, s", "rows/s", "server's peak, MiB"):
        table.add_column(heading, justify="left" if heading == "statement" else "right")
    for one in streamed:
        figures = (f"{one.sent_mb:.0f}", f"{one.first_s:.1f}", f"{one.total_s:.1f}", f"{one.rows / one.total_s:,.0f}")
        table.add_row(one.asked, f"{one.rows:,}", *figures, f"{one.peak_mb:.0f}")
    Console(width=110).print(table)


def main() -> int:
    """Measure and print; 0 when memory is flat."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 2, 4], help="rows of each table")
    millions: list[float] = parser.parse_args().millions
    with (
        tempfile.TemporaryDirectory() as folder,
        served("local_cloud.snowflake", "--data-dir", folder) as server,
    ):
        before_mb = peak_mb(server.pid)
        streamed = measure(server, millions)
    _print(streamed, before_mb)
    flat = True
    for title in dict.fromkeys(one.asked for one in streamed):
        peaks = [one.peak_mb for one in streamed if one.asked == title]
        flat = flat and peaks[-1] <= MOST_GROWTH * peaks[0]
        print(f"{title}: {streamed[-1].rows:,} rows hold {peaks[-1] / peaks[0]:.2f} x what the fewest hold")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main())
