"""Who ends a run: the report, the deadline, or a stop; with a clock that is given."""

import queue

import pytest

from contract.outcome import ExitCode
from runner.ending import DeadlineSet, Ending, Finished, Message, StopAsked, await_end


class Script:
    """A mailbox whose messages come at given seconds of its own clock."""

    def __init__(self, *arrivals: tuple[float, Message]) -> None:
        self.now_s = 0.0
        self._arrivals = list(arrivals)

    def clock_s(self) -> float:
        return self.now_s

    def get(self, *, timeout: float | None) -> Message:
        until_s = float("inf") if timeout is None else self.now_s + timeout
        if self._arrivals and self._arrivals[0][0] <= until_s:
            at_s, message = self._arrivals.pop(0)
            self.now_s = max(self.now_s, at_s)
            return message
        assert until_s < float("inf"), "waits for ever"
        self.now_s = until_s
        raise queue.Empty


@pytest.mark.parametrize(
    ("arrivals", "ends_with", "at_s"),
    [
        ([(5.0, Finished(ExitCode.DONE))], ExitCode.DONE, 5.0),
        ([(1.0, DeadlineSet(10.0)), (9.9, Finished(ExitCode.DONE))], ExitCode.DONE, 9.9),
        ([(1.0, DeadlineSet(10.0)), (10.1, Finished(ExitCode.DONE))], ExitCode.DEADLINE, 10.0),
        ([(1.0, DeadlineSet(10.0))], ExitCode.DEADLINE, 10.0),
        ([(3.0, DeadlineSet(2.0))], ExitCode.DEADLINE, 3.0),
        ([(1.0, DeadlineSet(10.0)), (4.0, StopAsked())], ExitCode.STOPPED, 4.0),
        ([(0.5, StopAsked())], ExitCode.STOPPED, 0.5),
        ([(1.0, DeadlineSet(10.0)), (4.0, Finished(ExitCode.QUERY_FAILED))], ExitCode.QUERY_FAILED, 4.0),
    ],
)
def test_the_first_reason_to_end_is_the_one(
    arrivals: list[tuple[float, Message]], ends_with: ExitCode, at_s: float
) -> None:
    script = Script(*arrivals)
    assert await_end(script, script.clock_s) is ends_with
    assert script.now_s == at_s


class Impatient(Script):
    """A mailbox that gives up its first wait at once."""

    def __init__(self, *arrivals: tuple[float, Message]) -> None:
        super().__init__(*arrivals)
        self._gave_up = False

    def get(self, *, timeout: float | None) -> Message:
        if timeout is not None and not self._gave_up:
            self._gave_up = True
            raise queue.Empty
        return super().get(timeout=timeout)


def test_a_wait_that_returns_early_does_not_end_the_run() -> None:
    script = Impatient((0.0, DeadlineSet(10.0)))
    assert await_end(script, script.clock_s) is ExitCode.DEADLINE
    assert script.now_s == 10.0


def test_only_the_first_to_claim_may_say_how_it_ended() -> None:
    ending = Ending()
    assert [ending.claim(), ending.claim(), ending.claim()] == [True, False, False]
