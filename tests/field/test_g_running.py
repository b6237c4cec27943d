"""Rows G1 to G4, H4, I5 and I6 of the problems from the field, on one running system: the local cloud and an executor.

Each fault is brought about for real, and what a user reads of it is asked of the views and of the command line.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.acceptance.system.driving import Analyst, Running, Stack, start_up, until
from tests.field.asking import classified

pytestmark = pytest.mark.thorough
USUAL = "reporting-runner"
ASGI = 'ERROR:    Error loading ASGI app. Could not import module "service.main".'


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack") / ".local"
    up = start_up(folder, "--no-executor")
    try:
        yield Stack(folder)
    finally:
        assert up.stop() == 0


@pytest.fixture(scope="module")
def analyst(stack: Stack) -> Iterator[Analyst]:
    with stack.connect(role="ACCOUNTADMIN") as connection:
        yield Analyst(connection)


class Executors:
    """The one executor of these tests, which may be ended and started again."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        self.running: Running | None = None

    def start(self) -> None:
        if self.running is None:
            self.running = self._stack.start_executor(self._folder)
            self.running.wait_for(lambda line: '"action": "lead"' in line)

    def end(self) -> None:
        running, self.running = self.running, None
        assert running is None or running.stop() == 0


@pytest.fixture(scope="module")
def executors(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executors]:
    found = Executors(stack, tmp_path_factory.mktemp("elsewhere"))
    yield found
    found.end()


@pytest.fixture
def at_work(executors: Executors) -> None:
    executors.start()


def health(analyst: Analyst) -> dict[str, Any]:
    return analyst.rows("SELECT * FROM reporting.queue_health")[0]


def attempts(analyst: Analyst, job_id: str) -> list[dict[str, Any]]:
    return analyst.rows("SELECT * FROM reporting.job_attempts WHERE job_id = ? ORDER BY attempt", job_id)


def asked(analyst: Analyst, report_type: str) -> str:
    call = "CALL reporting.generate_report(?, OBJECT_CONSTRUCT(), PARSE_JSON(?)::OBJECT)"
    return str(analyst.call(call, report_type, json.dumps({"max_attempts": 1}))["job_id"])


def explained(stack: Stack, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.reporting("explain", "job", job_id, "--json").stdout)[0]
    return found


def fault(stack: Stack, *words: str) -> None:
    stack.reporting("local", "fault", "add", *words, "--dir", str(stack.folder))


def ecs(stack: Stack) -> Any:
    session: Any = boto3.Session("x", "x", region_name="us-east-1")
    return session.client("ecs", endpoint_url=stack.settings["AWS_ENDPOINT_URL"])


def register(stack: Stack, family: str, code: str) -> None:
    """A family that runs a line of Python in place of the runner."""
    client = ecs(stack)
    usual = client.describe_task_definition(taskDefinition=USUAL)["taskDefinition"]
    container = usual["containerDefinitions"][0] | {"command": ["-c", code], "entryPoint": ["python"]}
    kept = ("networkMode", "cpu", "memory", "executionRoleArn", "taskRoleArn", "requiresCompatibilities")
    client.register_task_definition(
        family=family, containerDefinitions=[container], **{name: usual[name] for name in kept if name in usual}
    )


def test_G1_everything_that_is_missing_or_wrong_is_listed_before_the_start(stack: Stack) -> None:
    wrong = {"REPORTING_BUCKET": "", "REPORTING_MAX_RUNNING": "many", "REPORTING_TASK_DEFINITION": "latest"}
    before, stack.environment = stack.environment, stack.environment | wrong
    try:
        done = stack.reporting("run", "--check", check=False)
    finally:
        stack.environment = before
    assert done.returncode == 2
    assert all(f"{name}: " in done.stderr for name in wrong), done.stderr
    assert stack.reporting("run", "--check").stdout.count("in order") >= 1


@pytest.mark.usefixtures("at_work")
def test_G1_a_container_that_cannot_import_its_program_is_explained_by_the_end_of_its_log(
    stack: Stack, analyst: Analyst
) -> None:
    register(stack, "asgi", f"import sys; print({ASGI!r}, file=sys.stderr); sys.exit(1)")
    analyst.define("ASGI", {"title": "A", "queries": [{"name": "q", "sql": "SELECT 1"}], "task_definition": "asgi"})
    row = analyst.ended(job_id := asked(analyst, "ASGI"))
    assert (row["STATUS"], row["EXIT_CODE"], row["CAUSE_ID"]) == ("FAILED", 1, "module_missing")
    assert classified(ASGI)["family"] == "app_import_error"
    found = explained(stack, job_id)
    assert (found["cause_id"], found["settled"]) == ("module_missing", True)
    assert "ASGI app" in json.dumps(found)


@pytest.mark.usefixtures("at_work")
def test_G2_a_task_that_runs_out_of_memory_is_tried_with_the_next_size_and_the_view_says_which_it_needs(
    stack: Stack, analyst: Analyst
) -> None:
    fault(stack, "aws", "task", "oom", "--after-s", "1")
    row = analyst.ended(asked(analyst, "SALES_REPORT"))
    assert (row["STATUS"], row["ATTEMPT"]) == ("SUCCEEDED", 2)
    first, second = attempts(analyst, row["JOB_ID"])
    assert (first["CAUSE_ID"], first["EXIT_CODE"]) == ("oom", 137)
    assert "memory" in first["DIAGNOSIS"], first
    assert second["PEAK_MEMORY_MB"] > 0
    usual = int(ecs(stack).describe_task_definition(taskDefinition=USUAL)["taskDefinition"]["memory"])
    assert row["MEMORY_MB"] > usual
    (size,) = analyst.rows("SELECT * FROM reporting.rightsizing WHERE report_type = 'SALES_REPORT'")
    assert size["OUT_OF_MEMORY"] == 1
    assert size["RECOMMENDED_MEMORY_MB"] > usual
    assert size["ADVICE"].startswith("Give it more memory")


@pytest.mark.usefixtures("at_work")
def test_G3_how_fast_reports_are_made_is_told_in_seconds(analyst: Analyst) -> None:
    assert analyst.ended(asked(analyst, "SALES_REPORT"))["STATUS"] == "SUCCEEDED"
    row = health(analyst)
    assert row["SUCCEEDED_LAST_HOUR"] >= 1
    assert 0 <= row["USUAL_QUEUE_S_LAST_HOUR"] <= row["LONGEST_TOTAL_S_LAST_HOUR"]
    assert 0 < row["USUAL_RUN_S_LAST_HOUR"] <= row["LONGEST_TOTAL_S_LAST_HOUR"]


@pytest.mark.usefixtures("at_work")
def test_G4_a_quota_that_is_too_small_is_named_on_the_waiting_job_with_its_code(stack: Stack, analyst: Analyst) -> None:
    fault(stack, "aws", "RunTask", "vcpu_quota", "--times", "50")
    job_id = asked(analyst, "CUSTOMER_ANALYSIS")

    def waits() -> dict[str, Any] | None:
        row = analyst.rows("SELECT * FROM reporting.jobs WHERE job_id = ?", job_id)[0]
        return row if row["DIAGNOSIS"] and "vCPU" in row["DIAGNOSIS"] else None

    row = until(waits)
    assert "L-3032A538" in row["REMEDY"]
    assert row["STATUS"] not in {"FAILED", "SUCCEEDED"}
    stack.reporting("local", "fault", "clear", "--dir", str(stack.folder))
    assert analyst.ended(job_id)["STATUS"] == "SUCCEEDED"


@pytest.mark.usefixtures("at_work")
def test_H4_what_a_failed_task_left_is_kept_also_when_ecs_has_forgotten_it(stack: Stack, analyst: Analyst) -> None:
    register(stack, "crashes", "import sys; print('the last words of it', file=sys.stderr); sys.exit(42)")
    definition = {"title": "C", "queries": [{"name": "q", "sql": "SELECT 1"}], "task_definition": "crashes"}
    analyst.define("CRASHES", definition)
    row = analyst.ended(job_id := asked(analyst, "CRASHES"))
    (kept,) = attempts(analyst, job_id)[-1:]
    assert (kept["EXIT_CODE"], kept["STOP_CODE"]) == (42, "EssentialContainerExited")
    assert "Essential container in task exited" in kept["STOP_REASON"]
    assert kept["START_S"] is not None
    assert kept["RUN_S"] is not None
    assert "the last words of it" in kept["LOG_TAIL"]
    found = explained(stack, job_id)  # from what was kept: ECS is not asked
    assert found["cause_id"] == row["CAUSE_ID"]
    assert "exit code 42" in json.dumps(found)
    assert "the last words of it" in stack.reporting("logs", job_id).stdout


def test_I5_that_nobody_leads_is_seen_and_one_command_ends_it(
    stack: Stack, analyst: Analyst, executors: Executors
) -> None:
    executors.start()
    executors.end()
    found = json.loads(stack.reporting("doctor", "--json", "--only", "lease").stdout)["checks"][0]
    assert found["state"] == "warned"
    assert "none leads" in found["faults"][0]["says"]
    assert "reporting run" in found["faults"][0]["remedy"]
    job_id = asked(analyst, "SALES_REPORT")
    assert health(analyst)["LAST_WRITE_AGE_S"] >= 0
    assert health(analyst)["QUEUED"] == 1
    executors.start()
    assert analyst.ended(job_id)["STATUS"] == "SUCCEEDED"
    assert json.loads(stack.reporting("doctor", "--json", "--only", "lease").stdout)["summary"] == "1 well"


def test_I6_lost_reports_come_back_out_of_s3_and_missing_ones_are_listed_and_made_again(
    stack: Stack, analyst: Analyst, executors: Executors
) -> None:
    executors.start()
    made = analyst.ended(asked(analyst, "SALES_REPORT"))
    executors.end()
    for table in ("job_state", "job_results", "job_events"):
        analyst.rows(f"DELETE FROM reporting.{table} WHERE job_id = ?", made["JOB_ID"])
    assert analyst.rows("SELECT status FROM reporting.jobs WHERE job_id = ?", made["JOB_ID"])[0]["STATUS"] == "QUEUED"
    before, stack.environment = stack.environment, stack.environment | {"SNOWFLAKE_ROLE": "REPORT_EXECUTOR"}
    try:
        told = json.loads(stack.reporting("recover", "--json", "--yes").stdout)
    finally:
        stack.environment = before
    assert told["done"]["states"] == 1
    again = analyst.rows("SELECT * FROM reporting.jobs WHERE job_id = ?", made["JOB_ID"])[0]
    same = ("STATUS", "RESULT_URI", "FILES", "ROWS_OUT")
    assert [again[name] for name in same] == [made[name] for name in same]
    earlier = "UPDATE reporting.report_types SET defined_at = DATEADD('day', -3, defined_at) WHERE report_type = ?"
    analyst.rows(earlier, "SALES_REPORT")
    missing = "SELECT * FROM reporting.missing_reports WHERE report_type = 'SALES_REPORT' ORDER BY business_date"
    days = [row["BUSINESS_DATE"] for row in analyst.rows(missing)]
    assert days, "the calendar expects days that nobody asked for"
    executors.start()
    filled = analyst.call("CALL reporting.backfill_reports('SALES_REPORT', ?, ?)", days[-1], days[-1])
    job_id = filled["jobs"][0]["job_id"]
    assert analyst.ended(job_id)["STATUS"] == "SUCCEEDED"
    assert days[-1] not in [row["BUSINESS_DATE"] for row in analyst.rows(missing)]
