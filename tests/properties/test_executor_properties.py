"""What must hold for any row and any evidence."""

import asyncio
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.job import JobRow
from contract.outcome import Blame, FailureClass
from contract.policy import Limits, RetryPolicy
from contract.states import TERMINAL, JobState
from executor.batches import Batch, Change
from executor.core.backoff import delay_s
from executor.core.capacity import room_to_claim
from executor.core.failures import Evidence
from executor.core.settle import settle
from executor.core.tasks import ContainerView, TaskView
from executor.core.transitions import RANK
from executor.testing.memory_store import MemoryStore
from executor.testing.virtual_clock import VirtualClock
from tests.jobs import ARN, NOW, job, request
from tests.unit.executor.test_failures import manifest

_progress = st.tuples(st.integers(1, 3), st.integers(0, 3), st.sampled_from(sorted(set(RANK.values()))))


def at(progress: tuple[int, int, int]) -> JobRow:
    attempt, launch_try, rank = progress
    state = next(state for state, its_rank in RANK.items() if its_rank == rank)
    return job(state, attempt=attempt, launch_try=launch_try, request_id="r")


@given(st.lists(_progress, min_size=1, max_size=8))
@settings(deadline=None)
def test_p3_in_whatever_order_truths_arrive_the_furthest_one_stays(truths: list[tuple[int, int, int]]) -> None:
    async def arrive() -> tuple[int, int, int]:
        store = MemoryStore(VirtualClock().now)
        store.enqueue(request(request_id="r"))
        await store.take_fence(0, "me")
        await store.claim(1, "c", 1)
        for truth in truths:
            await store.write(1, Batch([Change(at(truth))]))
        return store.state["r"].job.progress

    assert asyncio.run(arrive()) == max([*truths, (1, 0, RANK[JobState.CLAIMED])])


_text = st.none() | st.sampled_from(
    [
        "OutOfMemoryError: x",
        "Your Spot Task was interrupted.",
        "Capacity is unavailable",
        "toomanyrequests",
        "",
        "\n",
        "ä",
    ]
)
_containers = st.lists(
    st.builds(ContainerView, st.sampled_from(["report", "sidecar"]), st.none() | st.integers(-1, 256), _text),
    max_size=2,
)
_tasks = st.builds(
    TaskView,
    arn=st.just(ARN),
    last_status=st.just("STOPPED"),
    stop_code=st.none()
    | st.sampled_from(
        [
            "TaskFailedToStart",
            "EssentialContainerExited",
            "UserInitiated",
            "ServiceSchedulerInitiated",
            "SpotInterruption",
        ]
    ),
    stopped_reason=_text,
    containers=_containers.map(tuple),
    started_at=st.none() | st.just(NOW),
    stopped_at=st.none() | st.just(NOW),
)
_manifests = st.none() | st.builds(
    manifest, st.sampled_from(["succeeded", "failed"]), st.sampled_from([0, 10, 12, 16, 99, 143])
)


@given(
    state=st.sampled_from([JobState.LAUNCHED, JobState.RUNNING, JobState.CANCELLING]),
    task=st.none() | _tasks,
    left=_manifests,
    tail=st.none() | st.text(max_size=20),
    user=st.integers(0, 3),
    infra=st.integers(0, 6),
    dice=st.floats(0, 0.999),
)
def test_p9_p10_every_ended_attempt_leads_forward_and_no_job_is_left_without_a_cause(
    state: JobState, task: TaskView | None, left: object, tail: str | None, user: int, infra: int, dice: float
) -> None:
    row = job(state, user_failures=user, infra_failures=infra)
    evidence = Evidence("report", task, left, tail)  # type: ignore[arg-type]  # None or a manifest
    policy = RetryPolicy()
    found = settle(row, evidence, max_attempts=3, policy=policy, now=NOW + timedelta(1), dice=dice)
    after = found.job
    assert after.progress > row.progress
    assert after.status in TERMINAL | {JobState.RETRY_WAIT}
    assert (after.finished_at is None) == (after.status is JobState.RETRY_WAIT) == (found.due_in_s is not None)
    assert found.result is not None
    assert len(found.events) == 1
    if after.status is JobState.SUCCEEDED:
        assert evidence.manifest is not None
        assert evidence.manifest.status == "succeeded"
        return
    verdict = found.result.verdict
    assert verdict is not None
    assert verdict.diagnosis
    assert verdict.remedy
    if after.status in {JobState.FAILED, JobState.RETRY_WAIT}:
        assert after.failure_class is not None
        assert FailureClass(after.failure_class) is verdict.failure_class
    if after.status is JobState.RETRY_WAIT:
        charged = (after.user_failures, after.infra_failures) != (user, infra)
        assert charged == (verdict.blame is not Blame.NOBODY)
        assert 0 < found.due_in_s <= policy.max_delay_s  # type: ignore[operator]  # not None, as said above


@given(st.integers(1, 500), st.integers(1, 200), st.integers(0, 1000))
def test_p11_room_and_what_runs_never_exceed_the_cap(most: int, claim: int, running: int) -> None:
    room = room_to_claim(Limits(max_running=most, max_claim=claim), running)
    assert 0 <= room <= claim
    assert room == 0 or running + room <= most


@given(st.integers(1, 10_000), st.floats(0, 0.999))
def test_a_delay_is_positive_and_capped(failures: int, dice: float) -> None:
    assert 0 < delay_s(RetryPolicy(), failures, dice) <= RetryPolicy().max_delay_s
