"""From a CALL in Snowflake to files in S3, through the clients that people have."""

import json
from typing import Any

import boto3
import pytest

from tests.acceptance.system.driving import Analyst, Running, Stack, until

pytestmark = pytest.mark.usefixtures("executor")

DAILY = {"SALES_REPORT", "CUSTOMER_ANALYSIS", "PRODUCT_PERFORMANCE"}


def s3_of(stack: Stack) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=stack.settings["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )


def test_a_call_becomes_files_in_s3(stack: Stack, analyst: Analyst) -> None:
    answer = analyst.call("CALL reporting.generate_daily_reports()")
    assert {job["report_type"] for job in answer["jobs"]} == DAILY
    for job in answer["jobs"]:
        row = analyst.ended(job["job_id"])
        assert row["STATUS"] == "SUCCEEDED", row
        assert row["COST_USD"] > 0
        assert min(row["QUEUE_S"], row["PULL_S"], row["RUN_S"]) >= 0
        bucket, _, prefix = row["RESULT_URI"].removeprefix("s3://").partition("/")
        s3 = s3_of(stack)
        manifest = json.loads(s3.get_object(Bucket=bucket, Key=prefix + "manifest.json")["Body"].read())
        assert len(manifest["files"]) == row["FILES"] > 0
        for file in manifest["files"]:
            head = s3.head_object(Bucket=bucket, Key=file["uri"].removeprefix(f"s3://{bucket}/"))
            assert head["ContentLength"] == file["bytes"]


def test_a_second_call_for_the_same_day_answers_with_the_same_jobs(analyst: Analyst) -> None:
    first = analyst.call("CALL reporting.generate_daily_reports('2026-01-15'::DATE)")
    second = analyst.call("CALL reporting.generate_daily_reports(business_date => '2026-01-15'::DATE)")
    assert [job["job_id"] for job in second["jobs"]] == [job["job_id"] for job in first["jobs"]]
    assert second["enqueued"] == 0
    for job in first["jobs"]:
        rows = analyst.rows("SELECT * FROM reporting.job_intake WHERE job_id = ?", job["job_id"])
        assert len(rows) == 1


@pytest.mark.parametrize(
    ("call", "report_type"),
    [
        ("CALL reporting.generate_weekly_reports()", "EXECUTIVE_DASHBOARD"),
        ("CALL reporting.generate_monthly_reports()", "DATA_QUALITY"),
    ],
)
def test_weekly_and_monthly_reports_are_made(analyst: Analyst, call: str, report_type: str) -> None:
    answer = analyst.call(call)
    assert [job["report_type"] for job in answer["jobs"]] == [report_type]
    assert analyst.ended(answer["jobs"][0]["job_id"])["STATUS"] == "SUCCEEDED"


def test_the_connection_test_succeeds_and_leaves_its_page(stack: Stack, analyst: Analyst) -> None:
    job_id = analyst.call("CALL reporting.test_connection()")["job_id"]
    watched = stack.reporting("watch", job_id, "--every", "1").stdout.splitlines()
    assert all(line.startswith(job_id) for line in watched)
    assert "SUCCEEDED" in watched[-1]
    row = analyst.ended(job_id)
    assert (row["STATUS"], row["FILES"]) == ("SUCCEEDED", 2), row
    bucket, _, prefix = row["RESULT_URI"].removeprefix("s3://").partition("/")
    page = s3_of(stack).get_object(Bucket=bucket, Key=prefix + "connection_test.txt")["Body"].read().decode()
    assert "Everything works" in page


def test_the_schedules_tasks_are_there_and_resumed_and_those_that_cost_or_forget_wait_for_somebody(
    analyst: Analyst,
) -> None:
    tasks = {row["name"].lower(): row for row in analyst.rows("SHOW TASKS IN SCHEMA reporting")}
    schedules = {name: (row["schedule"], row["state"]) for name, row in tasks.items()}
    assert schedules == {
        "daily_reports_task": ("USING CRON 0 6 * * * UTC", "started"),
        "weekly_executive_dashboard_task": ("USING CRON 0 8 * * 1 UTC", "started"),
        "monthly_data_quality_task": ("USING CRON 0 7 1 * * UTC", "started"),
        "quarterly_reports_task": ("USING CRON 0 7 1 1,4,7,10 * UTC", "started"),
        "missing_reports_task": ("USING CRON 15 * * * * UTC", "suspended"),
        "notify_operators_task": ("USING CRON 5,20,35,50 * * * * UTC", "suspended"),
        "prune_history_task": ("USING CRON 30 3 * * 0 UTC", "suspended"),
    }


def test_a_task_of_snowflake_asks_for_reports(analyst: Analyst) -> None:
    analyst.define("TASK_MADE", {"title": "t", "cadence": "weekly", "queries": [{"name": "q", "sql": "SELECT 1 AS n"}]})
    analyst.rows("EXECUTE TASK reporting.weekly_executive_dashboard_task")
    asked = "SELECT job_id FROM reporting.job_intake WHERE report_type = 'TASK_MADE'"
    job_id = until(lambda: analyst.rows(asked))[0]["JOB_ID"]
    assert analyst.ended(job_id)["STATUS"] == "SUCCEEDED"


def test_waiting_answers_with_the_ended_job(analyst: Analyst) -> None:
    asked = analyst.call("CALL reporting.generate_report('DATA_QUALITY')")
    assert asked["status"] == "QUEUED"
    answer = analyst.call("CALL reporting.wait_for_report(?, 60)", asked["job_id"])
    assert (answer["status"], answer["timed_out"]) == ("SUCCEEDED", False)
    assert analyst.call("CALL reporting.report_status(?)", asked["job_id"])["result_uri"] == answer["result_uri"]


def test_a_query_that_fails_ends_with_its_error_on_the_row_while_others_succeed(analyst: Analyst, stack: Stack) -> None:
    query = {"name": "q", "sql": "SELECT no_such_column FROM sales.orders"}
    analyst.define("BROKEN", {"title": "Broken", "queries": [query]})
    broken = analyst.call("CALL reporting.generate_report('BROKEN')")["job_id"]
    sound = analyst.call("CALL reporting.generate_report('SALES_REPORT')")["job_id"]
    row = analyst.ended(broken)
    assert (row["STATUS"], row["EXIT_CODE"], row["FAILURE_CLASS"]) == ("FAILED", 12, "QUERY_FAILED")
    assert "NO_SUCH_COLUMN" in row["ERROR"].upper()
    assert row["REMEDY"]
    assert row["ATTEMPT"] == 1
    assert analyst.ended(sound)["STATUS"] == "SUCCEEDED"
    (report,) = json.loads(stack.reporting("explain", "job", broken, "--json").stdout)
    assert (report["settled"], report["theory"], report["cause_id"]) == (True, "executor", row["CAUSE_ID"])
    assert "NO_SUCH_COLUMN" in " ".join(report["theories"][0]["evidence"]).upper()
    assert report["remedy"] == row["REMEDY"]
    assert "start" in report["ruled_out"]
    (well,) = json.loads(stack.reporting("explain", "job", sound, "--json").stdout)
    assert (well["settled"], well["cause_id"]) == (True, "")


def test_the_view_shows_the_life_of_a_job_in_order(analyst: Analyst) -> None:
    job_id = analyst.call("CALL reporting.generate_report('SALES_REPORT')")["job_id"]
    row = analyst.ended(job_id)
    times = [row[name] for name in ("ENQUEUED_AT", "CLAIMED_AT", "LAUNCHED_AT", "STARTED_AT", "FINISHED_AT")]
    assert times == sorted(times)
    events = analyst.rows(
        'SELECT DISTINCT event, "AT" FROM reporting.job_events WHERE job_id = ? ORDER BY "AT"', job_id
    )
    assert [event["EVENT"] for event in events] == ["launch_intended", "launched", "started", "succeeded"]


def test_the_executor_logs_json_with_actions(executor: Running) -> None:
    actions = {json.loads(line)["action"] for line in executor.lines if line.startswith("{")}
    assert {"lead", "claimed", "launched", "settled"} <= actions
