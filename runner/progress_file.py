"""How far a run is, kept in the bucket for those who ask Snowflake: one line, ``stage,rows``.

On a thread of its own, so that a bucket that lets it wait keeps neither the report nor its log waiting. What is left
of it when the run has ended means nothing; the container may not delete, and nobody reads it then.
"""

import threading
from collections.abc import Callable
from typing import Final, Self

from runner.log import Log
from runner.progress import PROGRESS_EVERY_S, Progress

SHARE_OF_LOOKS: Final = 10
LEAST_LOOKS, MOST_LOOKS = 2, 12
"""The same stage is written again after a tenth of the time so far, from ten seconds to a minute.

S3 is paid by the write, and a bucket with versions keeps each for a while: an hour's run makes eighty.
"""


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
        self._looks = self._looks_since = 0
        self._failed = False

    def look(self) -> None:
        """Write, if it is time to; whatever S3 says, the report is what counts, and the log hears of it once."""
        self._looks, self._looks_since = self._looks + 1, self._looks_since + 1
        reached, due = self._progress.reached, min(max(self._looks // SHARE_OF_LOOKS, LEAST_LOOKS), MOST_LOOKS)
        if reached.stage == self._written_stage and self._looks_since < due:
            return
        self._looks_since = 0
        try:
            self._put(reached.stage, reached.rows)
            self._written_stage = reached.stage
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
