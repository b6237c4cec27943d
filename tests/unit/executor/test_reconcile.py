"""What is done about tasks that the board does not have."""

from datetime import timedelta
from typing import Any

import pytest

from contract.states import TERMINAL, JobState
from executor.core.reconcile import Owner, RowState, Step, judge, may_be_judged, owner
from executor.core.tasks import TaskView
from tests.jobs import ARN, NOW, stopped

TASK = TaskView(ARN, "RUNNING", started_by="reporting/prod/job-1/2", created_at=NOW)
WHOSE = Owner("job-1", 2)


def row(status: JobState | None, attempt: int = 2, **more: Any) -> RowState:
    return RowState("job-1", **{"asked": True, "request_id": "r", "fence": 3, **more}, status=status, attempt=attempt)


def test_p7_a_task_belongs_to_the_installation_that_its_tag_names() -> None:
    assert owner(TASK, "prod") == WHOSE


@pytest.mark.parametrize(
    "tag",
    [None, "", "ecs-svc/123", "reporting/prod", "reporting/prod/job-1/x", "reporting/pro/job-1/2", "other/prod/j/1"],
)
def test_p7_other_tags_are_none_of_ours(tag: str | None) -> None:
    assert owner(TaskView(ARN, "RUNNING", started_by=tag), "prod") is None


def test_a_task_is_judged_after_ten_minutes_and_not_when_it_has_stopped() -> None:
    assert not may_be_judged(TASK, NOW + timedelta(seconds=599))
    assert may_be_judged(TASK, NOW + timedelta(seconds=600))
    assert not may_be_judged(stopped(), NOW + timedelta(hours=1))


@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_a_task_whose_job_has_ended_is_stopped(status: JobState) -> None:
    assert judge(TASK, WHOSE, row(status)).step is Step.STOP


@pytest.mark.parametrize(
    ("known", "step"),
    [
        (row(JobState.RUNNING, 3, task_arn="arn:another"), Step.STOP),
        (row(JobState.RETRY_WAIT, launched=True), Step.STOP),
        (row(None, 0, asked=False), Step.STOP),
        (row(None, 0), Step.LEAVE),
        (row(JobState.RETRY_WAIT), Step.LEAVE),
        (row(JobState.RUNNING, 1, task_arn="arn:another"), Step.LEAVE),
        (row(JobState.RUNNING, task_arn="arn:another", launched=True), Step.LEAVE),
        (row(JobState.CLAIMED), Step.SEARCH),
        (row(JobState.LAUNCHED, task_arn=ARN, launched=True), Step.TAKE),
        (row(JobState.CANCELLING, task_arn=ARN, launched=True), Step.TAKE),
    ],
)
def test_p7_a_living_task_is_stopped_only_when_its_job_has_no_use_for_it(known: RowState, step: Step) -> None:
    found = judge(TASK, WHOSE, known)
    assert found.step is step
    assert found.why
