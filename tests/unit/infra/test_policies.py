"""Every role may do what it is used for and nothing beside; nothing in a policy stands there unused."""

from collections.abc import Iterator

import pytest

from executor.adapters.lean_aws import CALLED
from tests.unit.infra import calls
from tests.unit.infra.calls import PREFIX, all_calls, of_executor, passed
from tests.unit.infra.policies import ROLES, Call, allows, applying, listed, statements
from tests.unit.infra.template import ACCOUNT, GIVEN, REGION, Tree, made, raw

BASE = f"{REGION}:{ACCOUNT}"
BUCKET = f"arn:aws:s3:::reporting-prod-{ACCOUNT}-{REGION}"
OTHER_BUCKET = f"arn:aws:s3:::reporting-test-{ACCOUNT}-{REGION}"
CLUSTER = {"ecs:cluster": f"arn:aws:ecs:{BASE}:cluster/reporting-prod"}
OTHER_CLUSTER = {"ecs:cluster": f"arn:aws:ecs:{BASE}:cluster/reporting-test"}
FAMILY = f"arn:aws:ecs:{BASE}:task-definition/reporting-prod-report:7"
TASK = f"arn:aws:ecs:{BASE}:task/reporting-prod/0123"
FORBIDDEN = {
    "executor": [
        Call("ecs:RunTask", FAMILY, OTHER_CLUSTER),
        Call("ecs:RunTask", FAMILY, {**CLUSTER, "ecs:enable-execute-command": "true"}),
        Call("ecs:RunTask", f"arn:aws:ecs:{BASE}:task-definition/reporting-prod-executor:7", CLUSTER),
        Call("ecs:RunTask", f"arn:aws:ecs:{BASE}:task-definition/reporting-test-report:7", CLUSTER),
        Call("ecs:StopTask", f"arn:aws:ecs:{BASE}:task/reporting-test/0123", OTHER_CLUSTER),
        Call("ecs:ListTasks", "*", OTHER_CLUSTER),
        Call("ecs:ExecuteCommand", TASK, CLUSTER),
        Call("ecs:TagResource", TASK),
        Call("ecs:RegisterTaskDefinition", "*"),
        passed("executor"),
        passed("runner", service="lambda.amazonaws.com"),
        passed("runner", name="reporting-test"),
        Call("s3:PutObject", f"{BUCKET}/{PREFIX}manifest.json"),
        Call("s3:PutObject", f"{BUCKET}/control/test/lease.json"),
        Call("s3:GetObject", f"{BUCKET}/control/test/lease.json"),
        Call("s3:GetObject", f"{OTHER_BUCKET}/{PREFIX}manifest.json"),
        Call("s3:DeleteObject", f"{BUCKET}/{PREFIX}manifest.json"),
        Call("logs:GetLogEvents", f"arn:aws:logs:{BASE}:log-group:/reporting/prod/executor:log-stream:a"),
        Call("logs:GetLogEvents", f"arn:aws:logs:{BASE}:log-group:/aws/lambda/other:log-stream:a"),
        Call("sqs:SendMessage", f"arn:aws:sqs:{BASE}:reporting-prod-hints"),
        Call("sqs:ReceiveMessage", f"arn:aws:sqs:{BASE}:reporting-prod-hints-dead"),
        Call("secretsmanager:GetSecretValue", GIVEN["ExecutorSecretArn"]),
        Call("kms:Decrypt", GIVEN["KeyArn"]),
    ],
    "runner": [
        Call("s3:PutObject", f"{BUCKET}/control/prod/lease.json"),
        Call("s3:GetObject", f"{BUCKET}/control/prod/lease.json"),
        Call("s3:PutObject", f"{OTHER_BUCKET}/{PREFIX}manifest.json"),
        Call("s3:DeleteObject", f"{BUCKET}/{PREFIX}manifest.json"),
        Call("s3:ListBucket", BUCKET),
        Call("ecs:RunTask", FAMILY, CLUSTER),
        Call("sqs:ReceiveMessage", f"arn:aws:sqs:{BASE}:reporting-prod-hints"),
        Call("secretsmanager:GetSecretValue", GIVEN["RunnerSecretArn"]),
    ],
    "execution": [
        Call("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{BASE}:secret:other-abcdef"),
        Call("ecr:BatchGetImage", f"arn:aws:ecr:{BASE}:repository/reporting-test/runner"),
        Call("ecr:PutImage", f"arn:aws:ecr:{BASE}:repository/reporting-prod/runner"),
        Call("logs:CreateLogGroup", f"arn:aws:logs:{BASE}:log-group:/reporting/prod/jobs"),
        Call("logs:PutLogEvents", f"arn:aws:logs:{BASE}:log-group:/reporting/test/jobs:log-stream:a"),
        Call("s3:GetObject", f"{BUCKET}/{PREFIX}manifest.json"),
    ],
    "links": [
        Call("s3:PutObject", f"{BUCKET}/{PREFIX}sales.csv"),
        Call("s3:GetObject", f"{BUCKET}/control/prod/lease.json"),
        Call("s3:ListBucket", BUCKET),
        Call("s3:ListBucket", BUCKET, {"s3:prefix": "control/"}),
        Call("s3:ListBucket", OTHER_BUCKET, {"s3:prefix": "reports/"}),
    ],
    "doorbell": [
        Call("sns:Publish", f"arn:aws:sns:{BASE}:reporting-prod-alarms"),
        Call("sqs:SendMessage", f"arn:aws:sqs:{BASE}:reporting-prod-hints"),
    ],
    "drain": [
        Call("ecs:RunTask", FAMILY, CLUSTER),
        Call("ecs:RunTask", f"arn:aws:ecs:{BASE}:task-definition/reporting-prod-executor:7", OTHER_CLUSTER),
        passed("runner"),
        passed("executor", service="scheduler.amazonaws.com"),
    ],
}


@pytest.fixture(scope="module")
def resources() -> Tree:
    return made(raw(), **GIVEN)


def unused(resources: Tree) -> Iterator[str]:
    """Every action and every resource of every statement that no call needs; and denials that deny nothing listed."""
    for role in ROLES:
        for statement in statements(resources, role):
            known = all_calls(resources)[role] if statement["Effect"] == "Allow" else FORBIDDEN[role]
            for part in ("Action", "Resource"):
                for one in listed(statement[part]):
                    alone = {**statement, part: one}
                    if not any(True for call in known for _ in applying([alone], call)):
                        yield f"{role} {statement['Sid']} {one}"


def test_every_call_of_the_executor_and_no_other_is_spoken_of_here(resources: Tree) -> None:
    assert set(of_executor(resources)) == {name for operations in CALLED.values() for name in operations}


def test_every_call_of_the_runner_and_no_other_is_spoken_of_here() -> None:
    assert calls.runner_operations() == set(calls.RUNNER_ACTIONS)
    assert calls.clients_made("runner") == {"s3"}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_it_is_used_for(resources: Tree, role: str) -> None:
    found = statements(resources, role)
    assert [call for call in all_calls(resources)[role] if not allows(found, call)] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_not_do_what_is_not_its_business(resources: Tree, role: str) -> None:
    found = statements(resources, role)
    assert [call for call in FORBIDDEN[role] if allows(found, call)] == []


def test_nothing_in_a_policy_is_unused(resources: Tree) -> None:
    assert list(unused(resources)) == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_lacks_any_of_its_statements_cannot_do_its_work(resources: Tree, role: str) -> None:
    whole = statements(resources, role)
    for left_out in whole:
        rest = [one for one in whole if one is not left_out]
        refused = [call for call in all_calls(resources)[role] if not allows(rest, call)]
        passed_through = [call for call in FORBIDDEN[role] if allows(rest, call)]
        assert refused or passed_through, left_out["Sid"]


def test_an_action_or_a_resource_too_many_is_noticed(resources: Tree) -> None:
    found = statements(resources, "runner")
    found[0]["Action"].append("s3:DeleteObject")
    found[0]["Resource"] = [found[0]["Resource"], "arn:aws:s3:::elsewhere/*"]
    names = list(unused(resources))
    found[0]["Action"].pop()
    found[0]["Resource"] = found[0]["Resource"][0]
    assert names == ["runner Files s3:DeleteObject", "runner Files arn:aws:s3:::elsewhere/*"]


@pytest.mark.parametrize("secrets", [{}, {"ExecutorSecretArn": GIVEN["ExecutorSecretArn"]}])
def test_without_secrets_and_key_of_its_own_the_stack_grants_nothing_on_any(secrets: dict[str, str]) -> None:
    given = {**GIVEN, "ExecutorSecretArn": "", "RunnerSecretArn": "", "KeyArn": "", **secrets}
    resources = made(raw(), **given)
    sids = {one["Sid"] for role in ROLES for one in statements(resources, role)}
    assert "BucketKey" not in sids
    assert ("Secrets" in sids) == bool(secrets)
