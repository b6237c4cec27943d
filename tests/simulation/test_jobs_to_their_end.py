"""Jobs from the request to their end, by the whole executor over fakes."""

from collections.abc import Mapping
from typing import Any

from contract.events import JobEvent
from contract.manifest import ReportFailure
from contract.outcome import FailureClass
from contract.report import ReportDefinition
from contract.states import JobState
from executor.core.launch_answers import Refused, Throttled, Unknown
from executor.ports import Unreadable
from executor.testing.programs import manifest_of, result_uri, spec_of
from executor.testing.task_life import Ending
from tests.jobs import definition
from tests.simulation.world import MAX_RUNNING, World


async def test_one_job_from_request_to_succeeded(world: World) -> None:
    world.executor()
    asked = world.ask()
    await world.all_ended(within_s=30)
    job = world.store.state[asked.request_id].job
    assert job.status is JobState.SUCCEEDED
    assert (job.attempt, job.user_failures, job.infra_failures) == (1, 0, 0)
    assert job.finished_at is not None
    assert "reports/SALES_REPORT/latest.json" in world.artifacts.objects
    names = [event.event for event in world.store.events]
    assert names == [JobEvent.LAUNCH_INTENDED, JobEvent.LAUNCHED, JobEvent.STARTED, JobEvent.SUCCEEDED]
    assert len({event.event_id for event in world.store.events}) == len(names)


async def test_p11_a_hundred_jobs_never_run_more_than_the_cap_at_once(world: World) -> None:
    world.executor()
    asked = [world.ask() for _ in range(100)]
    most = 0

    def ended() -> bool:
        nonlocal most
        most = max(most, len(world.launcher.running))
        return all(world.status(one) is JobState.SUCCEEDED for one in asked)

    await world.until(ended, within_s=600)
    assert most == MAX_RUNNING
    assert len(world.launcher.tasks) == 100


async def test_p9_a_failing_report_says_why_while_others_succeed(world: World) -> None:
    def fails(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, world.artifacts)
        failure = ReportFailure(kind="ZeroDivisionError", message="division by zero in margin")
        manifest = manifest_of(spec, arn, world.clock.now(), failure)
        world.logs.say(arn, "Traceback: division by zero")
        return Ending(exit_code=10, leaves=lambda: world.artifacts.leave(result_uri(spec), manifest))

    world.define("BAD_REPORT", definition(max_attempts=2), fails)
    world.executor()
    bad, good = world.ask(report_type="BAD_REPORT"), world.ask()
    await world.all_ended()
    assert (world.status(bad), world.status(good)) == (JobState.FAILED, JobState.SUCCEEDED)
    job = world.store.state[bad.request_id].job
    assert (job.failure_class, job.attempt, job.user_failures) == (FailureClass.REPORT_ERROR, 2, 2)
    result = [result for result in world.store.results if result.request_id == bad.request_id][-1]
    assert result.error == "division by zero in margin"
    assert result.log_tail == "Traceback: division by zero"


async def test_p8_a_spot_interruption_is_retried_and_uses_none_of_the_users_attempts(world: World) -> None:
    def interrupted_once(arn: str, request: Mapping[str, Any]) -> Ending:
        if spec_of(request, world.artifacts).attempt == 1:
            return Ending(exit_code=143, stop_code="SpotInterruption", reason="Your Spot Task was interrupted.")
        return world.makes_its_report(arn, request)

    world.define("SPOT_REPORT", definition(max_attempts=1), interrupted_once)
    world.executor()
    asked = world.ask(report_type="SPOT_REPORT")
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert (job.status, job.attempt) == (JobState.SUCCEEDED, 2)
    assert (job.user_failures, job.infra_failures) == (0, 1)
    costs = [result.cost_usd or 0.0 for result in world.store.results]
    assert len(costs) == 2
    assert job.cost_usd == sum(costs) > min(costs) > 0


async def test_p8_a_launch_without_room_waits_and_uses_none_of_the_users_attempts(world: World) -> None:
    world.launcher.answer_next(Refused("Capacity is unavailable at this time"), times=2)
    world.executor()
    asked = world.ask()
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert (job.status, job.attempt, job.user_failures) == (JobState.SUCCEEDED, 1, 0)
    assert len({request["clientToken"] for request in world.launcher.requests}) == 3


async def test_p12_a_throttled_launch_is_sent_again_with_the_same_bytes_and_costs_no_budget(world: World) -> None:
    world.launcher.answer_next(Throttled("Rate exceeded"), times=20)
    world.executor()
    asked = world.ask()
    await world.all_ended()
    job = world.store.state[asked.request_id].job
    assert (job.status, job.infra_failures, job.user_failures) == (JobState.SUCCEEDED, 0, 0)
    assert all(request == world.launcher.requests[0] for request in world.launcher.requests)
    told = [one.detail for one in world.store.events if one.event is JobEvent.LAUNCH_THROTTLED]
    assert told == [{"reason": "Rate exceeded"}]


async def test_p9_a_job_whose_launch_is_throttled_says_so_while_it_waits(world: World) -> None:
    world.launcher.answer_next(Throttled("Rate exceeded"), times=10_000)
    world.executor()
    world.ask()
    names = {JobEvent.LAUNCH_THROTTLED}
    await world.until(lambda: names <= {one.event for one in world.store.events}, within_s=10)


async def test_troubles_of_a_launch_that_alternate_are_told_once_each(world: World) -> None:
    for _ in range(5):
        world.launcher.answer_next(Throttled("Rate exceeded"))
        world.launcher.answer_next(Unknown("no answer within 20 s"))
    world.executor()
    world.ask()
    await world.all_ended()
    told = [one.event for one in world.store.events]
    assert [told.count(kind) for kind in (JobEvent.LAUNCH_THROTTLED, JobEvent.LAUNCH_UNANSWERED)] == [1, 1]


async def test_p10_a_poison_job_ends_within_its_budget_and_starves_nobody(world: World) -> None:
    world.define("POISON", definition(max_attempts=3), lambda _arn, _request: Ending(exit_code=1))
    world.executor()
    poison = [world.ask(report_type="POISON", priority=90) for _ in range(5)]
    good = [world.ask() for _ in range(45)]
    await world.until(lambda: all(world.status(one) is JobState.SUCCEEDED for one in good), within_s=120)
    await world.all_ended()
    assert {world.status(one) for one in poison} == {JobState.FAILED}
    assert {world.store.state[one.request_id].job.attempt for one in poison} == {3}


async def test_p24_a_job_without_a_definition_fails_with_its_reason_and_stops_no_loop(world: World) -> None:
    world.executor()
    lost, good = world.ask(report_type="NO_REPORT"), world.ask()
    await world.all_ended()
    assert (world.status(lost), world.status(good)) == (JobState.FAILED, JobState.SUCCEEDED)
    (result,) = [result for result in world.store.results if result.request_id == lost.request_id]
    assert result.verdict is not None
    assert "NO_REPORT has no version 1" in result.verdict.diagnosis


async def test_p20_p24_a_definition_of_a_newer_version_fails_its_job_with_what_to_do_and_stops_no_loop(
    world: World,
) -> None:
    world.store.unreadable["NEWER_REPORT", 3] = Unreadable("definition.formats[0]: 'hologram' is not one of 'csv'")
    world.executor()
    newer, good = world.ask(report_type="NEWER_REPORT", report_version=3), world.ask()
    await world.all_ended()
    assert (world.status(newer), world.status(good)) == (JobState.FAILED, JobState.SUCCEEDED)
    (verdict,) = [result.verdict for result in world.store.results if result.request_id == newer.request_id]
    assert verdict is not None
    assert (verdict.failure_class, verdict.cause_id) == (FailureClass.LAUNCH_REFUSED, "definition_not_understood")
    assert "version 3 of NEWER_REPORT: definition.formats[0]: 'hologram'" in verdict.diagnosis
    assert "Upgrade the executor" in verdict.remedy


async def test_p24_a_definition_that_disappears_under_a_running_job_does_not_keep_it_from_ending(world: World) -> None:
    first = world.executor("one")
    asked = world.ask()
    await world.until(lambda: world.status(asked) is JobState.LAUNCHED)
    first.kill()
    world.store.types.clear()
    world.executor("two")
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED


async def test_a_long_definition_travels_through_the_bucket(world: World) -> None:
    queries = tuple({"name": f"q{number}", "sql": "SELECT " + "1 + " * 500 + "1"} for number in range(5))
    world.define("LONG_REPORT", ReportDefinition.model_validate({"title": "Long", "queries": queries}))
    world.executor()
    asked = world.ask(report_type="LONG_REPORT")
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    assert any(key.endswith("task_spec.json") for key in world.artifacts.objects)


async def test_a_duplicate_never_runs(world: World) -> None:
    world.executor()
    first = world.ask(job_id="same")
    await world.passes(1)
    second = world.ask(job_id="same")
    await world.all_ended()
    assert (world.status(first), world.status(second)) == (JobState.SUCCEEDED, JobState.DUPLICATE)
    assert len(world.launcher.tasks) == 1


async def test_p19_an_idle_hour_asks_the_store_only_what_is_free(world: World) -> None:
    executor = world.executor()
    asked = world.ask()
    await world.all_ended()
    assert world.status(asked) is JobState.SUCCEEDED
    await world.passes(60)
    before = len(executor.steps)
    await world.passes(3_600)
    to_the_store = {step for step in executor.steps[before:] if ".".join(step.split(" ")[1:]).startswith("store.")}
    assert to_the_store == {"before store.intake_token", "after store.intake_token"}
