"""How far a run is, told on the log every few seconds, also while Snowflake or S3 lets it wait."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Self

from runner.log import Log

PROGRESS_EVERY_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a run is: the stage, the query that it is about, and the rows of that so far."""

    stage: str
    query: str | None = None
    rows: int = 0


class Progress:
    """How far a run is, and how many bytes of files it has made; ``reached`` is of one moment for whoever reads it."""

    def __init__(self, log: Log, written_bytes: Callable[[], int], *, every_s: float = PROGRESS_EVERY_S) -> None:
        """Tell it to the log; ``written_bytes`` counts those of all files."""
        self.reached = Reached("starting")
        self._log = log
        self._written_bytes = written_bytes
        self._every_s = every_s
        self._over = threading.Event()

    def enter(self, stage: str, query: str | None = None) -> None:
        """Begin a stage, counting rows from 0: ``querying``, ``writing``, ``composing``, ``publishing``."""
        self.reached = Reached(stage, query)

    def count(self, rows: int) -> None:
        """So many rows of the query have come."""
        self.reached = replace(self.reached, rows=rows)

    def tell(self) -> None:
        """One line of how far it is."""
        reached, written = self.reached, self._written_bytes()
        done = f"{reached.rows} rows of query {reached.query}, " if reached.query else ""
        self._log.info(
            "report_progress",
            f"{reached.stage}: {done}{written} bytes of files",
            stage=reached.stage,
            query=reached.query,
            rows=reached.rows,
            bytes=written,
        )

    def __enter__(self) -> Self:
        """Begin to tell."""
        threading.Thread(target=self._go_on_telling, name="progress", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Tell no more."""
        self._over.set()

    def _go_on_telling(self) -> None:
        while not self._over.wait(self._every_s):
            self.tell()
