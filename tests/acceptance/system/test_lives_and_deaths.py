"""Stopping and starting the whole stack: what outlives what."""

import json
import os
import signal
import sys
from pathlib import Path

import boto3
import pytest

from tests.acceptance.system.driving import Running, Stack, plain_environment, start_up, until

pytestmark = pytest.mark.thorough


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    return tmp_path / ".local"


def processes_of(folder: Path) -> list[str]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(folder) in command and str(os.getpid()) != entry.parent.name:
            found.append(command)
    return found


def test_what_was_made_is_there_again_after_a_restart_and_a_kill_leaves_nothing_running(own_folder: Path) -> None:
    first = start_up(own_folder)
    stack = Stack(own_folder)
    job = json.loads(stack.reporting("submit", "SALES_REPORT", "--wait", "--json").stdout)
    with stack.connect(role="ACCOUNTADMIN") as connection:
        connection.execute_string(
            "CREATE NOTIFICATION INTEGRATION mail TYPE = EMAIL ENABLED = TRUE;"
            "UPDATE installation SET operators = 'MAIL'"
        )
    assert first.stop(signal.SIGINT) == 0
    assert processes_of(own_folder) == []

    second = start_up(own_folder)
    again = Stack(own_folder)
    chosen = {"REPORTING_OPERATORS_INTEGRATION": "MAIL"}
    assert again.settings == stack.settings | chosen, "sourced settings stay good, and the way to the operators"
    assert json.loads(again.reporting("show", job["job_id"], "--json").stdout)["status"] == "SUCCEEDED"
    bucket, _, prefix = job["result_uri"].removeprefix("s3://").partition("/")
    s3 = boto3.client(
        "s3", endpoint_url=again.settings["AWS_ENDPOINT_URL"], aws_access_key_id="x", aws_secret_access_key="x"
    )
    manifest = json.loads(s3.get_object(Bucket=bucket, Key=prefix + "manifest.json")["Body"].read())
    assert manifest["status"] == "succeeded"
    job = json.loads(again.reporting("submit", "SALES_REPORT", "--wait", "--json").stdout)
    assert job["status"] == "SUCCEEDED"

    assert processes_of(own_folder) != []
    second.process.kill()
    second.process.wait(60)
    until(lambda: processes_of(own_folder) == [], timeout_s=60)


def test_a_second_stack_in_one_folder_is_refused_before_anything_of_it_starts(stack: Stack) -> None:
    arguments = [sys.executable, "-m", "executor", "up", "--dir", str(stack.folder)]
    second = Running(arguments, plain_environment(), stack.folder.parent)
    assert second.process.wait(30) == 1
    (said,) = [line for line in second.lines if line.startswith("reporting: ")]
    assert f"a local stack runs in {stack.folder} already, as process " in said
    assert Stack(stack.folder).settings == stack.settings


def test_the_demo_leaves_files_and_nothing_running(tmp_path: Path) -> None:
    demo = Running([sys.executable, "-m", "executor", "demo", "--dir", "made"], plain_environment(), tmp_path)
    assert demo.process.wait(120) == 0, "\n".join(demo.lines)
    for path in ("sales_report/monthly.csv", "customer_analysis/manifest.json", "product_performance/report.pdf"):
        assert (tmp_path / "made" / path).stat().st_size > 0
    table = "\n".join(demo.lines)
    assert table.count("SUCCEEDED") >= 3
    assert "s3://reporting-local/reports/SALES_REPORT/" in table
