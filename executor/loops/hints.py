"""Listens for doorbells and task events; acknowledges each when what it caused has been done."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from contract.job import JobRow
from executor.board import Board
from executor.core import hints
from executor.core.hints import Doorbell, TaskChanged, Unread
from executor.core.tasks import TaskView
from executor.core.waking import LOOKS_AFTER_BELL_S
from executor.ports import Clock, HintMessage, Hints
from executor.writer import Writer

WAIT_S = 10
"""SQS holds a question open for so long, and asks all its servers."""
ROUND_S = 0.5
LOOK_WHETHER_LEADING_S = 1.0
FORGET_AFTER_S = 600.0
"""What was not acknowledged by then has come again, under another receipt."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Pending:
    receipt: str
    since_s: float
    is_done: Callable[[], bool]


class Listen:
    """Only the leader receives; what it did not acknowledge comes to the next one."""

    def __init__(self, queue: Hints, board: Board, writer: Writer, clock: Clock) -> None:
        """Nothing was heard yet."""
        self._queue = queue
        self._board = board
        self._writer = writer
        self._clock = clock
        self._fence: int | None = None
        self._receiving: asyncio.Task[list[HintMessage]] | None = None
        self._pending: list[_Pending] = []

    async def tick(self) -> float | None:
        """Take what came; acknowledge what is done."""
        if not self._board.leads(self._clock.monotonic_s()):
            self.stop()
            return LOOK_WHETHER_LEADING_S
        if self._board.fence != self._fence:
            self.stop()
            self._fence, self._board.backlog = self._board.fence, True
        if self._receiving is None:
            self._receiving = asyncio.create_task(self._queue.receive(WAIT_S))
        # The question stays open over several rounds, so that nobody waits for it when it is time to stop.
        await asyncio.wait([self._receiving], timeout=ROUND_S)
        if self._receiving.done():
            asked, self._receiving = self._receiving, None
            messages = asked.result()
            self._board.backlog = self._board.backlog and bool(messages)
            for message in messages:
                self._take(message)
        await self._acknowledge()
        return None

    def stop(self) -> None:
        """Listen no longer, and forget what was heard: it comes again."""
        self._pending.clear()
        self._fence = None
        if self._receiving is not None:
            self._receiving.cancel()
            self._receiving = None

    def _take(self, message: HintMessage) -> None:
        now_s = self._clock.monotonic_s()
        match hints.read(message.body):
            case Doorbell():
                self._board.ring(now_s)
                last_look_s = now_s + LOOKS_AFTER_BELL_S[-1]
                self._wait_for(message, lambda: self._board.looked_at_s >= last_look_s)
            case TaskChanged(task):
                self._wait_for(message, self._tell(task))
            case Unread(why):
                log.warning("a hint that says nothing", action="hint_unread", why=why, body=message.body[:200])
                self._wait_for(message, lambda: True)

    def _wait_for(self, message: HintMessage, is_done: Callable[[], bool]) -> None:
        self._pending.append(_Pending(message.receipt, self._clock.monotonic_s(), is_done))

    def _tell(self, task: TaskView) -> Callable[[], bool]:
        # The end of a task is acknowledged when its job's outcome is written; anything else when it was looked at.
        job = self._job_of(task)
        if job is None:
            return lambda: True
        key = job.request_id
        if task.stopped:
            self._board.told[task.arn] = task
        self._board.hasten(key)
        if not task.stopped:
            return lambda: key in self._board.look_at_s or key not in self._board.jobs
        return lambda: not self._writer.holds(key) and self._job_of(task) is None

    def _job_of(self, task: TaskView) -> JobRow | None:
        return next((job for job in self._board.jobs.values() if job.task_arn == task.arn), None)

    async def _acknowledge(self) -> None:
        now_s = self._clock.monotonic_s()
        done = [pending for pending in self._pending if pending.is_done()]
        if done:
            await self._queue.done([pending.receipt for pending in done])
        gone = {pending.receipt for pending in done}
        self._pending = [
            pending
            for pending in self._pending
            if pending.receipt not in gone and now_s - pending.since_s < FORGET_AFTER_S
        ]
