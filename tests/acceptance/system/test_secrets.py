"""P21: what the executor signs in with is found in nothing that it writes."""

import json
from collections.abc import Iterator

import boto3
import pytest

from tests.acceptance.system.driving import SECRETS, Analyst, Running, Stack

TABLES = ("job_intake", "job_state", "job_results", "job_events", "type_state", "report_types")
ENDS = {"CANARY_GOOD": "SELECT 1 AS n", "CANARY_BAD": "SELECT * FROM no_such_table"}


def rows(stack: Stack) -> Iterator[str]:
    """Every row of every table of the queue, as text."""
    with stack.connect(role="ACCOUNTADMIN") as connection:
        administrator = Analyst(connection)
        for table in TABLES:
            for row in administrator.rows(f"SELECT * FROM reporting.{table}"):
                yield json.dumps(row, default=str)


def left_in_aws(stack: Stack) -> Iterator[str]:
    """Every object of the bucket, and every line that a task wrote to its log."""
    settings = stack.settings
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
    s3 = session.client("s3", endpoint_url=settings["AWS_ENDPOINT_URL"])
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=settings["REPORTING_BUCKET"]):
        for item in page.get("Contents", []):
            body = s3.get_object(Bucket=settings["REPORTING_BUCKET"], Key=item["Key"])["Body"].read()
            yield item["Key"] + body.decode(errors="replace")
    logs = session.client("logs", endpoint_url=settings["AWS_ENDPOINT_URL"])
    for told in logs.get_paginator("filter_log_events").paginate(logGroupName=settings["REPORTING_LOG_GROUP"]):
        yield from (event["message"] for event in told["events"])


@pytest.fixture
def asked(executor: Running, analyst: Analyst) -> list[str]:
    """Jobs that came to a good end and to a bad one."""
    asked = []
    for report_type, sql in ENDS.items():
        analyst.define(report_type, {"title": "t", "max_attempts": 1, "queries": [{"name": "q", "sql": sql}]})
        answer = analyst.call(f"CALL reporting.generate_report('{report_type}')")
        asked.append(str(answer["job_id"]))
    assert [analyst.ended(job_id)["STATUS"] for job_id in asked] == ["SUCCEEDED", "FAILED"]
    return asked


def test_p21_no_secret_of_the_executor_is_in_its_log_a_row_a_manifest_or_an_event(
    stack: Stack, executor: Running, asked: list[str]
) -> None:
    written = {"log": list(executor.lines), "rows": list(rows(stack)), "aws": list(left_in_aws(stack))}
    for place, texts in written.items():
        # What is written of each job is found there: so would be a secret.
        assert all(any(job_id in text for text in texts) for job_id in asked), place
        assert [text for text in texts if any(secret in text for secret in SECRETS.values())] == [], place
