"""What a task cost, and how long its parts took."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contract.states import JobState
from executor import prices
from executor.core.measures import Measures, measure
from executor.core.price import Rate, billed_s, cost_usd
from executor.core.tasks import TaskView
from tests.jobs import ARN, NOW, job, stopped
from tests.unit.executor.test_failures import manifest

SHIPPED = prices.load()
ROW = job(JobState.RUNNING, cpu=1024, memory_mb=4096, claimed_at=NOW - timedelta(seconds=2))


def ran(seconds: float, **more: Any) -> TaskView:
    times: dict[str, Any] = {
        "pull_started_at": NOW + timedelta(seconds=3),
        "pull_stopped_at": NOW + timedelta(seconds=13),
        "started_at": NOW + timedelta(seconds=14),
        "stopped_at": NOW + timedelta(seconds=3 + seconds),
        "capacity_provider": "FARGATE",
    }
    return stopped(**{**times, **more})


def test_ten_minutes_of_a_vcpu_and_four_gb_cost_what_the_price_list_says() -> None:
    assert cost_usd(ROW, ran(600), SHIPPED) == pytest.approx((0.04048 + 4 * 0.004445) / 6, abs=1e-6)


def test_seconds_are_billed_from_the_pull_to_the_stop_a_minute_at_least() -> None:
    assert [billed_s(ran(seconds)) for seconds in (5, 60, 61.5)] == [60, 60, 61.5]
    assert cost_usd(ROW, ran(5), SHIPPED) == cost_usd(ROW, ran(60), SHIPPED)


def test_a_task_that_never_got_to_its_image_costs_nothing() -> None:
    task = TaskView(ARN, "STOPPED", stop_code="TaskFailedToStart", created_at=NOW, stopped_at=NOW)
    assert cost_usd(ROW, task, SHIPPED) == 0.0


def test_twenty_gb_of_storage_are_free() -> None:
    usual, more = (cost_usd(ROW, ran(3600, storage_gb=gb), SHIPPED) for gb in (20, 30))
    assert usual is not None
    assert more == pytest.approx(usual + 10 * 0.000111, abs=1e-6)


@pytest.mark.parametrize(("provider", "architecture"), [("FARGATE_SPOT", "x86_64"), ("FARGATE", "arm64")])
def test_spot_and_arm_cost_less(provider: str, architecture: str) -> None:
    cheaper = cost_usd(ROW, ran(600, capacity_provider=provider, architecture=architecture), SHIPPED)
    usual = cost_usd(ROW, ran(600), SHIPPED)
    assert cheaper is not None
    assert usual is not None
    assert 0 < cheaper < usual


def test_where_no_price_is_known_there_is_no_cost_until_somebody_says_his_own() -> None:
    abroad = ran(3600, arn=ARN.replace("us-east-1", "eu-central-1"))
    assert cost_usd(ROW, abroad, SHIPPED) is None
    own = {"FARGATE/x86_64": Rate(vcpu_hour_usd=1.0, gb_hour_usd=0.0)}
    assert cost_usd(ROW, abroad, SHIPPED.with_own(own)) == pytest.approx(1.0)
    assert cost_usd(ROW, ran(3600), SHIPPED.with_own(own)) == pytest.approx(1.0)
    assert cost_usd(replace(ROW, cpu=None), ran(3600), SHIPPED) is None


def test_the_shipped_prices_say_their_day_and_source() -> None:
    assert SHIPPED.as_of.year >= 2026
    assert "cloudburn" in SHIPPED.source


def test_the_parts_of_an_attempt_are_told_apart() -> None:
    assert measure(ROW, ran(63), None) == Measures(start_s=16.0, pull_s=10.0, run_s=52.0)


def test_of_a_forgotten_task_the_manifest_says_how_long_it_ran() -> None:
    left = manifest().model_copy(update={"finished_at": NOW + timedelta(seconds=7)})
    assert measure(ROW, None, left) == Measures(start_s=2.0, pull_s=None, run_s=7.0)
    assert measure(job(), None, None) == Measures(None, None, None)
