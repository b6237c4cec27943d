"""Tells of launches that rest because AWS asked for patience, or said nothing: on the log, and on the job's row."""

import structlog

from contract.events import JobEvent
from contract.job import JobRow
from executor.board import Board
from executor.core import settle
from executor.ports import Clock
from executor.writer import Writer

log = structlog.get_logger()


class Unlaunched:
    """Each kind of trouble is told once for a try, however often it is sent and however the kinds alternate."""

    def __init__(self, board: Board, writer: Writer, clock: Clock) -> None:
        """Nothing was told yet."""
        self._board, self._writer, self._clock = board, writer, clock
        self._told: dict[str, set[tuple[str | None, JobEvent]]] = {}

    def throttled(self, job: JobRow, reason: str) -> None:
        """AWS asks for patience."""
        log.warning("launch throttled", action="launch_throttled", **job.marks, reason=reason)
        self._tell(job, JobEvent.LAUNCH_THROTTLED, reason)

    def unanswered(self, job: JobRow, reason: str) -> None:
        """Nobody knows whether a task was made."""
        log.warning("launch unanswered", action="launch_unknown", **job.marks, reason=reason)
        self._tell(job, JobEvent.LAUNCH_UNANSWERED, reason)

    def _tell(self, job: JobRow, name: JobEvent, reason: str) -> None:
        told = (job.launch_token, name)
        if told in self._told.get(job.request_id, ()):
            return
        self._told = {key: kept for key, kept in self._told.items() if key in self._board.jobs}
        self._told.setdefault(job.request_id, set()).add(told)
        event = settle.event(job, name, self._clock.now(), reason=reason)
        self._writer.note(event, waits_since_s=self._clock.monotonic_s())
