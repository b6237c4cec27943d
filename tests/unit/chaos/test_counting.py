"""What is lost, doubled or without cause is noticed, each kind by itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from contract.outcome import ExitCode
from tests.chaos import container
from tests.chaos.counting import Asked, Facts, Kind, Left, Program, Row, Task, judge, turned_away

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
ROW = Row("job", "SUCCEEDED", 1, None, None, None)
TASK = Task("arn:1", "job", 1, 0, BEGAN, BEGAN + timedelta(seconds=1))
LEFT = Left("job", 1, ("arn:1",), "succeeded", files_right=True)
SECOND = replace(
    TASK, arn="arn:2", attempt=2, started_at=BEGAN + timedelta(seconds=5), stopped_at=BEGAN.replace(hour=1)
)


def wrongs(
    *rows: Row, tasks: tuple[Task, ...] = (TASK,), left: tuple[Left, ...] = (LEFT,), program: Program = Program.OK
) -> set[Kind]:
    return {wrong.kind for wrong in judge(Facts([Asked("job", program)], rows, tasks, left))}


def test_a_job_that_was_made_once_is_right() -> None:
    assert wrongs(ROW) == set()


def test_a_job_whose_first_attempt_crashed_is_right_with_two_runs_and_wrong_with_three() -> None:
    crashed = replace(LEFT, status=None)
    second = replace(LEFT, attempt=2, markers=("arn:2",))
    row = replace(ROW, attempt=2)
    assert wrongs(row, tasks=(TASK, SECOND), left=(crashed, second), program=Program.CRASH) == set()
    third = replace(SECOND, arn="arn:3", attempt=3, started_at=BEGAN.replace(hour=2))
    assert wrongs(row, tasks=(TASK, SECOND, third), left=(crashed, second), program=Program.CRASH) == {Kind.DOUBLED}


def test_a_task_that_was_turned_away_doubles_nothing() -> None:
    away = replace(TASK, arn="arn:2", exit_code=int(ExitCode.ALREADY_WORKED_ON))
    assert wrongs(ROW, tasks=(TASK, away)) == set()
    assert turned_away((TASK, away)) == 1


@pytest.mark.parametrize(
    ("row", "left"),
    [
        (None, LEFT),
        (replace(ROW, status="RUNNING"), replace(LEFT, status=None)),
        (replace(ROW, attempt=2), LEFT),
        (ROW, replace(LEFT, status=None)),
        (ROW, replace(LEFT, files_right=False)),
    ],
)
def test_a_lost_job_is_noticed(row: Row | None, left: Left) -> None:
    assert wrongs(*([row] if row else []), left=(left,)) == {Kind.LOST}


def test_a_report_that_was_made_and_whose_job_failed_is_lost() -> None:
    assert Kind.LOST in wrongs(replace(ROW, status="FAILED", failure_class="LOST", diagnosis="d", remedy="r"))


@pytest.mark.parametrize(
    ("tasks", "left"),
    [
        ((TASK, replace(TASK, arn="arn:2")), (LEFT,)),
        ((TASK, SECOND), (LEFT,)),
        ((TASK,), (replace(LEFT, markers=("arn:1", "arn:1")),)),
        ((TASK,), (replace(LEFT, markers=("arn:9",)),)),
        ((TASK, replace(TASK, job_id="stranger")), (LEFT,)),
    ],
)
def test_a_doubled_job_is_noticed(tasks: tuple[Task, ...], left: tuple[Left, ...]) -> None:
    assert wrongs(ROW, tasks=tasks, left=left) == {Kind.DOUBLED}


def test_two_tasks_of_one_job_at_once_are_noticed_even_in_two_attempts() -> None:
    beside = replace(SECOND, started_at=BEGAN)
    left = (replace(LEFT, status=None), replace(LEFT, attempt=2, markers=("arn:2",)))
    row = replace(ROW, attempt=2)
    assert wrongs(row, tasks=(TASK, beside), left=left, program=Program.CRASH) == {Kind.DOUBLED}


def test_a_report_that_was_made_twice_is_noticed() -> None:
    left = (LEFT, replace(LEFT, attempt=2, markers=("arn:2",)))
    assert wrongs(replace(ROW, attempt=2), tasks=(TASK, SECOND), left=left, program=Program.CRASH) == {Kind.DOUBLED}


@pytest.mark.parametrize(
    ("row", "program"),
    [
        (replace(ROW, status="FAILED", failure_class="REPORT_ERROR"), Program.FAIL),
        (replace(ROW, status="CANCELLED"), Program.CANCEL),
        (replace(ROW, status="FAILED", failure_class="LOST", diagnosis="d", remedy="r"), Program.OK),
    ],
)
def test_an_end_without_cause_is_noticed(row: Row, program: Program) -> None:
    assert wrongs(row, left=(replace(LEFT, status=None),), program=program) == {Kind.NO_CAUSE}


def test_the_small_container_ends_with_the_contracts_exit_codes() -> None:
    assert (container.DONE, container.REPORT_ERROR) == (ExitCode.DONE, ExitCode.REPORT_ERROR)
    assert container.S3_UNWRITABLE == ExitCode.S3_UNWRITABLE
    assert container.ALREADY_WORKED_ON == ExitCode.ALREADY_WORKED_ON
    assert container.CRASHED not in set(ExitCode)
