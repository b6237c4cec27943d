"""Servers to measure, and what their processes hold: memory, threads, open files (Linux, from /proc)."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import snowflake.connector
from snowflake.connector import SnowflakeConnection

ENDS_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Held:
    """What a process holds at one moment."""

    rss_mb: float
    threads: int
    files: int


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: where it answers and which process it is."""

    pid: int
    endpoint: dict[str, Any]


def held(pid: int) -> Held:
    """Memory in MiB, threads and open files of a process.

    Raises:
        OSError: there is no such process, or no /proc.
    """
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    said = {name: value.split() for name, _, value in (line.partition(":") for line in lines)}
    return Held(int(said["VmRSS"][0]) / 1024, int(said["Threads"][0]), len(list(Path(f"/proc/{pid}/fd").iterdir())))


def forget_peak(pid: int) -> None:
    """Let the peak of a process's memory be what it holds now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")


def peak_mb(pid: int) -> float:
    """The most memory that a process has held since `forget_peak`, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


@contextmanager
def served(module: str, *arguments: str) -> Iterator[Server]:
    """One of the local cloud's servers on a free port; it ends with the block."""
    command = [sys.executable, "-m", module, "--port", "0", *arguments, "--die-with-parent"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        if process.stdout is None:
            raise RuntimeError(f"{module} has no output to say that it is ready; its standard output must be a pipe")
        yield Server(process.pid, json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.wait(ENDS_WITHIN_S)


def with_warehouse(endpoint: dict[str, Any]) -> None:
    """Make the warehouse that `connected` names, which a local Snowflake wants and plain fakesnow does not know."""
    with connected(endpoint) as connection:
        connection.cursor().execute("CREATE WAREHOUSE IF NOT EXISTS bench_wh")


def connected(endpoint: dict[str, Any], **more: Any) -> SnowflakeConnection:
    """A connection to a server that speaks Snowflake's protocol."""
    settings: dict[str, Any] = {"warehouse": "BENCH_WH", "paramstyle": "qmark"} | more
    return snowflake.connector.connect(
        account="local",
        user=endpoint.get("user", "bench"),
        password="any",  # noqa: S106  no secret: the server takes every password
        host=endpoint["host"],
        port=endpoint["port"],
        protocol="http",
        platform_detection_timeout_seconds=0,
        **settings,
    )
