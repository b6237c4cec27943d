"""Health from lateness, signs of life, measures from steps and answers, metric lines."""

import io
import json
from datetime import timedelta
from typing import Any

import pytest
import structlog

from contract.job import JobRow
from contract.outcome import FailureClass
from contract.states import JobState
from executor.adapters.metrics import MOST_VALUES, EmbeddedMetrics
from executor.adapters.telemetry import configure_logging
from executor.board import Board
from executor.core.health import DEAD_S, SLOW_S, Health, Verdict, judge
from executor.core.launch_answers import Throttled
from executor.core.metrics import Measure, Metric, of_step
from executor.core.troubles import TROUBLES
from executor.loops.looper import LoopDiedError
from executor.loops.vitals import METRICS_EVERY_S, Vitals
from executor.observed import AUTO_SUSPEND_S, Gauge, observed
from executor.ports import Batch, Change
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


def step(before: JobState | None, after: JobState, **changes: object) -> list[tuple[Metric, float, str | None]]:
    was = None if before is None else job(before)
    return [(m.metric, m.value, m.of) for m in of_step(was, job(after, **changes))]


def test_a_jobs_steps_are_measured_once() -> None:
    later = NOW + timedelta(seconds=7)
    assert step(None, JobState.CLAIMED, claimed_at=later) == [(Metric.QUEUE_AGE, 7.0, None)]
    assert step(JobState.CLAIMED, JobState.CLAIMED, launch_token="t") == []
    launched = step(JobState.CLAIMED, JobState.LAUNCHED, claimed_at=NOW, launched_at=later)
    assert launched == [(Metric.CLAIM_TO_LAUNCH, 7.0, None)]
    running = step(JobState.LAUNCHED, JobState.RUNNING, started_at=later)
    assert running == [(Metric.LAUNCH_TO_RUNNING, 7.0, None)]
    assert step(JobState.RUNNING, JobState.SUCCEEDED) == [(Metric.OUTCOMES, 1, "SUCCEEDED")]
    failed = step(JobState.RUNNING, JobState.RETRY_WAIT, failure_class="OUT_OF_MEMORY")
    assert failed == [(Metric.OUTCOMES, 1, "OUT_OF_MEMORY"), (Metric.FAILURES, 1, "report")]


def test_every_failure_class_is_one_kind_of_trouble() -> None:
    assert set(TROUBLES) == set(FailureClass)


def test_what_an_attempt_cost_is_what_its_row_has_cost_more_than_before() -> None:
    before, after = job().model_copy(update={"cost_usd": 0.25}), job(JobState.SUCCEEDED)
    cost = [m.value for m in of_step(before, after.model_copy(update={"cost_usd": 0.75})) if m.metric is Metric.COST]
    assert cost == [0.5]
    unknown = of_step(before, after.model_copy(update={"cost_usd": 0.25}))
    assert [m.metric for m in unknown] == [Metric.OUTCOMES]


def test_metrics_with_one_value_of_two_dimensions_are_two_lines() -> None:
    out = io.StringIO()
    metrics = EmbeddedMetrics("prod", out)
    metrics.add(Measure(Metric.FAILURES, 1, "cloud"))
    metrics.add(Measure(Metric.LOOP_AGE, 7, "cloud"))
    described = [line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for line in lines(metrics, out)]
    assert described == [[["Installation", "Trouble"]], [["Installation", "Loop"]]]


def test_what_an_earlier_leader_left_is_not_measured_again() -> None:
    assert step(None, JobState.LAUNCHED, claimed_at=NOW) == []
    assert step(None, JobState.CLAIMED, claimed_at=NOW, launch_token="t") == []


def test_clocks_that_disagree_make_no_negative_time() -> None:
    early = NOW - timedelta(seconds=7)
    assert step(None, JobState.CLAIMED, claimed_at=early) == [(Metric.QUEUE_AGE, 0.0, None)]


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


def lines(metrics: EmbeddedMetrics, out: io.StringIO) -> list[dict[str, Any]]:
    metrics.write(NOW)
    written = [json.loads(line) for line in out.getvalue().splitlines()]
    out.truncate(out.seek(0))
    return written


def test_metrics_are_lines_as_cloudwatch_reads_them() -> None:
    out = io.StringIO()
    metrics = EmbeddedMetrics("prod", out)
    for measure in (Measure(Metric.OUTCOMES, 1, "SUCCEEDED"),) * 3:
        metrics.add(measure)
    described = {
        "Namespace": "Reporting",
        "Dimensions": [["Installation", "Class"]],
        "Metrics": [{"Name": "Outcomes", "Unit": "Count"}],
    }
    assert lines(metrics, out) == [
        {
            "_aws": {"Timestamp": int(NOW.timestamp() * 1000), "CloudWatchMetrics": [described]},
            "action": "metrics",
            "Installation": "prod",
            "Class": "SUCCEEDED",
            "Outcomes": 3,
        }
    ]
    assert lines(metrics, out) == []


def test_a_line_holds_no_more_values_than_cloudwatch_takes_and_none_is_lost() -> None:
    out = io.StringIO()
    metrics = EmbeddedMetrics("prod", out)
    for number in range(2 * MOST_VALUES + 1):
        metrics.add(Measure(Metric.QUEUE_AGE, number))
    found = [line["QueueAge"] for line in lines(metrics, out)]
    assert found == [list(range(MOST_VALUES)), list(range(MOST_VALUES, 2 * MOST_VALUES)), 2 * MOST_VALUES]


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
