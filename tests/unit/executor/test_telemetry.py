"""Health from lateness, signs of life, measures from steps and answers, metric lines."""

import io
import json

import pytest
import structlog

from contract.job import JobRow
from contract.states import JobState
from executor.adapters.metrics import EmbeddedMetrics
from executor.adapters.telemetry import configure_logging
from executor.batches import Batch, Change
from executor.board import Board
from executor.core.health import DEAD_S, SLOW_S, Health, Verdict, judge
from executor.core.launch_answers import Throttled
from executor.core.metrics import Metric
from executor.loops.looper import LoopDiedError
from executor.loops.vitals import METRICS_EVERY_S, Vitals
from executor.observed import AUTO_SUSPEND_S, Gauge, observed
from executor.pulse import Pulse
from tests.jobs import NOW, job


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at_s = 1000.0

    now = staticmethod(lambda: NOW)
    dice = staticmethod(lambda: 0.5)

    def monotonic_s(self) -> float:
        return self.at_s


class Beats:
    """Counts heartbeats."""

    def __init__(self) -> None:
        self.at_s: list[float] = []

    def beat(self, now_s: float, late_s: object) -> None:
        assert late_s is not None
        self.at_s.append(now_s)


@pytest.mark.parametrize(
    ("late_s", "verdict"),
    [
        ({}, Verdict(Health.WELL)),
        ({"claim": SLOW_S, "lead": 0.0}, Verdict(Health.WELL)),
        ({"claim": SLOW_S + 1, "lead": 0.0}, Verdict(Health.SLOW, ("claim",))),
        ({"claim": SLOW_S + 1, "lead": DEAD_S}, Verdict(Health.SLOW, ("lead", "claim"))),
        ({"claim": SLOW_S + 1, "lead": DEAD_S + 1}, Verdict(Health.DEAD, ("lead", "claim"))),
    ],
)
def test_health_is_that_of_the_latest_loop(late_s: dict[str, float], verdict: Verdict) -> None:
    assert judge(late_s) == verdict


def test_a_loop_at_rest_is_not_late() -> None:
    clock = Clock()
    pulse = Pulse(clock)
    pulse.rests("claim", 30.0)
    clock.at_s += 29
    assert pulse.late_s() == {"claim": 0.0}
    clock.at_s += 11
    assert pulse.late_s() == {"claim": 10.0}


def test_an_answer_is_a_sign_of_life_of_the_loop_that_asked_and_of_no_other() -> None:
    clock = Clock()
    pulse = Pulse(clock)
    launch, _claim = pulse.context("launch"), pulse.context("claim")
    clock.at_s += 500
    launch.run(pulse.answered)
    pulse.answered()
    assert pulse.late_s() == {"launch": 0.0, "claim": 500.0}


async def test_every_answer_and_every_error_of_a_port_is_seen() -> None:
    class Port:
        async def good(self, number: int) -> int:
            return number + 1

        async def bad(self) -> None:
            raise ValueError("no")

    seen: list[tuple[str, tuple[object, ...], object]] = []
    port = observed(Port(), lambda method, values, answer: seen.append((method, values, repr(answer))))
    assert await port.good(1) == 2
    with pytest.raises(ValueError, match="no"):
        await port.bad()
    assert seen == [("good", (1,), "2"), ("bad", (), "ValueError('no')")]


def test_the_board_tells_of_a_job_before_and_after_its_step() -> None:
    steps: list[tuple[JobRow | None, JobRow]] = []
    board = Board(lambda before, after: steps.append((before, after)))
    first, second = job(), job(JobState.LAUNCHED)
    board.put(first)
    board.put(second)
    assert steps == [(None, first), (first, second)]


def test_statements_throttles_and_wakes_are_measured_by_the_answers() -> None:
    clock, kept = Clock(), list[tuple[Metric, float]]()
    gauge = Gauge(clock, lambda measure: kept.append((measure.metric, measure.value)))
    gauge.store("intake_token", (), "1")
    gauge.launcher("run", (), "accepted")
    assert kept == []
    gauge.store("claim", (), None)
    clock.at_s += AUTO_SUSPEND_S
    gauge.store("write", (1, Batch([Change(job())])), 1)
    clock.at_s += AUTO_SUSPEND_S + 1
    gauge.store("leader", (), None)
    gauge.launcher("run", (), Throttled("slow down"))
    wakes = [(Metric.WAREHOUSE_WAKES, 1)]
    assert kept == [*wakes, (Metric.FLUSH_ROWS, 1), *wakes, (Metric.THROTTLES, 1)]


async def test_the_heart_beats_while_every_loop_is_well_and_a_dead_one_ends_the_process() -> None:
    clock, beats = Clock(), Beats()
    pulse = Pulse(clock)
    vitals = Vitals(pulse, Board(), clock, beats, None)
    pulse.rests("claim", 2.0)
    await vitals.tick()
    clock.at_s += 2 + SLOW_S + 1
    await vitals.tick()
    assert beats.at_s == [1000.0]
    clock.at_s += DEAD_S
    with pytest.raises(LoopDiedError, match="the claim loop gave no sign of life for 361 s"):
        await vitals.tick()
    pulse.rests("claim", 2.0)
    await vitals.tick()
    assert len(beats.at_s) == 2


async def test_metrics_are_written_once_a_minute_with_the_ages_of_the_loops() -> None:
    clock, out = Clock(), io.StringIO()
    pulse, board = Pulse(clock), Board()
    vitals = Vitals(pulse, board, clock, None, EmbeddedMetrics("prod", out))
    pulse.rests("claim", METRICS_EVERY_S - 8)
    board.put(job(JobState.RUNNING))
    clock.at_s += METRICS_EVERY_S - 1
    await vitals.tick()
    assert out.getvalue() == ""
    clock.at_s += 1
    await vitals.tick()
    await vitals.tick()
    running, ages = [json.loads(line) for line in out.getvalue().splitlines()]
    assert (running["Running"], running["Leading"]) == (1, 0)
    assert (ages["Loop"], ages["LoopAge"]) == ("claim", 8.0)


async def test_who_leads_says_so_in_the_metrics_for_as_long_as_the_lease_is_trusted() -> None:
    clock, out = Clock(), io.StringIO()
    board = Board()
    vitals = Vitals(Pulse(clock), board, clock, None, EmbeddedMetrics("prod", out))
    board.begin(1, [])
    board.trusted_until_s = clock.at_s + METRICS_EVERY_S + 1
    for _ in range(2):
        clock.at_s += METRICS_EVERY_S
        await vitals.tick()
    assert [json.loads(line)["Leading"] for line in out.getvalue().splitlines()] == [1, 0]


class FullDisk(io.StringIO):
    """A stream that has no room but for a moment."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_p14_a_full_disk_under_the_log_stops_no_loop_and_what_fits_again_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = FullDisk()
    monkeypatch.setattr("sys.stdout", disk)
    try:
        configure_logging()
        structlog.get_logger().info("lost", action="lost")
        disk.full = False
        structlog.get_logger().info("kept", action="kept")
    finally:
        structlog.reset_defaults()
    assert [json.loads(line)["action"] for line in disk.getvalue().splitlines()] == ["kept"]
