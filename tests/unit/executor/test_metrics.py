"""What steps of a job measure, and how measures are written for CloudWatch."""

import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from contract.outcome import FailureClass
from contract.states import JobState
from executor.adapters.metrics import MOST_VALUES, EmbeddedMetrics
from executor.core.metrics import Measure, Metric, of_step
from executor.core.troubles import TROUBLES
from tests.jobs import NOW, job


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
    before, after = replace(job(), cost_usd=0.25), job(JobState.SUCCEEDED)
    cost = [m.value for m in of_step(before, replace(after, cost_usd=0.75)) if m.metric is Metric.COST]
    assert cost == [0.5]
    unknown = of_step(before, replace(after, cost_usd=0.25))
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
