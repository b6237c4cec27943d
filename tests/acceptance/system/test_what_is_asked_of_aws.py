"""What executor and runner ask AWS for is what their roles allow: recorded while jobs run, judged by the policies."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest

from executor.adapters.lean_aws import CALLED
from local_cloud.aws.faults.operations import Operation
from tests.acceptance.system.driving import SECRETS, Analyst, Running, Stack, until
from tests.acceptance.system.recording import recorded
from tests.unit.infra.calls import RUNNER_ACTIONS
from tests.unit.infra.policies import Call, allows, statements
from tests.unit.infra.template import ACCOUNT, GIVEN, REGION, Tree, made, raw

pytestmark = pytest.mark.thorough

BASE = f"{REGION}:{ACCOUNT}"
BUCKET = f"reporting-prod-{ACCOUNT}-{REGION}"
CLUSTER = f"arn:aws:ecs:{BASE}:cluster/reporting-prod"
PROD = {
    "/reporting-local": f"/{BUCKET}",
    "/control/local/": "/control/prod/",
    "reporting-runner": "reporting-prod-report",
    "/reporting/jobs": "/reporting/prod/jobs",
    "reporting-hints": "reporting-prod-hints",
    "us-east-1:123456789012": BASE,
    "task/reporting/": "task/reporting-prod/",
}
"""What a thing of the local stack is called in a stack made of the template."""
FAILS = {
    "title": "Fails",
    "queries": [{"name": "none", "sql": "SELECT * FROM no_such_table"}],
    "formats": ["csv"],
}
SLOW = {"title": "Slow", "queries": [{"name": "slow", "sql": "SELECT SYSTEM$WAIT(120) AS waited"}], "formats": ["csv"]}


class Asked(NamedTuple):
    """What each program asked for."""

    executor: list[Operation]
    runner: list[Operation]


def own_definition(stack: Stack, endpoint: str) -> str:
    """The stack's task definition, but for where its container finds AWS."""
    names = ("AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    url, region, key, secret = (stack.settings[name] for name in names)
    ecs = boto3.client("ecs", endpoint_url=url, region_name=region, aws_access_key_id=key, aws_secret_access_key=secret)
    named = stack.settings["REPORTING_TASK_DEFINITION"]
    known: Any = ecs.describe_task_definition(taskDefinition=named)["taskDefinition"]
    (container,) = known["containerDefinitions"]
    container["environment"].append({"name": "AWS_ENDPOINT_URL", "value": endpoint})
    taken = ("family", "networkMode", "requiresCompatibilities", "cpu", "memory", "executionRoleArn", "taskRoleArn")
    made_of = {name: known[name] for name in (*taken, "containerDefinitions")}
    fresh: Any = ecs.register_task_definition(**made_of)["taskDefinition"]
    return f"{fresh['family']}:{fresh['revision']}"


def jobs_of_all_kinds(analyst: Analyst) -> None:
    """One that succeeds with more than the environment holds, one that fails, one that is cancelled."""
    analyst.define("ASKED_FAILS", FAILS)
    analyst.define("ASKED_SLOW", SLOW)
    long = {"title": "Long", "formats": ["csv"]}
    queries = [{"name": f"q{n}", "sql": f"SELECT {n} AS n -- {'x' * 500}"} for n in range(15)]
    analyst.define("ASKED_LONG", {**long, "queries": queries})
    ids = {kind: analyst.call(f"CALL reporting.generate_report('{kind}')")["job_id"] for kind in
           ("ASKED_FAILS", "ASKED_SLOW", "ASKED_LONG")}  # fmt: skip
    assert analyst.ended(ids["ASKED_LONG"])["STATUS"] == "SUCCEEDED"
    assert analyst.ended(ids["ASKED_FAILS"], 120)["STATUS"] == "FAILED"
    sql = "SELECT status FROM reporting.jobs WHERE job_id = ?"
    until(lambda: analyst.rows(sql, ids["ASKED_SLOW"])[0]["STATUS"] == "RUNNING" or None)
    analyst.call("CALL reporting.cancel_report(?)", ids["ASKED_SLOW"])
    assert analyst.ended(ids["ASKED_SLOW"])["STATUS"] == "CANCELLED"


@pytest.fixture(scope="module")
def asked(stack: Stack, one_executor: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    one_executor.ends()
    endpoint = stack.settings["AWS_ENDPOINT_URL"]
    with recorded(endpoint) as by_executor, recorded(endpoint) as by_runner:
        own = {
            "AWS_ENDPOINT_URL": by_executor.url,
            "REPORTING_TASK_DEFINITION": own_definition(stack, by_runner.url),
        }
        environment, folder = stack.environment | SECRETS | own, tmp_path_factory.mktemp("recorded")
        executor = Running([sys.executable, "-m", "executor", "run"], environment, Path(folder))
        executor.wait_for(lambda line: '"action": "lead"' in line)
        with stack.connect() as connection:
            jobs_of_all_kinds(Analyst(connection))
        assert executor.stop() == 0
        yield Asked([*by_executor.operations()], [*by_runner.operations()])


def calls_of(operation: Operation) -> Iterator[Call]:
    """What IAM is asked by a request, with the names of a stack made of the template."""
    text = operation.text
    for local, prod in PROD.items():
        text = text.replace(local, prod)
    head, _, body = text.partition("\n")
    if operation.service == "s3":
        path = head.split(" ", 1)[1].partition("?")[0]
        actions = {"HeadBucket": "s3:ListBucket", "HeadObject": "s3:GetObject", "AbortMultipartUpload": operation.name}
        writes = {"UploadPart", "CreateMultipartUpload", "CompleteMultipartUpload"}
        action = "s3:PutObject" if operation.name in writes else actions.get(operation.name, f"s3:{operation.name}")
        yield Call(action if ":" in action else f"s3:{action}", f"arn:aws:s3::{path.replace('/', ':', 1)}")
        return
    told = json.loads(body)
    in_cluster = {"ecs:cluster": CLUSTER}
    match operation.name:
        case "RunTask":
            shell = {"ecs:enable-execute-command": "true"} if told.get("enableExecuteCommand") else {}
            yield Call(
                "ecs:RunTask", f"arn:aws:ecs:{BASE}:task-definition/{told['taskDefinition']}", in_cluster | shell
            )
            yield from [
                Call("ecs:TagResource", f"arn:aws:ecs:{BASE}:task/reporting-prod/0", {"ecs:CreateAction": "RunTask"})
            ]
        case "ListTasks":
            yield Call("ecs:ListTasks", "*", in_cluster)
        case "DescribeTasks" | "StopTask":
            for task in told.get("tasks") or [told["task"]]:
                yield Call(f"ecs:{operation.name}", task, in_cluster)
        case "GetLogEvents":
            group = f"log-group:{told['logGroupName']}:log-stream:{told['logStreamName']}"
            yield Call("logs:GetLogEvents", f"arn:aws:logs:{BASE}:{group}")
        case _:
            queue = told["QueueUrl"].rpartition("/")[2]
            yield Call(f"sqs:{operation.name.removesuffix('Batch')}", f"arn:aws:sqs:{BASE}:{queue}")


def refused(resources: Tree, role: str, operations: list[Operation]) -> set[str]:
    """What a role would not be let through with."""
    found = statements(resources, role)
    calls = {(call.action, call.resource): call for one in operations for call in calls_of(one)}
    return {f"{action} {resource}" for (action, resource), call in calls.items() if not allows(found, call)}


def test_the_executor_asks_for_what_its_role_allows(asked: Asked) -> None:
    assert refused(made(raw(), **GIVEN), "executor", asked.executor) == set()


def test_the_runner_asks_for_what_its_role_allows(asked: Asked) -> None:
    assert refused(made(raw(), **GIVEN), "runner", asked.runner) == set()


def test_what_was_recorded_is_nearly_everything_that_is_ever_asked(asked: Asked) -> None:
    rare = {"HeadBucket", "CreateSession"}  # asked by --check, and by the SDK for other kinds of buckets
    assert {one.name for one in asked.executor} == {name for names in CALLED.values() for name in names} - rare
    ever = {"".join(part.capitalize() for part in name.split("_")) for name in RUNNER_ACTIONS}
    assert {"PutObject"} <= {one.name for one in asked.runner} <= ever


def test_another_roles_policy_would_not_do(asked: Asked) -> None:
    resources = made(raw(), **GIVEN)
    assert refused(resources, "runner", asked.executor) != set()
    assert refused(resources, "links", asked.runner) != set()
