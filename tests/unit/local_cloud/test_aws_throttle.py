"""Token buckets at AWS's numbers, in time that the test moves."""

import pytest

from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.throttle import NoThrottle, Throttle

HERE = Place("1", "us-east-1")


class Seconds:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def let_through(throttle: Throttle, operation: str, most: int = 1_000, place: Place = HERE) -> int:
    for count in range(most):
        try:
            throttle.ask(operation, place)
        except RefusedError:
            return count
    return most


@pytest.mark.parametrize(
    ("operation", "burst", "per_s"),
    [("RunTask", 20, 20), ("StopTask", 100, 40), ("DescribeTasks", 100, 20), ("ListTasks", 100, 20)],
)
def test_an_operation_has_its_burst_and_then_its_rate(operation: str, burst: int, per_s: int) -> None:
    clock = Seconds()
    throttle = Throttle(clock)
    assert let_through(throttle, operation) == burst
    clock.now += 1
    assert let_through(throttle, operation) == per_s
    clock.now += 1_000
    assert let_through(throttle, operation) == burst


def test_reading_tasks_shares_one_bucket_and_changing_them_another() -> None:
    throttle = Throttle(Seconds())
    assert let_through(throttle, "DescribeTasks", 60) == 60
    assert let_through(throttle, "ListTasks") == 40
    assert let_through(throttle, "StopTask", 90) == 90
    assert let_through(throttle, "RunTask") == 10


def test_a_refusal_has_the_words_of_ecs() -> None:
    throttle = Throttle(Seconds())
    assert let_through(throttle, "StopTask") == 100
    with pytest.raises(RefusedError, match="ThrottlingException: Rate exceeded"):
        throttle.ask("StopTask", HERE)


def test_a_refused_request_takes_nothing_from_the_other_bucket() -> None:
    throttle = Throttle(Seconds())
    assert let_through(throttle, "RunTask") == 20
    for _ in range(50):
        assert let_through(throttle, "RunTask") == 0
    assert let_through(throttle, "StopTask") == 80


def test_launches_are_counted_by_task_and_by_provider() -> None:
    clock = Seconds()
    throttle = Throttle(clock)
    for _ in range(10):
        throttle.launch([None] * 10, HERE)
    with pytest.raises(RefusedError):
        throttle.launch(["FARGATE"], HERE)
    throttle.launch(["FARGATE_SPOT"] * 10, HERE)
    clock.now += 0.5
    throttle.launch(["FARGATE"] * 10, HERE)
    with pytest.raises(RefusedError):
        throttle.launch(["FARGATE"], HERE)


def test_a_younger_region_launches_a_quarter_at_once_and_as_much_per_second() -> None:
    clock = Seconds()
    throttle, there = Throttle(clock), Place("1", "eu-south-2")
    throttle.launch([None] * 25, there)
    with pytest.raises(RefusedError):
        throttle.launch([None], there)
    clock.now += 1
    throttle.launch([None] * 5, there)
    with pytest.raises(RefusedError):
        throttle.launch([None], there)
    throttle.launch([None] * 25 + ["FARGATE_SPOT"] * 25, Place("1", "eu-south-1"))


def test_regions_have_buckets_of_their_own() -> None:
    throttle = Throttle(Seconds())
    assert let_through(throttle, "ListTasks") == 100
    assert let_through(throttle, "ListTasks", place=Place("1", "eu-west-1")) == 100


def test_without_a_throttle_everything_comes_through() -> None:
    assert let_through(NoThrottle(Seconds()), "RunTask", 5_000) == 5_000
