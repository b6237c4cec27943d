"""A seed is a plan: the same blows and jobs every time, others with another seed, and as many as were asked for."""

from itertools import islice

from local_cloud.aws.faults.orders import parse
from local_cloud.snowflake.faults import read_fault
from tests.chaos import plan
from tests.chaos.counting import Program
from tests.chaos.plan import KILLS, Size

SIZE = Size(lanes=3, jobs=100, real_jobs=7, kills=20, points=None)


def test_a_seed_gives_the_same_blows_and_jobs_again_and_another_seed_others() -> None:
    assert plan.strikes(1, 0, 20) == plan.strikes(1, 0, 20) != plan.strikes(2, 0, 20)
    assert plan.wishes(1, 0, 50, 5) == plan.wishes(1, 0, 50, 5) != plan.wishes(1, 1, 50, 5)
    assert list(islice(plan.aws_troubles(1, 0, "i", "b"), 9)) == list(islice(plan.aws_troubles(1, 0, "i", "b"), 9))


def test_a_plan_has_as_many_kills_and_jobs_as_were_asked_for() -> None:
    assert sum(strike.blow in KILLS for strike in plan.strikes(5, 1, 20)) == 20
    wished = plan.wishes(5, 1, 50, 5)
    assert len({wish.key for wish in wished}) == 50
    assert sum(wish.program is Program.REAL for wish in wished) == 5
    assert [wish for burst in plan.bursts(5, 1, wished) for wish in burst] == wished


def test_the_lanes_shares_add_up() -> None:
    assert sum(SIZE.share(SIZE.jobs, lane) for lane in range(SIZE.lanes)) == SIZE.jobs
    assert sum(SIZE.share(2, lane) for lane in range(SIZE.lanes)) == 2


def test_every_trouble_can_be_ordered() -> None:
    for orders in islice(plan.aws_troubles(3, 0, "chaos-0", "chaos-0"), 200):
        assert [parse(order).op for order in orders] != []
    for orders in islice(plan.snowflake_troubles(3), 100):
        assert [read_fault(order).kind for order in orders] != []
