"""What the service scheduler decides, and what health checks amount to: pure parts of the local ECS."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.aws.fargate.health import Verdict, health_check, task_health
from local_cloud.aws.services.planning import (
    HEALTHY,
    UNHEALTHY,
    UNKNOWN,
    ServiceFacts,
    TaskFact,
    breaker_threshold,
    is_complete,
    next_plan,
)

HEALTHS = {"h": HEALTHY, "u": UNHEALTHY, "?": UNKNOWN}


def tasks(text: str) -> tuple[TaskFact, ...]:
    """`new:hu? old:h` as tasks of two deployments; `-` is one that is being stopped."""
    groups = [part.partition(":") for part in text.split()]
    return tuple(
        TaskFact(f"{name}{number}", name, HEALTHS.get(letter, UNKNOWN), live=letter != "-")
        for name, _, letters in groups
        for number, letter in enumerate(letters)
    )


def facts(
    text: str = "", *, desired: int = 2, percents: tuple[int, int] = (100, 200), may_start: bool = True
) -> ServiceFacts:
    lower, upper = -(-desired * percents[0] // 100), desired * percents[1] // 100
    return ServiceFacts(
        desired, lower, upper, "new", tasks(text), may_start=may_start, fallback="old" if "old" in text else None
    )


@pytest.mark.parametrize(
    ("now", "start", "stopped"),
    [
        ("", {"new": 2}, ()),
        ("new:??", {}, ()),
        ("new:hh", {}, ()),
        ("new:uu", {"new": 2}, ()),
        ("new:uu??", {}, ()),
        ("new:uuuu", {}, ("new0", "new1")),
        ("new:uuu?", {}, ()),
        ("new:--uu", {}, ()),
        ("new:hhu?", {}, ("new2",)),
        ("new:uuhh", {}, ("new0", "new1")),
        ("new:hu", {"new": 1}, ()),
    ],
)
def test_unhealthy_tasks_are_replaced_first_and_stopped_then(
    now: str, start: dict[str, int], stopped: tuple[str, ...]
) -> None:
    plan = next_plan(facts(now))
    assert (dict(plan.start), plan.unhealthy) == (start, stopped)


def test_without_room_unhealthy_tasks_are_stopped_one_at_a_time() -> None:
    assert next_plan(facts("new:uu", percents=(0, 100))).unhealthy == ("new0",)
    assert next_plan(facts("new:u?", percents=(0, 100))).unhealthy == ()


@pytest.mark.parametrize(
    ("now", "percents", "start", "stopped"),
    [
        ("old:hh", (100, 200), {"new": 2}, ()),
        ("old:hh new:??", (100, 200), {}, ()),
        ("old:hh new:h?", (100, 200), {}, ("old0",)),
        ("old:hh new:hh", (100, 200), {}, ("old0", "old1")),
        ("old:hh", (0, 100), {}, ("old0", "old1")),
        ("old:hh", (50, 100), {}, ("old0",)),
        ("old:h", (100, 200), {"new": 2, "old": 1}, ()),
    ],
)
def test_a_deployment_keeps_the_healthy_count_and_the_maximum(
    now: str, percents: tuple[int, int], start: dict[str, int], stopped: tuple[str, ...]
) -> None:
    plan = next_plan(facts(now, percents=percents))
    assert (dict(plan.start), plan.scaled_in) == (start, stopped)


def test_a_deployment_that_may_neither_start_nor_stop_is_stuck() -> None:
    assert next_plan(facts("old:hh", percents=(100, 100))).stuck
    assert not next_plan(facts("old:h-", percents=(100, 100))).stuck


def test_a_failed_deployment_starts_nothing_and_lost_tasks_of_the_old_one_are_replaced() -> None:
    plan = next_plan(facts("old:h", may_start=False))
    assert (dict(plan.start), plan.scaled_in) == ({"old": 1}, ())


def test_tasks_beyond_the_desired_count_are_scaled_in_the_unproven_and_newest_first() -> None:
    assert next_plan(facts("new:hh?h")).scaled_in == ("new2", "new3")


def test_a_deployment_is_complete_when_all_there_is_is_its_own_and_healthy() -> None:
    assert is_complete(facts("new:hh"))
    assert not any(is_complete(facts(text)) for text in ("new:h?", "new:h", "new:hh old:h", "new:hu", "new:hhh"))


@given(
    st.text("hu?-", max_size=6), st.text("hu?-", max_size=6), st.integers(0, 5), st.sampled_from([0, 50, 100]),
    st.sampled_from([100, 150, 200]),
)  # fmt: skip
def test_no_plan_passes_the_maximum_or_stops_healthy_tasks_below_the_minimum(
    new: str, old: str, desired: int, minimum: int, maximum: int
) -> None:
    now = facts(f"new:{new} old:{old}", desired=desired, percents=(minimum, maximum))
    plan = next_plan(now)
    assert not plan.start or len(now.tasks) + sum(plan.start.values()) <= now.upper
    gone = set(plan.scaled_in)
    assert not gone & set(plan.unhealthy)
    healthy = [task.arn for task in now.tasks if task.live and task.health == HEALTHY]
    if gone & set(healthy):
        assert len(set(healthy) - gone) >= min(now.lower, len(healthy))


def rounds(text: str, count: int) -> Iterator[int]:
    """Play a service whose tasks all turn unhealthy; answers with how many run, whenever that changes."""
    now, seen, number = facts(text), -1, 100
    for _ in range(count):
        live = sum(task.live for task in now.tasks)
        if live != seen:
            seen = live
            yield live
        plan = next_plan(now)
        stopped = {*plan.unhealthy, *plan.scaled_in}
        left = [replace(task, health=UNHEALTHY) for task in now.tasks if task.arn not in stopped]
        fresh = [TaskFact(f"new{number + item}", "new") for item in range(plan.start.get("new", 0))]
        number += len(fresh)
        now = replace(now, tasks=(*left, *fresh))


def test_a_service_that_never_gets_healthy_goes_2_4_2_4() -> None:
    assert list(rounds("new:??", 14))[:6] == [2, 4, 2, 4, 2, 4]


@pytest.mark.parametrize(("desired", "threshold"), [(1, 3), (6, 3), (7, 4), (10, 5), (1000, 200)])
def test_the_breaker_trips_at_half_the_desired_count_within_its_bounds(desired: int, threshold: int) -> None:
    assert breaker_threshold(desired) == threshold


CHECK = {"command": ["CMD", "true"], "interval": 10, "retries": 2, "startPeriod": 30}


def test_a_health_check_is_read_with_the_defaults_of_ecs() -> None:
    check = health_check({"healthCheck": {"command": ["CMD-SHELL", "a | b"]}})
    assert check is not None
    assert (check.argv, check.interval_s, check.timeout_s, check.retries) == (("/bin/sh", "-c", "a | b"), 30, 5, 3)
    assert health_check({"healthCheck": {"command": ["NONE"]}}) is None
    assert health_check({}) is None


def statuses(*results: tuple[float, bool]) -> list[str]:
    check = health_check({"healthCheck": CHECK})
    assert check is not None
    verdict = Verdict(check, 0.0)
    return [verdict.take(healthy=healthy, now_s=now_s) for now_s, healthy in results]


def test_failures_in_the_start_period_do_not_count() -> None:
    assert statuses((10, False), (20, False), (30, False), (40, False)) == [*["UNKNOWN"] * 3, "UNHEALTHY"]


def test_a_success_ends_the_start_period_and_heals() -> None:
    results = ((5, True), (10, False), (15, False), (20, True))
    assert statuses(*results) == ["HEALTHY", "HEALTHY", "UNHEALTHY", "HEALTHY"]


def test_a_task_is_as_healthy_as_its_essential_containers_with_a_check() -> None:
    assert task_health({}) == "UNKNOWN"
    assert task_health({"a": "HEALTHY", "b": "UNKNOWN"}) == "UNKNOWN"
    assert task_health({"a": "HEALTHY", "b": "UNHEALTHY"}) == "UNHEALTHY"
    assert task_health({"a": "HEALTHY", "b": "HEALTHY"}) == "HEALTHY"
