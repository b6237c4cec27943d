"""Stopping, starting again, standing by: what outlives what."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from tests.acceptance.system.driving import Analyst, Running, Stack, plain_environment, start_up, until

SLOW = {"title": "Slow", "queries": [{"name": "q", "sql": "SELECT SYSTEM$WAIT(5) AS waited"}]}
LEADS = '"action": "lead"'


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    return tmp_path / ".local"


@pytest.fixture
def own(own_folder: Path) -> Iterator[Stack]:
    up = start_up(own_folder, "--no-executor")
    yield Stack(own_folder)
    assert up.stop() == 0


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


def test_p7_an_executor_that_stops_leaves_tasks_running_and_the_next_one_adopts_them(own: Stack) -> None:
    first = own.start_executor(own.folder)
    first.wait_for(lambda line: LEADS in line)
    with own.connect() as connection:
        analyst = Analyst(connection)
        analyst.define("SLOW", SLOW)
        job_id = analyst.call("CALL reporting.generate_report('SLOW')")["job_id"]
        until(lambda: analyst.rows("SELECT 1 FROM reporting.jobs WHERE job_id = ? AND status = 'RUNNING'", job_id))
        assert first.stop(signal.SIGTERM) == 0
        assert analyst.rows("SELECT status FROM reporting.jobs WHERE job_id = ?", job_id)[0]["STATUS"] == "RUNNING"

        second = own.start_executor(own.folder)
        second.wait_for(lambda line: LEADS in line)
        row = analyst.ended(job_id)
        assert (row["STATUS"], row["ATTEMPT"]) == ("SUCCEEDED", 1)

        standby = own.start_executor(own.folder)
        sound = analyst.call("CALL reporting.generate_report('SALES_REPORT')")["job_id"]
        assert analyst.ended(sound)["STATUS"] == "SUCCEEDED"
        assert not any(LEADS in line for line in standby.lines)
        assert second.stop(signal.SIGTERM) == 0
        standby.wait_for(lambda line: LEADS in line)
        assert standby.stop(signal.SIGTERM) == 0


def test_what_was_made_is_there_again_after_a_restart_and_a_kill_leaves_nothing_running(own_folder: Path) -> None:
    first = start_up(own_folder)
    stack = Stack(own_folder)
    job = json.loads(stack.reporting("submit", "SALES_REPORT", "--wait", "--json").stdout)
    assert first.stop(signal.SIGINT) == 0
    assert processes_of(own_folder) == []

    second = start_up(own_folder)
    again = Stack(own_folder)
    assert again.settings == stack.settings, "sourced settings stay good"
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
    second.process.wait(10)
    until(lambda: processes_of(own_folder) == [], timeout_s=15)


def test_the_demo_leaves_files_and_nothing_running(tmp_path: Path) -> None:
    demo = Running([sys.executable, "-m", "executor", "demo", "--dir", "made"], plain_environment(), tmp_path)
    assert demo.process.wait(120) == 0, "\n".join(demo.lines)
    for path in ("sales_report/monthly.csv", "customer_analysis/manifest.json", "product_performance/ranking.json"):
        assert (tmp_path / "made" / path).stat().st_size > 0
    table = "\n".join(demo.lines)
    assert table.count("SUCCEEDED") >= 3
    assert "s3://reporting-local/reports/SALES_REPORT/" in table
