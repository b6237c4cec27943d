"""Report types that name a task definition of their own: launched with it, replayed with it, failing alone."""

from itertools import pairwise

from contract.states import JobState
from executor.core.breaker import FINAL_AFTER, Phase
from executor.core.launch_answers import Errored
from executor.testing.account import Account
from tests.jobs import definition
from tests.simulation.test_one_bad_deployment import phase
from tests.simulation.world import World

GONE = Errored("ClientException", "TaskDefinition not found.", 400)


def own(world: World) -> None:
    world.define("OWN_REPORT", definition(queries=(), task_definition="own:2"))


async def test_p2_a_report_of_its_own_container_is_replayed_with_the_same_bytes_by_the_next_leader(
    world: World,
) -> None:
    own(world)
    world.launcher.account = Account(world.clock.now, per_s=1e-9, burst=0)
    first = world.executor("one")
    asked = world.ask(report_type="OWN_REPORT")
    await world.until(lambda: bool(world.launcher.requests), within_s=60)
    first.kill()
    world.launcher.account = None
    # The next one has another usual task definition by now, which is nothing to a job on its way.
    world.executor("two", task_definition="reporting-job:4")
    await world.all_ended(within_s=300)
    assert world.status(asked) is JobState.SUCCEEDED
    assert len(world.launcher.requests) >= 2
    assert all(before == after for before, after in pairwise(world.launcher.requests))
    assert world.launcher.requests[-1]["taskDefinition"] == "own:2"


async def test_p10_a_task_definition_that_is_gone_ends_its_own_reports_and_holds_nobody_back(world: World) -> None:
    own(world)
    world.executor("one")
    world.launcher.answer_next(GONE, times=FINAL_AFTER + 1)
    lost = [world.ask(report_type="OWN_REPORT") for _ in range(FINAL_AFTER + 1)]
    await world.all_ended(within_s=300)
    for asked in lost:
        row = world.store.state[asked.request_id].job
        assert (row.status, row.cause_id) == (JobState.FAILED, "task_definition_missing")
    assert all("(task definition own:2)" in str(result.verdict) for result in world.store.results)
    assert phase(world) in {None, Phase.CLOSED}
    usual = world.ask()
    await world.until(lambda: world.status(usual) is JobState.SUCCEEDED, within_s=60)
