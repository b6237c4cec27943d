"""What the next launch of a job changes: its size, its capacity, its subnets."""

from dataclasses import replace
from typing import Any

import pytest

from contract.policy import RetryPolicy
from contract.refusal import RefusedError
from contract.resources import FARGATE_SIZES, Capacity, Resources
from contract.task_spec import TaskSpec
from executor.core.launch import LaunchProfile, fitted, intend, order, task_spec, turned
from executor.core.resources import next_size
from executor.core.spot import ON_DEMAND, SPOT, provider_of
from tests.jobs import PROFILE, definition, job

SIZES = [Resources(cpu=cpu, memory_mb=memory_mb) for cpu, sizes in FARGATE_SIZES.items() for memory_mb in sizes]
POLICY = RetryPolicy(max_infra_failures=5)


@pytest.mark.parametrize(
    ("now", "limit_mb", "then"),
    [
        ((256, 512), 16_384, (256, 1_024)),
        ((256, 1_024), 16_384, (256, 2_048)),
        ((256, 2_048), 16_384, (512, 4_096)),
        ((1_024, 3_072), 16_384, (1_024, 6_144)),
        ((1_024, 8_192), 16_384, (2_048, 16_384)),
        ((2_048, 16_384), 16_384, None),
        ((2_048, 16_384), 122_880, (8_192, 32_768)),
        ((1_024, 8_192), 10_240, (2_048, 10_240)),
        ((16_384, 122_880), 122_880, None),
    ],
)
def test_memory_about_doubles_and_the_processor_grows_only_where_it_must(
    now: tuple[int, int], limit_mb: int, then: tuple[int, int] | None
) -> None:
    found = next_size(Resources(cpu=now[0], memory_mb=now[1]), limit_mb)
    assert (found and (found.cpu, found.memory_mb)) == then


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.cpu}-{size.memory_mb}")
def test_p10_the_next_size_is_larger_within_the_limit_and_comes_to_an_end(size: Resources) -> None:
    limit_mb, steps = 30_720, 0
    now: Resources | None = size
    while now is not None:
        before, now = now, next_size(now, limit_mb)
        steps += 1
        assert now is None or before.memory_mb < now.memory_mb <= limit_mb
    assert steps <= 8


@pytest.mark.parametrize(
    ("counters", "max_attempts", "provider"),
    [
        ({}, 3, SPOT),
        ({}, 1, SPOT),
        ({"interruptions": 1}, 3, SPOT),
        ({"interruptions": 2}, 3, ON_DEMAND),
        ({"refusals": 2}, 3, ON_DEMAND),
        ({"user_failures": 1}, 3, SPOT),
        ({"user_failures": 2}, 3, ON_DEMAND),
        ({"infra_failures": 5}, 3, ON_DEMAND),
    ],
)
def test_spot_comes_first_and_on_demand_last(counters: dict[str, Any], max_attempts: int, provider: str) -> None:
    row = replace(job(), **counters)
    assert provider_of(row, Capacity.SPOT_FIRST, max_attempts, POLICY) == provider
    assert provider_of(row, Capacity.ON_DEMAND, max_attempts, POLICY) == ON_DEMAND
    assert provider_of(row, Capacity.SPOT, max_attempts, POLICY) == SPOT


def test_without_room_one_subnet_after_the_other_has_its_turn() -> None:
    profile = PROFILE.model_copy(update={"subnets": ("a", "b")})
    turns = [turned(profile, refusals) for refusals in range(4)]
    assert [turn.subnets for turn in turns] == [("a", "b"), ("a",), ("b",), ("a", "b")]
    assert len({turn.name for turn in turns}) == 3
    alone = LaunchProfile(cluster="c", task_definition="f:1", container="r", subnets=("a",))
    assert turned(alone, 5) is alone


def test_a_job_that_outgrew_its_definition_keeps_its_size_in_the_request() -> None:
    row = job(cpu=512, memory_mb=4_096)
    spec = task_spec(row, "test", "b", definition())
    sent = order(intend(row, "test", PROFILE, ON_DEMAND, spec), PROFILE, spec).run_task
    assert (sent["overrides"]["cpu"], sent["overrides"]["memory"]) == ("512", "4096")
    assert spec.definition.resources == Resources(cpu=512, memory_mb=4_096)


def test_p20_a_runner_that_knows_no_capacity_is_not_told_of_it() -> None:
    spec = task_spec(job(), "test", "b", definition(capacity="spot"))
    told = order(intend(job(), "test", PROFILE, SPOT, spec), PROFILE, spec).spec_json
    assert spec.definition.capacity is Capacity.SPOT
    assert "capacity" not in told
    assert TaskSpec.model_validate_json(told).definition.capacity is None


def test_p20_an_option_that_newer_procedures_know_does_not_fail_the_job_of_an_older_executor() -> None:
    row = job(options={"timeout_s": 120, "of_the_future": {"a": 1}})
    assert task_spec(row, "test", "b", definition()).definition.timeout_s == 120
    with pytest.raises(RefusedError, match=r"options\.timeout_s"):
        task_spec(job(options={"timeout_s": "for ever"}), "test", "b", definition())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "reporting-job:3"),
        ({"formats": ("csv", "pdf")}, "documents:7"),
        ({"formats": ("html",)}, "documents:7"),
        ({"formats": ("xlsx", "parquet")}, "reporting-job:3"),
        ({"task_definition": "own"}, "own"),
        ({"task_definition": "own:2", "formats": ("pdf",)}, "own:2"),
    ],
)
def test_a_report_is_launched_with_the_task_definition_it_needs(changes: dict[str, Any], expected: str) -> None:
    profile = fitted(PROFILE, definition(**changes), "documents:7")
    assert profile == PROFILE.model_copy(update={"task_definition": expected})
    assert (profile.name == PROFILE.name) == (expected == PROFILE.task_definition)


def test_without_an_image_of_their_own_documents_are_made_by_the_usual_one() -> None:
    assert fitted(PROFILE, definition(formats=("pdf",))) is PROFILE


def test_a_report_of_its_own_container_may_have_no_queries_and_is_told_its_order_all_the_same() -> None:
    report = definition(queries=(), task_definition="own:2")
    spec = task_spec(job(), "test", "b", report)
    profile = fitted(PROFILE, report)
    sent = order(intend(job(), "test", profile, SPOT, spec), profile, spec).run_task
    assert sent["taskDefinition"] == "own:2"
    (override,) = sent["overrides"]["containerOverrides"]
    assert (override["name"], [item["name"] for item in override["environment"]]) == ("report", ["REPORTING_TASK_SPEC"])
