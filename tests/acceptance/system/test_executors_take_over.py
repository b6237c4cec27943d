"""One executor after another, and one beside another: what outlives an executor, and who leads."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.system.driving import Analyst, Running, Stack, until

SLOW = {"title": "Slow", "queries": [{"name": "q", "sql": "SELECT SYSTEM$WAIT(5) AS waited"}]}
LEADS = '"action": "lead"'


@pytest.fixture
def started(no_executor: None, stack: Stack, tmp_path: Path) -> Iterator[Callable[[], Running]]:
    """Starts executors; those that the test leaves running end with it."""
    running: list[Running] = []

    def start() -> Running:
        running.append(stack.start_executor(tmp_path))
        return running[-1]

    yield start
    for executor in running:
        executor.stop()


def leads(executor: Running) -> Running:
    executor.wait_for(lambda line: LEADS in line)
    return executor


def test_p7_an_executor_that_stops_leaves_tasks_running_and_the_next_one_adopts_them(
    started: Callable[[], Running], analyst: Analyst
) -> None:
    first = leads(started())
    analyst.define("SLOW", SLOW)
    job_id = analyst.call("CALL reporting.generate_report('SLOW')")["job_id"]
    until(lambda: analyst.rows("SELECT 1 FROM reporting.job_state WHERE job_id = ? AND status = 'RUNNING'", job_id))
    assert first.stop(signal.SIGTERM) == 0
    assert analyst.rows("SELECT status FROM reporting.jobs WHERE job_id = ?", job_id)[0]["STATUS"] == "RUNNING"

    second = leads(started())
    row = analyst.ended(job_id)
    assert (row["STATUS"], row["ATTEMPT"]) == ("SUCCEEDED", 1)

    standby = started()
    sound = analyst.call("CALL reporting.generate_report('SALES_REPORT')")["job_id"]
    assert analyst.ended(sound)["STATUS"] == "SUCCEEDED"
    assert not any(LEADS in line for line in standby.lines)
    assert second.stop(signal.SIGTERM) == 0
    assert leads(standby).stop(signal.SIGTERM) == 0
