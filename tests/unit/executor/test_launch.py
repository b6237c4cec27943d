"""From a row to a RunTask request, and from an answer to a row."""

import json
from datetime import timedelta

import pytest
from pydantic import TypeAdapter

from contract.job import JobRow, job_row
from contract.report import ReportDefinition
from contract.states import JobState
from contract.task_spec import SPEC_ENV, SPEC_URI_ENV, TaskSpec
from executor.core import launch, watch
from executor.core.launch import LaunchOrder, LaunchProfile
from executor.core.tasks import ContainerView, TaskView
from executor.core.watch import MISSING_PATIENCE_S, Sight
from tests.jobs import ARN, NOW, PROFILE, definition, job

MAX_OVERRIDES_CHARS = 8_192
"""RunTask, API reference: for all overrides together, formatting included."""


def prepared(row: JobRow, what: ReportDefinition | None = None) -> tuple[JobRow, TaskSpec, LaunchOrder]:
    spec = launch.task_spec(row, "i" * 24, "b" * 63, what or definition())
    intended = launch.intend(row, "i" * 24, PROFILE, "FARGATE", spec)
    return intended, spec, launch.order(intended, PROFILE, spec)


def environment(order: LaunchOrder) -> dict[str, str]:
    pairs = order.run_task["overrides"]["containerOverrides"][0]["environment"]
    return {pair["name"]: pair["value"] for pair in pairs}


def test_p2_the_same_row_gives_the_same_bytes() -> None:
    first, again = prepared(job())[2], prepared(job_row(json.loads(TypeAdapter(JobRow).dump_json(job()))))[2]
    assert json.dumps(first.run_task) == json.dumps(again.run_task)


def test_each_try_has_a_token_of_its_own_that_stands_on_the_row_first() -> None:
    intended, spec, order = prepared(job())
    assert (intended.launch_try, intended.status) == (1, JobState.CLAIMED)
    assert order.run_task["clientToken"] == intended.launch_token
    assert intended.progress > job().progress
    again = launch.intend(intended, "i" * 24, PROFILE, "FARGATE", spec)
    assert again.launch_token != intended.launch_token
    with pytest.raises(ValueError, match="commit the intent first"):
        launch.order(job(), PROFILE, spec)


def test_a_task_gets_the_size_of_its_report_and_the_folder_of_its_attempt() -> None:
    intended, spec, order = prepared(job(options={"cpu": 1024, "memory": 4096}))
    assert (intended.cpu, intended.memory_mb) == (1024, 4096)
    assert (order.run_task["overrides"]["cpu"], order.run_task["overrides"]["memory"]) == ("1024", "4096")
    assert intended.result_uri == f"s3://{'b' * 63}/{spec.prefix}"
    assert TaskSpec.model_validate_json(environment(order)[SPEC_ENV]) == spec


@pytest.mark.parametrize("text", ["x", '"', "\\", "ä", "\n"])
def test_a_spec_moves_to_the_bucket_before_its_request_is_too_long(text: str) -> None:
    order = None
    for length in range(200, 7_000, 100):
        row = job(job_id="J" * 80, params={"text": text * length})
        _, _, order = prepared(row)
        names = set(environment(order))
        assert names == ({SPEC_ENV} if order.spec_key is None else {SPEC_URI_ENV})
        assert len(json.dumps(order.run_task["overrides"])) <= MAX_OVERRIDES_CHARS
    assert order is not None
    assert order.spec_key is not None
    assert environment(order)[SPEC_URI_ENV].endswith(order.spec_key)


def test_a_spec_of_6000_characters_as_sent_is_the_longest_that_travels_in_the_environment() -> None:
    def sent(length: int) -> tuple[int, bool]:
        order = prepared(job(params={"text": "x" * length}))[2]
        return len(json.dumps(order.spec_json)), order.spec_key is None

    empty = sent(0)[0]
    assert sent(6_000 - empty) == (6_000, True)
    assert sent(6_001 - empty) == (6_001, False)


def test_nothing_long_or_odd_reaches_the_tags() -> None:
    order = prepared(job(job_id="J" * 80, report_type="T" * 40, attempt=999))[2].run_task
    assert len(order["startedBy"]) <= 128
    assert len(order["clientToken"]) <= 64
    assert all(len(tag["value"]) <= 256 for tag in order["tags"])


def test_a_profile_is_named_by_its_content() -> None:
    same = LaunchProfile.model_validate_json(PROFILE.model_dump_json())
    other = PROFILE.model_copy(update={"task_definition": "reporting-job:4"})
    assert PROFILE.name == same.name != other.name


def seen(status: str, **more: object) -> TaskView:
    return TaskView(ARN, status, containers=(ContainerView("report"),), **more)  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("state", "task", "missing_for_s", "sight"),
    [
        (JobState.LAUNCHED, seen("PROVISIONING"), 0, Sight.NOTHING_NEW),
        (JobState.LAUNCHED, seen("RUNNING"), 0, Sight.STARTED),
        (JobState.LAUNCHED, seen("STOPPING", started_at=NOW), 0, Sight.STARTED),
        (JobState.RUNNING, seen("RUNNING"), 0, Sight.NOTHING_NEW),
        (JobState.CANCELLING, seen("RUNNING"), 0, Sight.NOTHING_NEW),
        (JobState.RUNNING, seen("STOPPED"), 0, Sight.ENDED),
        (JobState.LAUNCHED, seen("DELETED"), 0, Sight.ENDED),
        (JobState.LAUNCHED, None, MISSING_PATIENCE_S, Sight.NOTHING_NEW),
        (JobState.LAUNCHED, None, MISSING_PATIENCE_S + 1, Sight.ENDED),
    ],
)
def test_a_look_at_a_task_says_what_is_new(
    state: JobState, task: TaskView | None, missing_for_s: float, sight: Sight
) -> None:
    assert watch.look(job(state), task, missing_for_s) is sight


def test_deadlines_count_from_what_ecs_says_not_from_when_we_looked() -> None:
    later = NOW + timedelta(hours=1)
    launched = watch.launched(job(), seen("PENDING", created_at=NOW), later)
    assert (launched.launched_at, launched.task_arn) == (NOW, ARN)
    assert launched.start_deadline_at == NOW + timedelta(seconds=900)
    running = watch.started(launched, seen("RUNNING", started_at=NOW), 60, later)
    assert (running.started_at, running.deadline_at) == (NOW, NOW + timedelta(seconds=60))
    assert job().progress < launched.progress < running.progress
