"""Launches that AWS, or we ourselves, refused: the job waits for another try, or ends with its cause."""

import structlog

from contract.job import JobRow
from contract.policy import RetryPolicy
from executor.batches import Change
from executor.board import Board
from executor.core import settle
from executor.core.launch_answers import Refused, refusal_verdict
from executor.means import Means
from executor.ports import Clock
from executor.writer import Writer

log = structlog.get_logger()


class Refusals:
    """What becomes of a job whose launch was refused, of the breaker of its cause, and of the launch budget."""

    def __init__(self, means: Means, board: Board, writer: Writer, clock: Clock, policy: RetryPolicy) -> None:
        """``policy`` says how often, and after which wait, a launch is tried again."""
        self._profiles, self._budgets, self._breakers = means.profiles, means.budgets, means.breakers
        self._catalogue, self._policy = means.catalogue, policy
        self._board, self._writer, self._clock = board, writer, clock

    def take(self, job: JobRow, answer: Refused) -> None:
        """Put the job back, or end it, by what the refusal says."""
        verdict = refusal_verdict(answer, self._catalogue, self._profiles.own_task_definition(job))
        if answer.said_as is not None:
            # What another task definition meets says nothing of the usual one.
            self._breakers.failed(verdict, self._profiles.task_definition_of(job))
        if settle.lacks_room(verdict):
            self._budgets.launches.without_room()
        outcome = settle.refused(
            job,
            verdict,
            policy=self._policy,
            now=self._clock.now(),
            dice=self._clock.dice(),
            breaker=self._breakers.state,
        )
        due_in_s = outcome.due_in_s
        self._board.put_back(outcome.job, None if due_in_s is None else self._clock.monotonic_s() + due_in_s)
        self._writer.put(Change(outcome.job, due_in_s), result=outcome.result, events=outcome.events)
        told = {"cause_id": verdict.cause_id, "reason": answer.reason}
        log.warning("launch refused", action="launch_refused", **job.marks, **told)
