"""The jobs in hand, and the bells."""

from contract.states import TERMINAL, JobState
from executor.board import Board
from tests.jobs import job, stopped


def test_nobody_leads_without_a_fence_or_beyond_the_trust() -> None:
    board = Board()
    board.trusted_until_s = 100.0
    assert not board.leads(0.0)
    board.begin(1, [])
    assert board.leads(99.9)
    assert not board.leads(100.0)
    board.end()
    assert not board.leads(0.0)


def test_a_new_reign_looks_for_tasks_of_intents_that_nobody_answered_for() -> None:
    board = Board()
    intended, fresh = job(launch_token="t", request_id="r1"), job(request_id="r2")
    board.begin(7, [intended, fresh, job(JobState.RETRY_WAIT, request_id="r3")])
    assert board.to_find == {"r1"}
    assert set(board.jobs) == {"r1", "r2"}
    assert board.claim_bell.is_set()
    assert board.launch_bell.is_set()


def test_what_ended_or_waits_leaves_the_board_and_makes_room() -> None:
    for state in (*TERMINAL, JobState.RETRY_WAIT):
        board = Board()
        board.begin(1, [job(JobState.RUNNING)])
        board.end_of_task(job(JobState.RUNNING), stopped())
        board.claim_bell.clear()
        board.put(job(state))
        assert (board.jobs, board.ended, board.claim_bell.is_set()) == ({}, {}, True)


def test_a_job_whose_task_ended_is_no_longer_watched_and_rings_for_settling() -> None:
    board = Board()
    board.begin(1, [job(JobState.RUNNING)])
    assert [row.job_id for row in board.to_watch()] == ["job-1"]
    board.end_of_task(job(JobState.RUNNING), None)
    assert board.to_watch() == []
    assert board.settle_bell.is_set()


def test_a_retry_is_remembered_until_a_new_reign() -> None:
    board = Board()
    board.begin(1, [job(JobState.RUNNING)])
    board.put_back(job(JobState.RETRY_WAIT), 42.0)
    board.put_back(job(JobState.FAILED, request_id="other"), None)
    assert list(board.retries_at_s.values()) == [42.0]
    board.begin(2, [])
    assert board.retries_at_s == {}


def test_a_retry_that_ended_while_it_waited_is_waited_for_no_longer() -> None:
    board = Board()
    board.put_back(job(JobState.RETRY_WAIT), 42.0)
    board.put(job(JobState.CANCELLED))
    assert board.retries_at_s == {}


def test_a_task_is_adopted_only_by_the_launch_that_it_came_of() -> None:
    board, task = Board(), stopped()
    sent = job(JobState.CLAIMED, launch_try=1)
    board.put(job(JobState.CANCELLING, launch_try=1, task_arn=None))
    board.adopt(job(JobState.CLAIMED, launch_try=2), task)
    assert board.to_watch() == []
    board.adopt(sent, task)
    assert [row.task_arn for row in board.to_watch()] == [task.arn]
    assert board.cancel_bell.is_set()


def test_p11_a_job_that_went_astray_keeps_its_place_because_its_task_may_run() -> None:
    board = Board()
    board.begin(1, [job(JobState.RUNNING, request_id="r1"), job(JobState.RUNNING, request_id="r2")])
    board.lose({"r1"})
    assert board.places == 2
    board.take(job(JobState.RUNNING, request_id="r1"))
    assert board.places == 2
    board.astray.clear()
    board.put(job(JobState.SUCCEEDED, request_id="r1"))
    assert board.places == 1
