"""How far a run is, kept in the bucket for those who ask Snowflake: one line, ``stage,rows``.

On a thread of its own, so that a bucket that lets it wait keeps neither the report nor its log waiting. What is left
of it when the run has ended means nothing; the container may not delete, and nobody reads it then.
"""

import threading
from collections.abc import Callable
from typing import Final, Self

from runner.log import Log
from runner.progress import PROGRESS_EVERY_S, Progress

SAME_STAGE_LOOKS: Final = 2
"""The same stage is written at every second look: once in ten seconds."""


class ProgressFile:
    """Writes when the stage is another one, and else now and then; nothing of a run that is over at the first look."""

    def __init__(
        self, progress: Progress, put: Callable[[str, int], None], log: Log, *, every_s: float = PROGRESS_EVERY_S
    ) -> None:
        """Look at ``progress`` every so many seconds; ``put`` takes stage and rows to the bucket."""
        self._progress = progress
        self._put = put
        self._log = log
        self._every_s = every_s
        self._over = threading.Event()
        self._written_stage = ""
        self._looks_since = 0
        self._failed = False

    def look(self) -> None:
        """Write, if it is time to; whatever S3 says, the report is what counts, and the log hears of it once."""
        self._looks_since += 1
        stage, rows = self._progress.stage, self._progress.rows
        if stage == self._written_stage and self._looks_since < SAME_STAGE_LOOKS:
            return
        self._written_stage, self._looks_since = stage, 0
        try:
            self._put(stage, rows)
        except Exception as error:  # noqa: BLE001 - as the docstring says
            if not self._failed:
                self._log.warning("progress_not_kept", f"how far the report is cannot be kept in S3: {error}")
            self._failed = True

    def __enter__(self) -> Self:
        """Begin to look."""
        threading.Thread(target=self._go_on_looking, name="progress file", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Look no more."""
        self._over.set()

    def _go_on_looking(self) -> None:
        while not self._over.wait(self._every_s):
            self.look()
