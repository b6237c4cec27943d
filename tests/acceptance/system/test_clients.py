"""Clients that we did not write, with the settings that ``reporting up`` leaves for them."""

import json
import os

import boto3
import pytest
import snowflake.connector
from snowflake.snowpark import Session

from contract.states import JobState
from tests.acceptance.system.driving import Stack

pytestmark = pytest.mark.usefixtures("executor")


@pytest.fixture
def sourced(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Stack:
    for name in [name for name in os.environ if name.startswith(("AWS_", "SNOWFLAKE_", "REPORTING_"))]:
        monkeypatch.delenv(name)
    for name, value in stack.settings.items():
        monkeypatch.setenv(name, value)
    return stack


def test_snow_sql_calls_and_selects(stack: Stack) -> None:
    query = "CALL reporting.generate_daily_reports(); SELECT job_id, status FROM reporting.jobs"
    done = stack.client("snow", "sql", "-c", "local", "--format", "json", "-q", query)
    assert done.returncode == 0, done.stderr + done.stdout
    called, shown = json.loads(done.stdout)
    assert "SALES_REPORT" in json.dumps(called)
    assert shown
    assert {row["STATUS"] for row in shown} <= set(JobState)


def test_aws_lists_and_copies_files(stack: Stack) -> None:
    done = stack.reporting("submit", "SALES_REPORT", "--wait", "--json")
    job = json.loads(done.stdout)
    listed = stack.client("aws", "s3", "ls", job["result_uri"])
    assert listed.returncode == 0, listed.stderr
    assert "manifest.json" in listed.stdout
    copied = stack.client("aws", "s3", "cp", job["result_uri"] + "monthly.csv", "-")
    assert copied.stdout.startswith("month")
    tasks = stack.client("aws", "ecs", "list-tasks", "--cluster", "reporting", "--desired-status", "STOPPED")
    assert job["task_arn"] in json.loads(tasks.stdout)["taskArns"]


def test_the_connector_connects_by_name(sourced: Stack) -> None:
    path = sourced.folder / "connections.toml"
    with snowflake.connector.connect(connection_name="local", connections_file_path=path) as connection:
        cursor = connection.cursor()
        cursor.execute("SELECT CURRENT_DATABASE(), CURRENT_SCHEMA(), CURRENT_WAREHOUSE()")
        row = cursor.fetchone()
    assert row == ("ANALYTICS_PLATFORM", "REPORTING", "REPORTS_WH")


def test_snowpark_calls_a_procedure(sourced: Stack) -> None:
    names = ("account", "user", "password", "host", "port", "protocol", "database", "schema", "warehouse")
    session = Session.builder.configs({n: sourced.settings[f"SNOWFLAKE_{n.upper()}"] for n in names}).create()
    try:
        answer = json.loads(session.call("reporting.generate_report", "SALES_REPORT"))
        assert answer["status"] == "QUEUED"
        assert session.table("reporting.jobs").filter(f"job_id = '{answer['job_id']}'").count() == 1
    finally:
        session.close()


def test_boto3_needs_only_the_environment(sourced: Stack) -> None:
    names = [bucket["Name"] for bucket in boto3.client("s3").list_buckets()["Buckets"]]
    assert names == [sourced.settings["REPORTING_BUCKET"]]
