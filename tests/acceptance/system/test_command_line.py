"""``reporting``: what it prints, and how it ends."""

import json
import subprocess
import sys
from subprocess import CompletedProcess

import pytest

from tests.acceptance.system.driving import Stack, plain_environment
from tests.forking import run

pytestmark = pytest.mark.usefixtures("executor")


def test_submit_waits_and_shows_the_job(stack: Stack) -> None:
    done = stack.reporting(
        "submit",
        "sales_report",
        "--param",
        "start_date=2026-01-01",
        "--param",
        "end_date=2026-03-31",
        "--wait",
        "--json",
    )
    job = json.loads(done.stdout)
    assert (job["status"], job["params"]["end_date"]) == ("SUCCEEDED", "2026-03-31")
    assert json.loads(stack.reporting("show", job["job_id"], "--json").stdout)["result_uri"] == job["result_uri"]
    assert job["job_id"] in stack.reporting("jobs", "--type", "SALES_REPORT", "--since", "1h").stdout
    assert job["job_id"] in stack.reporting("jobs", "--status", "succeeded").stdout
    lines = [json.loads(line) for line in stack.reporting("logs", job["job_id"]).stdout.splitlines()]
    assert {line["job_id"] for line in lines if "job_id" in line} == {job["job_id"]}
    assert all(line["action"] for line in lines)
    assert [json.loads(line) for line in stack.reporting("logs", job["job_id"], "--all").stdout.splitlines()] == lines


def test_a_refusal_is_one_sentence_and_exit_code_one(stack: Stack) -> None:
    done = stack.reporting("submit", "SALES_REPORT", "--param", "colour=red", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("reporting: params.colour")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_failed_job_is_exit_code_one(stack: Stack) -> None:
    done = stack.reporting("submit", "BROKEN_FOR_CLI", check=False)
    assert (done.returncode, "BROKEN_FOR_CLI" in done.stderr) == (1, True)


def test_wrong_usage_is_exit_code_two(stack: Stack) -> None:
    assert stack.reporting("submit", "SALES_REPORT", "--param", "colour", check=False).returncode == 2
    assert stack.reporting("jobs", "--no-such-option", check=False).returncode == 2


def test_a_report_type_that_does_not_exist_is_told_instead_of_an_empty_table(stack: Stack) -> None:
    done = stack.reporting("jobs", "--type", "nope", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("reporting: --type NOPE: there is no such report type; known are ")


def test_no_snowflake_is_exit_code_three(stack: Stack) -> None:
    done = asked("jobs", **stack.environment | {"SNOWFLAKE_PORT": "1"})
    assert done.returncode == 3
    assert "Snowflake cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("changed", "code", "says"),
    [
        ({"SNOWFLAKE_USER": "nobody"}, 3, "refuses the sign-in of nobody"),
        ({"SNOWFLAKE_ROLE": "NOBODY"}, 3, "GRANT ROLE NOBODY TO USER REPORTING"),
        ({"SNOWFLAKE_ROLE": "PUBLIC"}, 1, "GRANT ROLE REPORT_REQUESTER TO ROLE PUBLIC"),
        ({"REPORTING_WAREHOUSE": "NOWHERE"}, 1, "set REPORTING_WAREHOUSE"),
    ],
)
def test_a_refusal_of_snowflakes_is_no_silence_and_says_what_to_do(
    stack: Stack, changed: dict[str, str], code: int, says: str
) -> None:
    done = asked("jobs", **stack.environment | changed)
    assert (done.returncode, says in done.stderr, "reached" in done.stderr) == (code, True, False)
    assert len(done.stderr.strip().splitlines()) == 1


def test_missing_settings_are_all_listed_and_stop_the_start() -> None:
    done = asked("run", **plain_environment())
    assert done.returncode == 2
    for name in ("REPORTING_INSTALLATION", "REPORTING_BUCKET", "REPORTING_CLUSTER", "REPORTING_SUBNETS"):
        assert name in done.stderr
    for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "AWS_DEFAULT_REGION"):
        assert name in done.stderr


def asked(*arguments: str, **environment: str) -> CompletedProcess[str]:
    return run("executor", *arguments, env=environment)


def test_a_check_asks_snowflake_and_aws(stack: Stack) -> None:
    done = asked("run", "--check", **stack.environment | {"REPORTING_BUKET": "slip"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "REPORTING_BUKET is no setting; did you mean REPORTING_BUCKET?" in done.stdout
    assert "in order" in done.stdout
    done = asked("run", "--check", **stack.environment | {"REPORTING_CLUSTER": "nowhere"})
    assert done.returncode == 2
    assert "REPORTING_CLUSTER nowhere is not there" in done.stderr
    done = asked("run", "--check", **stack.environment | {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert done.returncode == 3
    assert "AWS cannot be asked" in done.stderr


@pytest.mark.parametrize("arguments", [("jobs",), ("run",)])
def test_a_connection_that_nobody_described_is_a_wrong_setting(stack: Stack, arguments: tuple[str, ...]) -> None:
    done = asked(*arguments, **stack.environment | {"SNOWFLAKE_DEFAULT_CONNECTION_NAME": "nobody"})
    assert done.returncode == 2
    assert "SNOWFLAKE_DEFAULT_CONNECTION_NAME is nobody" in done.stderr


@pytest.mark.parametrize("name", ["REPORTING_SCHEMA", "REPORTING_DATABASE"])
@pytest.mark.parametrize("arguments", [("jobs",), ("submit", "SALES_REPORT")])
def test_where_nothing_is_installed_the_remedy_is_one_sentence(
    stack: Stack, name: str, arguments: tuple[str, ...]
) -> None:
    done = asked(*arguments, **stack.environment | {name: "NOWHERE"})
    assert done.returncode == 1
    assert "run: reporting deploy snowflake" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_another_installation_is_refused(stack: Stack) -> None:
    done = asked("run", **stack.environment | {"REPORTING_INSTALLATION": "other"})
    assert done.returncode == 2
    assert "installed as local" in done.stderr


def test_the_doctor_finds_nothing_wrong_with_the_local_environment(stack: Stack) -> None:
    done = stack.reporting("doctor", "--json")
    found = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    states = {name: check["state"] for name, check in found.items() if check["state"] != "well"}
    assert states.pop("pulls", "not asked") == "not asked", "where no task has ended yet"
    not_here = {
        "quota", "launch_rate", "way_out", "network_acls", "endpoints", "vpc_dns", "image", "user", "registry",
        "execution_role", "report_role", "executor_role", "bucket_guard", "executor_service", "watching", "access_keys",
    }  # fmt: skip
    assert states == dict.fromkeys(not_here, "not asked"), found
    assert f"{len(found)}/{len(found)} " in done.stderr


def test_the_doctor_finds_every_wrong_setting_by_asking(stack: Stack) -> None:
    wrong = {
        "REPORTING_BUCKET": "nobodys-bucket",
        "REPORTING_CLUSTER": "nobodys-cluster",
        "REPORTING_SUBNETS": "subnet-0d62741a9b460cc61",
        "REPORTING_LOG_GROUP": "/nobodys/logs",
        "REPORTING_HINTS_QUEUE_URL": stack.settings["REPORTING_HINTS_QUEUE_URL"] + "-gone",
    }
    done = subprocess.run(
        [sys.executable, "-m", "executor", "doctor", "--json"],
        env=stack.environment | wrong,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = {check["id"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 1
    for check, setting in zip(("bucket", "cluster", "subnets", "log_group", "hints"), wrong, strict=True):
        assert found[check]["state"] == "failed", found[check]
        assert setting in found[check]["faults"][0]["says"]
