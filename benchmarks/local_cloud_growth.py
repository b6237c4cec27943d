"""Whether the local Snowflake grows: what its process holds after a warm-up and after each of two rounds.

Run it with ``python -m benchmarks.local_cloud_growth``. Each round sends 20,000 statements of a mix from several
clients that log in and out. The exit code is 1 when the second round still adds more than 2 % of memory, or a thread
or file that stays, or when a statement got a wrong answer.
"""

import argparse
import json
import sys
import tempfile
import urllib.request
from collections import Counter
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.processes import Held, Server, held, served
from benchmarks.snowflake_load import burst, prepare

MOST_GROWTH = 1.02
SLACK = 3  # threads and files that come and go


def _kept(server: Server) -> dict[str, int]:
    health = f"{server.endpoint['endpoint']}/local-cloud/health"
    with urllib.request.urlopen(health, timeout=60) as answer:  # noqa: S310  our own server
        kept: dict[str, int] = json.load(answer)["kept"]
    return kept


def _row(name: str, rate: float, now: Held, kept: dict[str, int]) -> list[str]:
    figures = [f"{rate:.0f}", f"{now.rss_mb:.0f}", str(now.threads), str(now.files)]
    return [name, *figures, ", ".join(f"{count} {what}" for what, count in kept.items() if count)]


def main() -> int:
    """Send the rounds and print; 0 when nothing grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--statements", type=int, default=20_000, help="of each round")
    parser.add_argument("--warm-up", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=4)
    options: Any = parser.parse_args()
    table = Table(title=f"{options.clients} clients")
    for heading in ("after", "statements/s", "MiB", "threads", "files", "kept"):
        table.add_column(heading)
    seen: list[Held] = []
    wrong: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder, served("local_cloud.snowflake", "--data-dir", folder) as server:
        prepare(server.endpoint)
        for number, (name, count) in enumerate(
            (("warm-up", options.warm_up), ("1st round", options.statements), ("2nd round", options.statements))
        ):
            rate, errors = burst(server.endpoint, count, options.clients, 100 * number)
            wrong += errors
            seen.append(held(server.pid))
            table.add_row(*_row(name, rate, seen[-1], _kept(server)))
    Console(width=140).print(table)
    print("errors:", dict(wrong) or "none")
    grows = seen[2].rss_mb > seen[1].rss_mb * MOST_GROWTH or any(
        after > before + SLACK for before, after in ((seen[1].threads, seen[2].threads), (seen[1].files, seen[2].files))
    )
    print("growing" if grows else "flat")
    return 1 if grows or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
