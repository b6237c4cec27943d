"""Rounds again and again: bells, outages, faults."""

import asyncio

import pytest

from executor.loops.looper import MAX_FAULTS_IN_A_ROW, LoopDiedError, run_every
from executor.port_errors import CloudUnavailableError, DeposedError, StateMissingError, StoreUnavailableError


class Rounds:
    """A tick that fails as told and counts."""

    def __init__(self, *troubles: Exception | None, then_stop: bool = True) -> None:
        self._troubles, self._then_stop = list(troubles), then_stop
        self.at_s: list[float] = []
        self.stop = asyncio.Event()

    async def tick(self) -> None:
        self.at_s.append(asyncio.get_running_loop().time())
        trouble = self._troubles.pop(0) if self._troubles else None
        if not self._troubles and self._then_stop:
            self.stop.set()
        if trouble is not None:
            raise trouble


async def test_a_round_comes_every_so_many_seconds() -> None:
    rounds = Rounds(None, None, None)
    await run_every("x", rounds.tick, every_s=5, stop=rounds.stop)
    assert rounds.at_s == [0, 5, 10]


async def test_a_bell_brings_the_next_round_forward() -> None:
    rounds, bell = Rounds(None, None), asyncio.Event()
    asyncio.get_running_loop().call_later(2, bell.set)
    await run_every("x", rounds.tick, every_s=60, stop=rounds.stop, bell=bell)
    assert rounds.at_s == [0, 2]
    assert not bell.is_set()


async def test_being_told_to_stop_ends_the_rest_at_once() -> None:
    rounds = Rounds(then_stop=False)
    asyncio.get_running_loop().call_later(3, rounds.stop.set)
    await run_every("x", rounds.tick, every_s=3600, stop=rounds.stop)
    assert asyncio.get_running_loop().time() == 3


@pytest.mark.parametrize(
    "outage",
    [
        StoreUnavailableError("x"),
        CloudUnavailableError("x"),
        StateMissingError("x"),
        OSError(28, "No space left on device"),
    ],
)
async def test_p14_an_outage_is_waited_out_however_long_it_lasts(outage: Exception) -> None:
    rounds = Rounds(*[outage] * (10 * MAX_FAULTS_IN_A_ROW), None)
    await run_every("x", rounds.tick, every_s=1, stop=rounds.stop)
    pauses = {later - earlier for earlier, later in zip(rounds.at_s, rounds.at_s[1:], strict=False)}
    assert (min(pauses), max(pauses)) == (2, 30)


async def test_p24_a_loop_that_fails_again_and_again_ends_loudly() -> None:
    rounds = Rounds(*[KeyError("bug")] * MAX_FAULTS_IN_A_ROW, then_stop=False)
    with pytest.raises(LoopDiedError, match="the claim loop failed 10 times in a row: 'bug'"):
        await run_every("claim", rounds.tick, every_s=1, stop=rounds.stop)
    assert len(rounds.at_s) == MAX_FAULTS_IN_A_ROW


async def test_p24_a_good_round_in_between_forgives_the_faults() -> None:
    some = [KeyError("bug")] * (MAX_FAULTS_IN_A_ROW - 1)
    rounds = Rounds(*some, None, *some, None)
    await run_every("x", rounds.tick, every_s=1, stop=rounds.stop)
    assert len(rounds.at_s) == 2 * MAX_FAULTS_IN_A_ROW


async def test_p3_a_deposed_executor_is_told_and_goes_on_looking() -> None:
    told: list[str] = []
    rounds = Rounds(DeposedError("fence"), None)
    await run_every("x", rounds.tick, every_s=1, stop=rounds.stop, on_deposed=lambda: told.append("deposed"))
    assert told == ["deposed"]
    assert len(rounds.at_s) == 2


async def test_p14_an_outage_is_told_once_a_minute_and_when_it_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    rounds = Rounds(*[StoreUnavailableError("the sign-in is refused")] * 20, None)
    await run_every("x", rounds.tick, every_s=1, stop=rounds.stop, max_pause_s=10)
    said = [line for line in capsys.readouterr().out.splitlines() if "outage" in line]
    minutes = rounds.at_s[-1] / 60
    assert minutes <= len(said) <= minutes + 2
    assert "outage_over" in said[-1]
