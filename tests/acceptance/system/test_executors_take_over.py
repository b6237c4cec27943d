"""One executor after another, and one beside another: what outlives an executor, and who leads."""

import json
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from executor.core.recover import LOST_COLUMNS
from tests.acceptance.system.driving import Analyst, Running, Stack, until
from tests.forking import run

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


OWN_TIMES = {"STARTED_AT", "FINISHED_AT", "UPDATED_AT"}
"""The container's own times stand for those of ECS, a moment apart."""
STANDS_FOR_ITSELF = {"FENCE", "UPDATED_AT"}
OF_RESULTS = "SELECT * FROM reporting.job_results WHERE job_id = ?"
OF_ECS_AND_LOGS = {"START_S", "PULL_S", "RUN_S", "COST_USD", "LOG_TAIL", "STOP_CODE", "STOP_REASON", "AT"}
"""Columns of results that only ECS and the log could tell."""
OF_HISTORY = "SELECT event, attempt FROM reporting.job_events WHERE job_id = ? ORDER BY event"
TOLD_AGAIN = {"started", "succeeded", "failed"}


def state_of(analyst: Analyst, job_id: str) -> dict[str, Any]:
    (row,) = analyst.rows("SELECT * FROM reporting.job_state WHERE job_id = ?", job_id)
    return row


def lose(analyst: Analyst, *job_ids: str) -> None:
    for table in ("job_state", "job_results", "job_events"):
        for job_id in job_ids:
            analyst.rows(f"DELETE FROM reporting.{table} WHERE job_id = ?", job_id)


def recovered(stack: Stack, *options: str) -> Any:
    environment = stack.environment | {"SNOWFLAKE_ROLE": "REPORT_EXECUTOR"}
    return json.loads(run("executor", "recover", "--json", *options, env=environment, check=True).stdout)


def same_again(analyst: Analyst, before: dict[str, Any], result: dict[str, Any]) -> None:
    """Every column of a state and of its result is back, or is one that is said to be lost."""
    job_id = before["JOB_ID"]
    after = state_of(analyst, job_id)
    lost = {name.upper() for name in LOST_COLUMNS}
    kept = before.keys() - lost - OWN_TIMES - STANDS_FOR_ITSELF
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert {name: after[name] for name in lost} == dict.fromkeys(lost)
    for name in ("STARTED_AT", "FINISHED_AT"):
        assert abs((after[name] - before[name]).total_seconds()) < 60
    (told,) = analyst.rows(OF_RESULTS, job_id)
    same = result.keys() - OF_ECS_AND_LOGS - {"DIAGNOSIS"}
    assert {name: told[name] for name in same} == {name: result[name] for name in same}


def nothing_new_and_one_again(stack: Stack, analyst: Analyst, sound: str) -> None:
    again = recovered(stack)
    assert (again["jobs"], again["leader_missing"], again["done"]) == ([], False, None)
    # With a leader row, the fence is taken: whoever led writes no more.
    analyst.rows("DELETE FROM reporting.job_state WHERE job_id = ?", sound)
    leader = "SELECT fence, holder FROM reporting.job_state WHERE request_id = '__leader__'"
    (led,) = analyst.rows(leader)
    done = {"states": 1, "results": 0, "events": 0, "requests": 0, "leader": False}
    assert recovered(stack)["done"] == done
    assert analyst.rows(leader) == [{"FENCE": led["FENCE"] + 1, "HOLDER": "reporting recover"}]


def test_p23_p7_lost_states_come_back_from_s3_and_a_living_task_is_adopted(
    started: Callable[[], Running], analyst: Analyst, stack: Stack
) -> None:
    first = leads(started())
    analyst.define("SLOW_AND_LOST", {"title": "s", "queries": [{"name": "q", "sql": "SELECT SYSTEM$WAIT(20) AS w"}]})
    analyst.define("BROKEN_AND_LOST", {"title": "b", "queries": [{"name": "q", "sql": "SELECT no_such FROM nowhere"}]})
    sound, broken, living = (
        analyst.call("CALL reporting.generate_report(?)", name)["job_id"]
        for name in ("SALES_REPORT", "BROKEN_AND_LOST", "SLOW_AND_LOST")
    )
    assert [analyst.ended(one)["STATUS"] for one in (sound, broken)] == ["SUCCEEDED", "FAILED"]
    until(lambda: state_of(analyst, living)["STATUS"] == "RUNNING")
    before = [state_of(analyst, one) for one in (sound, broken)]
    results = [analyst.rows(OF_RESULTS, one)[0] for one in (sound, broken)]
    history = [[row for row in analyst.rows(OF_HISTORY, one) if row["EVENT"] in TOLD_AGAIN] for one in (sound, broken)]
    adopted = state_of(analyst, living)["TASK_ARN"]
    assert first.stop(signal.SIGTERM) == 0
    lose(analyst, sound, broken, living)
    analyst.rows("DELETE FROM reporting.job_state WHERE request_id = '__leader__'")

    planned = recovered(stack, "--plan")
    states = {one["job_id"]: one["status"] for one in planned["jobs"]}
    assert states == {sound: "SUCCEEDED", broken: "FAILED", living: "LAUNCHED"}
    assert (planned["leader_missing"], planned["done"]) == (True, None)
    denied = stack.reporting("recover", "--yes", check=False)
    assert (denied.returncode, "SNOWFLAKE_ROLE to REPORT_EXECUTOR" in denied.stderr) == (1, True)
    assert planned["calls"] == [f"CALL retry_report('{broken}');"]
    assert analyst.rows("SELECT 1 FROM reporting.job_state WHERE job_id = ?", sound) == []
    done = {"states": 3, "results": 2, "events": 5, "requests": 0, "leader": True}
    assert recovered(stack)["done"] == done
    for row, result in zip(before, results, strict=True):
        same_again(analyst, row, result)
    assert [analyst.rows(OF_HISTORY, one) for one in (sound, broken)] == history
    assert state_of(analyst, living)["TASK_ARN"] == adopted

    nothing_new_and_one_again(stack, analyst, sound)
    same_again(analyst, before[0], results[0])

    leads(started())
    row = analyst.ended(living)
    assert (row["STATUS"], row["ATTEMPT"], row["TASK_ARN"]) == ("SUCCEEDED", 1, adopted)
