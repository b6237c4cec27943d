"""How far a run is, told on the log every few seconds, also while Snowflake or S3 lets it wait."""

import threading
from collections.abc import Callable
from typing import Final, Self

from runner.log import Log

PROGRESS_EVERY_S: Final = 5.0


class Progress:
    """The stage of a run: its name, which query, how many of its rows, how many bytes of files."""

    def __init__(self, log: Log, written_bytes: Callable[[], int], *, every_s: float = PROGRESS_EVERY_S) -> None:
        """Tell it to the log; ``written_bytes`` counts those of all files."""
        self.rows = 0
        self.stage = "starting"
        self._query: str | None = None
        self._log = log
        self._written_bytes = written_bytes
        self._every_s = every_s
        self._over = threading.Event()

    def enter(self, stage: str, query: str | None = None) -> None:
        """Begin a stage, counting rows from 0: ``querying``, ``writing``, ``composing``, ``publishing``."""
        self.stage, self._query, self.rows = stage, query, 0

    def tell(self) -> None:
        """One line of how far it is."""
        rows, written = self.rows, self._written_bytes()
        done = f"{rows} rows of query {self._query}, " if self._query else ""
        self._log.info(
            "report_progress",
            f"{self.stage}: {done}{written} bytes of files",
            stage=self.stage,
            query=self._query,
            rows=rows,
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
