"""A CALL rings, and an executor that otherwise looks once a minute looks at once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.system.driving import Analyst, Running, Stack, until

LOOKS_EVERY_S = 60


@pytest.fixture
def drowsy(stack: Stack, no_executor: None, tmp_path: Path) -> Iterator[Running]:
    """An executor that looks of itself once a minute."""
    stack.environment = stack.environment | {"REPORTING_POLL_INTERVAL_S": str(LOOKS_EVERY_S)}
    running = stack.start_executor(tmp_path)
    try:
        running.wait_for(lambda line: '"action": "lead"' in line)
        yield running
    finally:
        stack.environment = stack.environment | {"REPORTING_POLL_INTERVAL_S": "0.5"}
        running.stop()


def test_a_call_rings_and_the_executor_looks_at_once(stack: Stack, drowsy: Running, analyst: Analyst) -> None:
    # The first is also found by the look that a new leader begins with; after its end the next look is a minute away.
    see_one_through(analyst)
    see_one_through(analyst)


def see_one_through(analyst: Analyst) -> None:
    job_id = analyst.call("CALL reporting.generate_report('CONNECTION_TEST')")["job_id"]

    is_seen = "SELECT 1 FROM reporting.job_state WHERE job_id = ?"
    until(lambda: analyst.rows(is_seen, job_id), timeout_s=LOOKS_EVERY_S - 15)
    assert analyst.ended(job_id)["STATUS"] == "SUCCEEDED"


def test_what_an_administrator_runs_is_printed_with_the_values_filled_in(stack: Stack) -> None:
    topic = "arn:aws:sns:us-east-1:123456789012:other-doorbell"
    done = stack.reporting("deploy", "doorbell", topic, "--integration", "NEW_BELL", check=False)
    assert done.returncode == 0, done.stderr
    first = done.stdout
    assert "CREATE NOTIFICATION INTEGRATION IF NOT EXISTS NEW_BELL" in first
    assert f"AWS_SNS_TOPIC_ARN = '{topic}'" in first
    assert "AWS_SNS_ROLE_ARN = 'arn:aws:iam::123456789012:role/snowflake-rings-other-doorbell'" in first
    assert 'GRANT USAGE ON INTEGRATION NEW_BELL TO ROLE "REPORT_OPERATOR";' in first
    assert "run this command again" in first
    statements = first.split("\n# 2.")[0].partition("\n")[2].split(";")
    with stack.connect(role="ACCOUNTADMIN") as administrator:
        for statement in filter(str.strip, statements):
            administrator.cursor().execute(statement)
        second = stack.reporting("deploy", "doorbell", topic, "--integration", "NEW_BELL").stdout
        administrator.cursor().execute("DROP NOTIFICATION INTEGRATION NEW_BELL")
    assert '"sts:ExternalId": "LOCAL_SFCRole=' in second
    assert "arn:aws:sqs:us-east-1:123456789012:reporting-hints" in second
    assert "REPORTING_DOORBELL_INTEGRATION=NEW_BELL reporting deploy snowflake" in second
