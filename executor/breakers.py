"""The circuit breaker in the hands of one leader: read at a take-over, asked before each launch, kept when moved."""

import structlog

from contract.job import JobRow
from contract.outcome import Verdict
from contract.states import JobState
from executor.board import Board
from executor.core import breaker
from executor.core.breaker import Breaker, Phase
from executor.ports import Clock, Store
from executor.writer import Writer

ANY_NUMBER = 1_000

log = structlog.get_logger()


class Breakers:
    """Whether jobs may be launched with the current task definition."""

    def __init__(self, store: Store, board: Board, writer: Writer, clock: Clock, task_definition: str) -> None:
        """``task_definition`` is what this executor launches."""
        self._store, self._board, self._writer, self._clock = store, board, writer, clock
        self._task_definition = task_definition
        self._fence: int | None = None
        self._probe: str | None = None
        self._probe_at_s = 0.0
        self.state = Breaker(task_definition=task_definition)

    async def begin(self) -> None:
        """Learn under a new fence what the last leader found."""
        fence = self._board.fence
        if fence is None or fence == self._fence:
            return
        kept = await self._store.breaker()
        if fence == self._fence:
            return  # another loop asked at the same time
        self.state = breaker.taken_over(kept, self._task_definition)
        self._fence, self._probe, self._probe_at_s = fence, None, self._clock.monotonic_s()
        if kept is not None and kept.phase is not self.state.phase:
            self._writer.keep_breaker(self.state)  # so that nobody reads of what another deployment met

    def room(self) -> int:
        """How many jobs may be claimed as far as the breaker is concerned."""
        if self.state.phase is Phase.CLOSED:
            return ANY_NUMBER
        waits = self._probe_out() or self._clock.monotonic_s() < self._probe_at_s or self._board.to_launch()
        return 0 if waits else 1

    def may_launch(self, job: JobRow) -> bool:
        """Whether this job may be launched now; while the breaker is open, it is then the probe."""
        if self.state.phase is Phase.CLOSED:
            return True
        if self.state.phase is Phase.HALF_OPEN and self._probe == job.request_id:
            return True
        if self._probe_out() or self._clock.monotonic_s() < self._probe_at_s:
            return False
        self._probe = job.request_id
        self._move(breaker.probing(self.state))
        log.info("one job tries", action="breaker_probe", **job.marks, cause_id=self.state.cause_id)
        return True

    def failed(self, verdict: Verdict, task_definition: str | None) -> None:
        """A launch came to nothing; what an earlier task definition met says nothing of this one."""
        if task_definition != self._task_definition:
            return
        before = self.state.pauses
        self._move(breaker.failed(self.state, verdict, self._clock.now()))
        if self.state.pauses > before:
            pause_s = breaker.pause_s(self.state, self._clock.dice())
            self._probe_at_s = self._clock.monotonic_s() + pause_s
            log.error(
                "launches are held back: no task gets to run",
                action="breaker_open",
                cause_id=verdict.cause_id,
                reason=verdict.diagnosis,
                remedy=verdict.remedy,
                next_try_in_s=round(pause_s, 1),
            )

    def ran(self, task_definition: str | None) -> None:
        """A container of ours ran."""
        if task_definition != self._task_definition:
            return
        if self.state.phase is not Phase.CLOSED:
            log.info("tasks run again", action="breaker_closed", cause_id=self.state.cause_id)
            self._board.claim_bell.set()
            self._board.launch_bell.set()
        self._probe = None
        self._move(breaker.ran(self.state))

    def _probe_out(self) -> bool:
        job = self._board.jobs.get(self._probe) if self._probe is not None else None
        return job is not None and job.status in {JobState.CLAIMED, JobState.LAUNCHED}

    def _move(self, to: Breaker) -> None:
        moved = to.phase is not self.state.phase
        self.state = to
        if moved:
            self._writer.keep_breaker(to)
