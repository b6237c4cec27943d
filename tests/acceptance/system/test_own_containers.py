"""The how-to's own container, copied out of the page, as a report of a type that names it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sql.reports import load_report
from tests.acceptance.system.driving import Analyst, Stack

pytestmark = pytest.mark.usefixtures("executor")

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "bring-your-own-container.md"
USUAL = "reporting-runner"


def block(language: str) -> str:
    """The page's block of code in a language."""
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def client(stack: Stack, service: str) -> Any:
    return boto3.Session("x", "x", region_name="us-east-1").client(
        service,  # type: ignore[call-overload]  # the stubs know services by literal names
        endpoint_url=stack.settings["AWS_ENDPOINT_URL"],
    )


def register(
    stack: Stack,
    family: str,
    secrets: dict[str, str] | None = None,
    other: dict[str, Any] | None = None,
    **environment: str,
) -> None:
    """The usual task definition with another environment, secrets or parts of its container, as a family of its own."""
    ecs = client(stack, "ecs")
    usual = ecs.describe_task_definition(taskDefinition=USUAL)["taskDefinition"]
    container = usual["containerDefinitions"][0]
    kept = [pair for pair in container["environment"] if pair["name"] not in environment]
    container["environment"] = kept + [{"name": key, "value": value} for key, value in environment.items()]
    if secrets is not None:
        manager = client(stack, "secretsmanager")
        arns = {key: manager.create_secret(Name=f"{family}/{key}", SecretString=secrets[key])["ARN"] for key in secrets}
        container["secrets"] = [{"name": key, "valueFrom": arn} for key, arn in arns.items()]
    container.update(other or {})
    ecs.register_task_definition(
        family=family,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=usual["executionRoleArn"],
        taskRoleArn=usual["taskRoleArn"],
        containerDefinitions=[container],
    )


def test_the_pages_container_makes_a_report(stack: Stack, analyst: Analyst, tmp_path: Path) -> None:
    (tmp_path / "hello.py").write_text(block("python"))
    (tmp_path / ".local").symlink_to(stack.folder)
    (trying,) = re.findall(r"<<'END'\n(.*?)\nEND\n", block("sh"), re.DOTALL)
    tried = subprocess.run([sys.executable, "-c", trying], cwd=tmp_path, env=stack.environment, check=False)
    assert tried.returncode == 0
    analyst.define("HELLO", json.loads(block("json")))
    asked = analyst.call("CALL reporting.generate_report('HELLO', PARSE_JSON(?)::OBJECT)", '{"name": "you"}')
    row = analyst.ended(asked["job_id"])
    assert (row["STATUS"], row["FILES"]) == ("SUCCEEDED", 1), row
    bucket, _, prefix = row["RESULT_URI"].removeprefix("s3://").partition("/")
    found = client(stack, "s3").get_object(Bucket=bucket, Key=f"{prefix}hello.csv")["Body"].read()
    assert found == b"greeting\nHello you\n"


def test_p9_a_task_definition_that_is_not_there_ends_the_job_with_its_name_and_what_to_do(analyst: Analyst) -> None:
    analyst.define("NOWHERE", json.loads(block("json")) | {"task_definition": "nowhere:3"})
    row = analyst.ended(analyst.call("CALL reporting.generate_report('NOWHERE')")["job_id"])
    assert (row["STATUS"], row["CAUSE_ID"]) == ("FAILED", "task_definition_missing")
    assert "nowhere:3" in row["DIAGNOSIS"]
    assert "task_definition of the report type" in row["REMEDY"]


ELSEWHERE = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/key-AbCdEf"
NO_GROUP = {"awslogs-group": "/nobody/made/this", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "report"}
BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "NO_IMAGE": ({"image": "nobody/nothing:1"}, "image_not_found", "nobody/nothing:1: not found"),
    "NO_GROUP": (
        {"logConfiguration": {"logDriver": "awslogs", "options": NO_GROUP}},
        "log_group_missing",
        "The specified log group does not exist",
    ),
    "AFAR": (
        {"secrets": [{"name": "KEY", "valueFrom": ELSEWHERE}]},
        "secret_in_other_region",
        f"The secret {ELSEWHERE} is of region eu-west-1, and the task runs in us-east-1",
    ),
}


def test_p9_what_a_start_lacked_stands_on_the_row_with_what_to_do(stack: Stack, analyst: Analyst) -> None:
    asked = {}
    for name, (other, _, _) in BROKEN.items():
        register(stack, name.lower(), other=other)
        analyst.define(name, json.loads(block("json")) | {"task_definition": name.lower()})
        asked[name] = analyst.call(f"CALL reporting.generate_report('{name}')")["job_id"]
    for name, (_, cause, says) in BROKEN.items():
        row = analyst.ended(asked[name])
        assert (row["STATUS"], row["CAUSE_ID"], row["ATTEMPT"]) == ("FAILED", cause, 1), row
        assert says in row["DIAGNOSIS"]
        assert row["REMEDY"]
    (report,) = json.loads(stack.reporting("explain", "job", asked["AFAR"], "--json").stdout)
    assert (report["cause_id"], report["certainty"]) == ("secret_in_other_region", "certain")


@pytest.fixture
def astray(stack: Stack, analyst: Analyst) -> Iterator[None]:
    """The connection test in a container that looks for Snowflake where it is not."""
    register(stack, "astray", SNOWFLAKE_HOST="nowhere.invalid")
    analyst.define("CONNECTION_TEST", load_report("CONNECTION_TEST") | {"task_definition": "astray"}, version=99)
    yield
    analyst.rows("DELETE FROM reporting.report_types WHERE report_type = 'CONNECTION_TEST' AND version = 99")


@pytest.mark.usefixtures("astray")
def test_p9_a_broken_connection_is_on_the_row_at_once_with_its_step_and_what_to_do(analyst: Analyst) -> None:
    row = analyst.ended(analyst.call("CALL reporting.test_connection()")["job_id"])
    assert (row["STATUS"], row["FAILURE_CLASS"], row["ATTEMPT"]) == ("FAILED", "SNOWFLAKE_UNREACHABLE", 1)
    assert row["ERROR"].startswith("step dns: nowhere.invalid does not resolve")
    assert "SNOWFLAKE_ACCOUNT (organisation-account)" in row["REMEDY"]


def test_a_key_out_of_secrets_manager_signs_the_runner_in_and_its_queries_are_tagged(
    stack: Stack, analyst: Analyst
) -> None:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    pem = serialization.Encoding.PEM
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    locked = serialization.BestAvailableEncryption(b"phrase")
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, locked).decode()
    with stack.connect(role="ACCOUNTADMIN") as administrator:
        bare = "".join(public.splitlines()[1:-1])
        administrator.cursor().execute(f"CREATE USER keyed TYPE = SERVICE RSA_PUBLIC_KEY = '{bare}'")
        administrator.cursor().execute("GRANT ROLE report_runner TO USER keyed")
    secrets = {"SNOWFLAKE_PRIVATE_KEY": private, "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "phrase"}
    register(stack, "keyed", secrets=secrets, SNOWFLAKE_USER="keyed")
    queries = [{"name": "who", "sql": "SELECT CURRENT_USER() AS name, CURRENT_ROLE() AS role"}]
    analyst.define("KEYED", {"title": "Who", "queries": queries, "task_definition": "keyed", "formats": ["csv"]})
    row = analyst.ended(analyst.call("CALL reporting.generate_report('KEYED')")["job_id"])
    assert row["STATUS"] == "SUCCEEDED", row
    bucket, _, prefix = row["RESULT_URI"].removeprefix("s3://").partition("/")
    found = client(stack, "s3").get_object(Bucket=bucket, Key=f"{prefix}who.csv")["Body"].read().decode()
    assert found.split()[1] == "KEYED,REPORT_RUNNER"
    with stack.connect(role="ACCOUNTADMIN") as administrator:
        history = "TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 2000))"
        rows = Analyst(administrator).rows(f"SELECT query_tag FROM {history} WHERE user_name = 'KEYED'")
    tags = {one["QUERY_TAG"] for one in rows}
    assert f"reporting:job:{row['JOB_ID']}:KEYED:1:{row['TRACE_ID']}" in tags
