"""Starts the stubs and the executor under measurement, and reads what they counted and cost."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.executor.queue_client import QueueClient

POLL_S = 0.5
ITS_OWN = Path("build/executor/.venv/bin/python")
"""An environment with what the executor's image holds and nothing else; ``make bench-executor`` makes it."""
SETTINGS = {
    "REPORTING_INSTALLATION": "bench",
    "REPORTING_BUCKET": "reports-bucket",
    "REPORTING_CLUSTER": "reporting",
    "REPORTING_TASK_DEFINITION": "reporting-job:3",
    "REPORTING_SUBNETS": "subnet-0d1f8a4e9c6b7a352",
    "SNOWFLAKE_ACCOUNT": "stub",
    "SNOWFLAKE_USER": "stub",
    "SNOWFLAKE_PASSWORD": "stub",
    "REPORTING_ALLOW_PASSWORD": "true",
    "AWS_ACCESS_KEY_ID": "AKIALOCALCLOUD000000",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def python() -> Path:
    """What the executor runs with: its own environment, or that of the benchmarks where there is none."""
    return ITS_OWN if ITS_OWN.exists() else Path(sys.executable)


@dataclass(frozen=True, slots=True)
class Sample:
    """What the executor had cost at one moment."""

    at_s: float
    cpu_s: float
    rss_mb: float
    own_mb: float
    """Resident without the pages of files, which other processes with the same libraries share."""


@dataclass(slots=True)
class Rig:
    """A running executor between its stubs."""

    endpoint: str
    queue_path: str | None
    folder: Path
    subject: subprocess.Popen[bytes] | None = None

    def aws(self) -> dict[str, Any]:
        """What the AWS stub counted."""
        with urllib.request.urlopen(f"{self.endpoint}/stub") as answer:  # noqa: S310 - our own stub
            counted: dict[str, Any] = json.load(answer)
        return counted

    def queue(self) -> dict[str, Any]:
        """What the queue stub counted."""

        async def ask() -> Any:
            return await QueueClient(str(self.queue_path)).told()

        counted: dict[str, Any] = asyncio.run(ask())
        return counted

    def samples(self) -> list[Sample]:
        """What the executor cost, second by second."""
        path = self.folder / "samples"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [Sample(**json.loads(line)) for line in lines if line.endswith("}")]

    def until(self, condition: Callable[[], bool], what: str, within_s: float) -> None:
        """Wait until something is true.

        Raises:
            SystemExit: it did not come true in time, or the executor ended.
        """
        deadline_s = time.monotonic() + within_s
        while not condition():
            if self.subject is not None and self.subject.poll() is not None:
                raise SystemExit(f"the executor ended: {self._last_words()}")
            if time.monotonic() > deadline_s:
                raise SystemExit(f"not within {within_s:.0f} s: {what}: {self._last_words()}")
            time.sleep(POLL_S)

    def _last_words(self) -> str:
        return (self.folder / "executor.log").read_text(errors="replace")[-1500:]

    def start(self, **settings: str) -> None:
        """Start the executor."""
        own = dict(os.environ) | SETTINGS | settings | {"AWS_ENDPOINT_URL": self.endpoint}
        arguments = ["--samples", str(self.folder / "samples")]
        if self.queue_path is not None:
            arguments += ["--queue", self.queue_path]
        with (self.folder / "executor.log").open("wb") as log:
            self.subject = subprocess.Popen(
                [str(python()), "-m", "benchmarks.executor.subject", *arguments],
                env=own,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def stop(self) -> None:
        """End the executor as a deployment would."""
        _end(self.subject)
        self.subject = None


@contextmanager
def rig(*, aws: Sequence[str] = (), queue: Sequence[str] | None = (), preload: int = 0) -> Iterator[Rig]:
    """An AWS stub and, unless ``queue`` is None, a queue stub; both end with the block, and the executor does.

    Args:
        aws: options of the AWS stub.
        queue: options of the queue stub.
        preload: so many tasks run already, and the queue's jobs are theirs.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        endpoint = stack.enter_context(_server("aws_stub", *aws))["endpoint"]
        path = str(folder / "queue") if queue is not None else None
        made = Rig(endpoint, path, folder)
        if preload:
            with urllib.request.urlopen(f"{endpoint}/stub/preload?tasks={preload}") as answer:  # noqa: S310 - our own stub
                (folder / "arns").write_text("\n".join(json.load(answer)), encoding="utf-8")
        if queue is not None:
            running = ["--running", str(folder / "arns")] if preload else []
            stack.enter_context(_server("queue_stub", "--socket", str(path), *running, *queue))
        stack.callback(made.stop)
        yield made


@contextmanager
def _server(module: str, *arguments: str) -> Iterator[Mapping[str, Any]]:
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.executor.{module}", *arguments], stdout=subprocess.PIPE
    )
    try:
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            raise SystemExit(f"the {module} did not start")
        yield json.loads(line)
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(90)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
