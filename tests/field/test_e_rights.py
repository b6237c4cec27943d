"""Row E1 of the problems from the field: a role may not read a secret, or do something else that it needs."""

import json
from typing import Any

import pytest

from tests.field.asking import doctor, said
from tests.field.deployed import ACCOUNT, REGION, Deployed, explained, verdict
from tests.unit.infra.policies import statements
from tests.unit.infra.template import GIVEN, made, raw

ROLE = f"reporting-prod-{REGION}-execution"
ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/{ROLE}"
OTHER = "us-east-1"
ALL_THE_REST = pytest.mark.thorough


def test_E1_the_stacks_roles_may_do_what_they_are_for_as_iam_itself_says(prod: Deployed) -> None:
    parts = ("execution_role", "report_role", "executor_role")
    found = doctor(*parts)
    assert {name: one["state"] for name, one in found.items()} == dict.fromkeys(parts, "well"), found


def test_E1_the_execution_role_may_read_the_stacks_secrets_alone_and_none_with_a_workload_identity() -> None:
    def reads(**given: str) -> list[Any]:
        told = statements(made(raw(), **{**GIVEN, **given}), "execution")
        return [one["Resource"] for one in told if "secretsmanager" in str(one["Action"])]

    assert reads() == [[GIVEN["ExecutorSecretArn"], GIVEN["RunnerSecretArn"]]]
    assert reads(ExecutorSecretArn="", RunnerSecretArn="") == []


def test_E1_a_role_that_may_not_read_a_secret_is_found_with_role_secret_and_the_statement_to_add(
    prod: Deployed,
) -> None:
    with prod.without(ROLE, "start-tasks", "Secrets"):
        found = doctor("execution_role")["execution_role"]
    assert found["state"] == "failed"
    assert f"{ROLE_ARN} may not secretsmanager:GetSecretValue on {prod.secret}" in said(found)
    allow = {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": prod.secret}
    assert json.dumps(allow) in said(found)


@pytest.mark.parametrize(
    ("role", "policy", "sid", "check", "says"),
    [
        ("execution", "start-tasks", "Logs", "execution_role", "may not logs:CreateLogStream, logs:PutLogEvents on"),
        ("runner", "report", "Files", "report_role", "may not s3:GetObject, s3:PutObject, s3:AbortMultipartUpload"),
        ("executor", "execute", "PassRoles", "executor_role", "may not iam:PassRole on"),
        pytest.param(
            "execution",
            "start-tasks",
            "Images",
            "execution_role",
            "may not ecr:BatchCheckLayerAvailability, ecr:Get",
            marks=ALL_THE_REST,
        ),
        pytest.param(
            "execution",
            "start-tasks",
            "RegistrySignIn",
            "execution_role",
            "may not ecr:GetAuthorizationToken on *",
            marks=ALL_THE_REST,
        ),
        pytest.param("executor", "execute", "Launch", "executor_role", "may not ecs:RunTask on", marks=ALL_THE_REST),
        pytest.param(
            "executor",
            "execute",
            "TagWhatIsLaunched",
            "executor_role",
            "may not ecs:TagResource on",
            marks=ALL_THE_REST,
        ),
        pytest.param(
            "executor",
            "execute",
            "WatchAndStop",
            "executor_role",
            "may not ecs:DescribeTasks, ecs:StopTask on",
            marks=ALL_THE_REST,
        ),
        pytest.param(
            "executor", "execute", "FindTasks", "executor_role", "may not ecs:ListTasks on", marks=ALL_THE_REST
        ),
        pytest.param(
            "executor", "execute", "ReadReports", "executor_role", "may not s3:GetObject on", marks=ALL_THE_REST
        ),
        pytest.param(
            "executor",
            "execute",
            "LeasesAndProfiles",
            "executor_role",
            "may not s3:GetObject, s3:PutObject on",
            marks=ALL_THE_REST,
        ),
        pytest.param(
            "executor",
            "execute",
            "TellAbsentFromForbidden",
            "executor_role",
            "may not s3:ListBucket on",
            marks=ALL_THE_REST,
        ),
        pytest.param(
            "executor", "execute", "LogTails", "executor_role", "may not logs:GetLogEvents on", marks=ALL_THE_REST
        ),
        pytest.param(
            "executor",
            "execute",
            "Hints",
            "executor_role",
            "may not sqs:ReceiveMessage, sqs:DeleteMessage on",
            marks=ALL_THE_REST,
        ),
    ],
)
def test_E1_every_right_that_is_taken_away_is_found_in_its_role(
    prod: Deployed, role: str, policy: str, sid: str, check: str, says: str
) -> None:
    with prod.without(f"reporting-prod-{REGION}-{role}", policy, sid):
        found = doctor(check)[check]
    assert found["state"] == "failed"
    assert f"role/reporting-prod-{REGION}-{role} {says}" in said(found)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"Principal": {"Service": "ecs.amazonaws.com"}}, "does not trust ecs-tasks.amazonaws.com"),
        pytest.param(
            {"Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}},
            f"only where aws:SourceAccount is 210987654321, but tasks run in {ACCOUNT}, {REGION}",
            marks=ALL_THE_REST,
        ),
        pytest.param(
            {"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:{OTHER}:{ACCOUNT}:*"}}},
            f"only where aws:SourceArn is arn:aws:ecs:{OTHER}:{ACCOUNT}:*",
            marks=ALL_THE_REST,
        ),
    ],
)
def test_E1_a_role_that_ecs_may_not_take_on_is_found_with_the_condition_that_keeps_it_out(
    prod: Deployed, changed: dict[str, Any], says: str
) -> None:
    iam = prod.client("iam")
    right = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
    wrong = {**right, "Statement": [{**right["Statement"][0], **changed}]}
    iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(wrong))
    try:
        found = doctor("execution_role")["execution_role"]
    finally:
        iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(right))
    assert found["state"] == "failed"
    assert f"{ROLE_ARN} " in said(found)
    assert says in said(found)


def test_E1_who_may_not_simulate_is_told_which_right_that_takes_and_nothing_passes(prod: Deployed) -> None:
    prod.order({"op": "SimulatePrincipalPolicy", "kind": "denied", "times": 99})
    found = doctor("execution_role", "report_role", "executor_role")
    prod.order(method="DELETE")
    assert {one["state"] for one in found.values()} == {"could not look"}
    assert all("iam:SimulatePrincipalPolicy" in one["says"] for one in found.values())


def test_E1_a_start_that_was_denied_its_secret_names_role_and_secret(prod: Deployed) -> None:
    words = (
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret "
        f"{prod.secret} from secrets manager: AccessDeniedException: User: arn:aws:sts::{ACCOUNT}:assumed-role/{ROLE}/1"
        f" is not authorized to perform: secretsmanager:GetSecretValue on resource: {prod.secret} because no "
        "identity-based policy allows the secretsmanager:GetSecretValue action"
    )
    prod.order({"op": "task", "kind": "secrets", "match": "denied-secret", "text": words})
    task = prod.run(prod.outputs["RunnerTaskDefinition"], startedBy="denied-secret")
    report, row = explained(task), verdict(task)
    assert (report["cause_id"], report["certainty"], row.cause_id) == (
        "secretsmanager_denied",
        "certain",
        "secretsmanager_denied",
    )
    for told in (report["theories"][0]["evidence"][0], row.diagnosis):
        assert ROLE in told
        assert prod.secret in told
    assert "for the execution role, not the task role" in row.remedy
