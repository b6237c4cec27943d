"""Tables of the queue are dropped under an executor: nothing is claimed, they are made again, and filled from S3."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.system.driving import Analyst, Running, Stack, start_up
from tests.forking import run

pytestmark = pytest.mark.thorough

LITTLE = {"title": "Little", "queries": [{"name": "one", "sql": "SELECT 1 AS one"}], "formats": ["csv"]}
BROKEN = {"title": "Broken", "queries": [{"name": "one", "sql": "SELECT no_such FROM nowhere"}]}
READ = "SELECT status, business_date, attempt, result_uri, files, rows_out FROM reporting.jobs WHERE job_id = ?"
OWNER = {"SNOWFLAKE_ROLE": "ACCOUNTADMIN"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[tuple[Stack, Running]]:
    """A stack of our own, whose tables nobody else needs."""
    up = start_up(tmp_path / ".local", "--no-executor")
    stack = Stack(tmp_path / ".local")
    executor = stack.start_executor(tmp_path)
    executor.wait_for(lambda line: '"action": "lead"' in line)
    yield stack, executor
    executor.stop()
    up.stop(signal.SIGINT)


def command(stack: Stack, *words: str) -> Any:
    environment = stack.environment | OWNER
    return run("executor", *words, env=environment, check=False)


def recovered(stack: Stack, *options: str) -> Any:
    done = command(stack, "recover", "--json", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def rows(stack: Stack, sql: str, *binds: object) -> list[dict[str, Any]]:
    with stack.connect(role="ACCOUNTADMIN") as connection:
        return Analyst(connection).rows(sql, *binds)


def made(stack: Stack) -> dict[str, dict[str, Any]]:
    """A report of the calendar, one that somebody asked for, one that fails: each as it is read when it has ended."""
    with stack.connect(role="ACCOUNTADMIN") as connection:
        analyst = Analyst(connection)
        analyst.define("LITTLE", LITTLE | {"cadence": "daily"})
        analyst.define("BROKEN", BROKEN)
        calls = {
            "calendar": "CALL reporting.backfill_reports('LITTLE', '2026-03-01'::DATE, '2026-03-01'::DATE)",
            "asked": "CALL reporting.generate_report('LITTLE')",
            "broken": "CALL reporting.generate_report('BROKEN')",
        }
        answers = {name: analyst.call(call) for name, call in calls.items()}
        jobs = {name: one["jobs"][0]["job_id"] if "jobs" in one else one["job_id"] for name, one in answers.items()}
        for job_id in jobs.values():
            analyst.ended(job_id)
        return {job_id: analyst.rows(READ, job_id)[0] for job_id in jobs.values()}


def read_again(stack: Stack, before: dict[str, dict[str, Any]]) -> None:
    assert {job_id: rows(stack, READ, job_id)[0] for job_id in before} == before


def lose_states(stack: Stack, before: dict[str, dict[str, Any]]) -> None:
    """Every request is there, and without its states an executor would launch all of them."""
    rows(stack, "DROP TABLE reporting.job_state")
    missing = command(stack, "recover", "--plan")
    assert missing.returncode == 1
    assert "reporting deploy" in missing.stderr
    deployed = command(stack, "deploy", "snowflake")
    assert deployed.returncode == 0, deployed.stderr
    assert "lost, and made again without their rows: job_state; reporting recover" in deployed.stdout
    assert rows(stack, "SELECT * FROM reporting.job_state") == []
    done = recovered(stack)
    assert (done["leader_missing"], done["done"]["states"], done["done"]["leader"]) == (True, 3, True)
    read_again(stack, before)


def lose_requests(stack: Stack, before: dict[str, dict[str, Any]]) -> None:
    """States are there, and nobody knows what they are states of."""
    rows(stack, "DROP TABLE reporting.job_intake")
    deployed = command(stack, "deploy", "snowflake")
    assert "made again without their rows: job_intake" in deployed.stdout, deployed.stderr
    done = recovered(stack)
    assert (done["done"]["states"], done["done"]["requests"]) == (0, 3)
    read_again(stack, before)
    assert "CALL retry_report" not in str(done["calls"]), "nobody knows its parameters any more"
    assert done["calls"] == ["CALL backfill_reports('LITTLE', '2026-03-01'::DATE, '2026-03-01'::DATE);"]


def lose_all(stack: Stack, before: dict[str, dict[str, Any]]) -> None:
    """The whole schema."""
    rows(stack, "DROP SCHEMA reporting")
    deployed = command(stack, "deploy", "snowflake")
    assert deployed.returncode == 0, deployed.stderr
    planned = recovered(stack, "--plan")
    assert sorted(planned["requests"]) == sorted(before)
    assert planned["cannot_come_back"]["report_types"] == ["BROKEN", "LITTLE"]
    assert recovered(stack)["done"]["requests"] == 3
    read_again(stack, before)
    assert recovered(stack)["done"] is None, "nothing is left to do"


def works_on(stack: Stack, calendar: str) -> None:
    """A report that is there is not made again, and another one is."""
    with stack.connect(role="ACCOUNTADMIN") as connection:
        analyst = Analyst(connection)
        analyst.define("LITTLE", LITTLE | {"cadence": "daily"})
        again = analyst.call("CALL reporting.backfill_reports('LITTLE', '2026-03-01'::DATE, '2026-03-02'::DATE)")
        known = {one["job_id"]: one["status"] for one in again["jobs"]}
        assert known.pop(calendar) == "SUCCEEDED", "a report that is there is not made again"
        (fresh,) = known
        assert analyst.ended(fresh)["STATUS"] == "SUCCEEDED", "the executor works on"


def test_p23_tables_that_were_dropped_are_made_again_and_their_reports_are_read_again(
    place: tuple[Stack, Running],
) -> None:
    stack, executor = place
    before = made(stack)
    lose_states(stack, before)
    lose_requests(stack, before)
    lose_all(stack, before)
    works_on(stack, next(iter(before)))
    assert executor.process.poll() is None
