"""Rows D2, F1, G1 to G4, H4, I5 and I6 of the problems from the field, on one running system.

The local cloud and an executor: each fault is brought about for real, and what a user reads of it is asked of the views
and of the command line.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sql.reports import load_report
from tests.acceptance.system.driving import Analyst, Stack, start_up, until
from tests.field.asking import classified
from tests.field.running import USUAL, Executors, asked, attempts, ecs, explained, fault, health, register

pytestmark = pytest.mark.thorough
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


@pytest.fixture(scope="module")
def executors(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Executors]:
    found = Executors(stack, tmp_path_factory.mktemp("elsewhere"))
    yield found
    found.end()


@pytest.fixture
def at_work(executors: Executors) -> None:
    executors.start()


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
    row = analyst.ended(asked(analyst, "SALES_REPORT", attempts=2))
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


@pytest.mark.usefixtures("at_work")
def test_D2_a_connection_test_names_its_first_broken_step_and_explains_the_jobs_after_it(
    stack: Stack, analyst: Analyst
) -> None:
    register(stack, "astray", SNOWFLAKE_HOST="nowhere.invalid")
    query = {"name": "q", "sql": "SELECT 1"}
    analyst.define("CONNECTION_TEST", load_report("CONNECTION_TEST") | {"task_definition": "astray"}, version=99)
    analyst.define("ASTRAY", {"title": "A", "queries": [query], "task_definition": "astray"})
    row = analyst.ended(analyst.call("CALL reporting.test_connection()")["job_id"])
    assert (row["STATUS"], row["FAILURE_CLASS"]) == ("FAILED", "SNOWFLAKE_UNREACHABLE")
    assert row["ERROR"].startswith("step dns: nowhere.invalid does not resolve")
    other = asked(analyst, "ASTRAY")
    until(lambda: [one for one in attempts(analyst, other) if one["CAUSE_ID"]])
    analyst.call("CALL reporting.cancel_report(?)", other)  # it would be tried again, for minutes
    for job_id in (row["JOB_ID"], other):
        (network,) = [one for one in explained(stack, job_id)["theories"] if one["id"] == "network"]
        assert (network["verdict"], network["cause_id"]) == ("supported", "name_not_resolved")
        assert "first broken step is dns: nowhere.invalid does not resolve" in network["evidence"][0]
    analyst.rows("DELETE FROM reporting.report_types WHERE report_type = 'CONNECTION_TEST' AND version = 99")


@pytest.mark.usefixtures("at_work")
def test_F1_a_table_that_the_containers_may_not_read_is_explained_with_the_grant_to_run(
    stack: Stack, analyst: Analyst
) -> None:
    analyst.rows("CREATE TABLE IF NOT EXISTS sales.closed (a INT)")
    analyst.define("CLOSED", {"title": "C", "queries": [{"name": "q", "sql": "SELECT a FROM sales.closed"}]})
    row = analyst.ended(job_id := asked(analyst, "CLOSED"))
    assert (row["STATUS"], row["FAILURE_CLASS"], row["CAUSE_ID"]) == (
        "FAILED",
        "QUERY_FAILED",
        "snowflake_object_missing",
    )
    found = explained(stack, job_id)
    assert found["cause_id"] == "snowflake_object_missing"
    grant = re.search(r"GRANT SELECT ON TABLE [\w.]*CLOSED TO ROLE REPORT_RUNNER;", found["remedy"])
    assert grant is not None, found["remedy"]
    analyst.rows(grant[0].rstrip(";"))
    assert analyst.ended(asked(analyst, "CLOSED"))["STATUS"] == "SUCCEEDED"


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
