"""IAM says what a principal's policies allow; what it cannot judge here it refuses by name."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

EXECUTORS: list[dict[str, Any]] = [
    {"Effect": "Allow", "Action": "ecs:RunTask", "Resource": "*", "Condition": {"ArnLike": {"ecs:cluster": "arn:c*"}}},
    {"Effect": "Allow", "Action": ["s3:GetObject", "s3:Put*"], "Resource": "arn:aws:s3:::b/*"},
    {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/kept/*"},
]


@pytest.mark.parametrize(
    ("action", "resource", "context", "decided"),
    [
        ("s3:getobject", "arn:aws:s3:::b/x", {}, "allowed"),
        ("s3:PutObject", "arn:aws:s3:::b/kept/x", {}, "explicitDeny"),
        ("s3:GetObject", "arn:aws:s3:::other/x", {}, "implicitDeny"),
        ("ecs:RunTask", "arn:any", {"ECS:Cluster": "arn:cluster"}, "allowed"),
        ("ecs:RunTask", "arn:any", {"ecs:cluster": "arn:other"}, "implicitDeny"),
        ("ecs:RunTask", "arn:any", {}, "implicitDeny"),
    ],
)
def test_iam_says_what_a_role_may_do(
    cloud: Any, action: str, resource: str, context: dict[str, str], decided: str
) -> None:
    told = simulated(cloud, EXECUTORS, action, resource, context)
    assert [(one["EvalActionName"], one["EvalDecision"]) for one in told["EvaluationResults"]] == [(action, decided)]


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"Action": "s3:*", "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "2030-01-01"}}}, "Date"),
        ({"NotAction": "s3:*", "Resource": "*"}, "NotAction"),
    ],
)
def test_what_iam_here_cannot_judge_is_refused_by_name(cloud: Any, more: dict[str, Any], named: str) -> None:
    with pytest.raises(ClientError, match=f"not supported by the local cloud: .*{named}"):
        simulated(cloud, [{"Effect": "Allow"} | more], "s3:GetObject", "*", {})


def simulated(cloud: Any, statements: list[dict[str, Any]], action: str, resource: str, context: dict[str, str]) -> Any:
    iam, name = cloud.client("iam"), f"r-{uuid.uuid4().hex[:8]}"
    document = {"Version": "2012-10-17", "Statement": statements}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({**document, "Statement": []}))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="one", PolicyDocument=json.dumps(document))
    entries = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in context.items()
    ]
    return iam.simulate_principal_policy(
        PolicySourceArn=arn["Arn"], ActionNames=[action], ResourceArns=[resource], ContextEntries=entries
    )
