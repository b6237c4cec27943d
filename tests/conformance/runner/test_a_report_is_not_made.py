"""Every other end: its exit code, its manifest, and that nothing else is left."""

import json
import signal
from typing import Any

import pytest

from contract.manifest import StartMarker
from runner.clock import utc_now
from tests.conformance.runner.s3_gate import S3Gate
from tests.local_stack import BUCKET, Attempt, LocalStack

FINE: dict[str, Any] = {"title": "Fine", "queries": [{"name": "one", "sql": "SELECT 1 AS id"}]}
SLOW: dict[str, Any] = {
    "title": "Slow",
    "queries": [{"name": "one", "sql": "SELECT 1 AS id"}, {"name": "slow", "sql": "SELECT SYSTEM$WAIT(60) AS id"}],
}


def hold(attempt: Attempt, task_arn: str) -> bytes:
    body = StartMarker(task_arn=task_arn, started_at=utc_now()).model_dump_json().encode()
    attempt.stack.s3.put_object(Bucket=BUCKET, Key=attempt.spec["prefix"] + "started.json", Body=body)
    return body


@pytest.mark.parametrize("holder", ["arn:aws:ecs:us-east-1:123456789012:task/reporting/other", "unknown"])
def test_an_attempt_that_another_task_holds_is_left_alone(stack: LocalStack, holder: str) -> None:
    attempt = stack.attempt(FINE)
    marker = hold(attempt, holder)
    report = attempt.run()
    assert report.process.returncode == 16
    assert attempt.names() == ["started.json"]
    assert attempt.read("started.json") == marker


def test_p2_of_two_tasks_at_once_exactly_one_works(stack: LocalStack) -> None:
    attempt = stack.attempt(FINE)
    both = [attempt.start(), attempt.start()]
    assert sorted(report.finish() for report in both) == [0, 16]
    assert attempt.manifest().status == "succeeded"


def test_a_refused_query_ends_as_12_with_snowflakes_words_in_the_manifest(stack: LocalStack) -> None:
    queries = [{"name": "one", "sql": "SELECT 1 AS id"}, {"name": "bad", "sql": "SELECT id FROM sales.nowhere_at_all"}]
    attempt = stack.attempt({"title": "Bad", "queries": queries})
    report = attempt.run()
    assert report.process.returncode == 12
    manifest = attempt.failure()
    assert (manifest.status, manifest.exit_code, manifest.files) == ("failed", 12, ())
    assert manifest.failure is not None
    assert (manifest.failure.kind, manifest.failure.query) == ("ProgrammingError", "bad")
    assert manifest.failure.message.startswith("002003 ")
    assert "NOWHERE_AT_ALL" in manifest.failure.message.upper()
    assert [run.name for run in manifest.queries] == ["one"]
    assert "Traceback" not in report.stderr + json.dumps(report.lines)


def test_two_columns_of_one_name_are_the_querys_fault(stack: LocalStack) -> None:
    attempt = stack.attempt({"title": "Twice", "queries": [{"name": "twice", "sql": 'SELECT 1 AS id, 2 AS "ID"'}]})
    assert attempt.run().process.returncode == 12
    failure = attempt.failure().failure
    assert failure is not None
    assert "more than one column id" in failure.message


def test_a_wrong_password_ends_as_13(stack: LocalStack, refusing_snowflake: str) -> None:
    attempt = stack.attempt(FINE)
    report = attempt.run(SNOWFLAKE_PORT=refusing_snowflake)
    assert report.process.returncode == 13
    failure = attempt.failure().failure
    assert failure is not None
    assert "Incorrect username or password" in failure.message
    assert attempt.environment["SNOWFLAKE_PASSWORD"] not in json.dumps(report.lines) + report.stderr


def test_a_host_at_which_nobody_listens_ends_as_13(stack: LocalStack, closed_port: str) -> None:
    attempt = stack.attempt(FINE)
    report = attempt.run(SNOWFLAKE_PORT=closed_port)
    assert report.process.returncode == 13
    assert attempt.failure().exit_code == 13


def test_missing_sign_in_settings_are_all_named_and_end_as_13(stack: LocalStack) -> None:
    attempt = stack.attempt(FINE)
    report = attempt.run(SNOWFLAKE_ACCOUNT="", SNOWFLAKE_USER="")
    assert report.process.returncode == 13
    failure = attempt.failure().failure
    assert failure is not None
    assert "SNOWFLAKE_ACCOUNT: is not set; SNOWFLAKE_USER: is not set" in failure.message


def test_a_missing_bucket_ends_as_14_and_says_which(stack: LocalStack) -> None:
    attempt = stack.attempt(FINE)
    spec = attempt.spec | {"bucket": "no-such-bucket-here"}
    report = attempt.run(REPORTING_TASK_SPEC=json.dumps(spec))
    assert report.process.returncode == 14
    [failed] = [line for line in report.lines if line["action"] == "report_failed"]
    assert "s3://no-such-bucket-here/" in failed["message"]


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"REPORTING_TASK_SPEC": ""}, "no task spec"),
        ({"REPORTING_TASK_SPEC": "{}"}, "spec.job_id is missing"),
        ({"REPORTING_TASK_SPEC": "nonsense"}, "task spec"),
        ({"REPORTING_TASK_SPEC": "", "REPORTING_TASK_SPEC_URI": f"s3://{BUCKET}/not-there.json"}, "not-there.json"),
    ],
)
def test_an_order_that_cannot_be_read_ends_as_11(stack: LocalStack, environment: dict[str, str], says: str) -> None:
    report = stack.attempt(FINE).run(**environment)
    assert report.process.returncode == 11
    [failed] = [line for line in report.lines if line["action"] == "report_failed"]
    assert says in failed["message"].replace(": is missing", " is missing")


def test_a_parameter_that_the_job_lacks_ends_as_11(stack: LocalStack) -> None:
    definition = {
        "title": "Bound",
        "parameters": {"day": {"type": "string"}},
        "queries": [{"name": "one", "sql": "SELECT :day AS day"}],
    }
    attempt = stack.attempt(definition, {})
    assert attempt.run().process.returncode == 11
    failure = attempt.failure().failure
    assert failure is not None
    assert (failure.query, "needs day" in failure.message) == ("one", True)


def test_sigterm_ends_as_143_at_once_and_leaves_no_manifest(stack: LocalStack, silent_snowflake: str) -> None:
    attempt = stack.attempt(FINE)
    report = attempt.start(SNOWFLAKE_PORT=silent_snowflake, REPORTING_SNOWFLAKE_LOGIN_TIMEOUT_S="60")
    report.await_action("attempt_claimed")
    report.process.send_signal(signal.SIGTERM)
    assert report.finish() == 143
    assert attempt.names() == ["started.json"]


def test_sigterm_in_a_query_ends_as_143_and_leaves_no_manifest(stack: LocalStack) -> None:
    attempt = stack.attempt(SLOW)
    report = attempt.start()
    while report.await_action("query_started")["query"] != "slow":
        pass
    report.process.send_signal(signal.SIGTERM)
    assert report.finish() == 143
    assert "manifest.json" not in attempt.names()


def test_p15_a_run_that_hangs_ends_at_its_deadline_as_15_with_a_failed_manifest(
    stack: LocalStack, silent_snowflake: str
) -> None:
    attempt = stack.attempt({**FINE, "timeout_s": 10})
    report = attempt.run(SNOWFLAKE_PORT=silent_snowflake, REPORTING_SNOWFLAKE_LOGIN_TIMEOUT_S="120")
    assert report.process.returncode == 15
    manifest = attempt.failure()
    assert (manifest.status, manifest.exit_code) == ("failed", 15)
    assert manifest.failure is not None
    assert "10 s" in manifest.failure.message
    assert 10 <= manifest.seconds < 20


@pytest.mark.parametrize("name", ["started.json", "one.csv", "one.json", "two.csv", "two.json", "manifest.json"])
def test_p4_killed_before_any_of_its_uploads_a_run_leaves_no_manifest(
    stack: LocalStack, s3_gate: S3Gate, name: str
) -> None:
    queries = [{"name": "one", "sql": "SELECT 1 AS id"}, {"name": "two", "sql": "SELECT 2 AS id"}]
    attempt = stack.attempt({"title": "Two", "queries": queries})
    s3_gate.hold = name
    report = attempt.start(AWS_ENDPOINT_URL=s3_gate.endpoint)
    assert s3_gate.held.wait(30)
    report.process.kill()
    assert report.finish() == -signal.SIGKILL
    assert "manifest.json" not in attempt.names()


def test_a_stop_while_a_file_is_under_way_leaves_no_manifest(stack: LocalStack, s3_gate: S3Gate) -> None:
    attempt = stack.attempt(FINE)
    s3_gate.hold = "one.json"
    report = attempt.start(AWS_ENDPOINT_URL=s3_gate.endpoint)
    assert s3_gate.held.wait(30)
    report.process.send_signal(signal.SIGTERM)
    assert report.finish() == 143
    s3_gate.released.set()
    assert "manifest.json" not in attempt.names()


def test_a_stop_that_comes_while_the_manifest_is_written_comes_too_late(stack: LocalStack, s3_gate: S3Gate) -> None:
    attempt = stack.attempt(FINE)
    s3_gate.hold = "manifest.json"
    report = attempt.start(AWS_ENDPOINT_URL=s3_gate.endpoint)
    assert s3_gate.held.wait(30)
    report.process.send_signal(signal.SIGTERM)
    s3_gate.released.set()
    assert report.finish() == 0
    assert attempt.manifest().status == "succeeded"
