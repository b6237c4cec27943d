"""What each role is used for: the calls of executor and runner, and what AWS does on their behalf."""

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import boto3

from contract.ids import latest_key, result_prefix
from contract.manifest import FAILURE_NAME, MANIFEST_NAME, START_MARKER_NAME
from contract.task_spec import spec_key
from executor.core.launch import LaunchProfile, intend, order, task_spec
from tests.house import tree
from tests.jobs import definition, job
from tests.unit.infra.policies import Call
from tests.unit.infra.template import ACCOUNT, REGION, Tree

OWN_FAMILY: Final = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/reporting-prod-report-forecast:1"
"""A container of somebody's own, as the guide names its family."""
PREFIX: Final = result_prefix("SALES_REPORT", None, "job-1", 1)
RUNNER_ACTIONS: Final = {
    "get_object": "s3:GetObject",
    "head_object": "s3:GetObject",
    "put_object": "s3:PutObject",
    "create_multipart_upload": "s3:PutObject",
    "upload_part": "s3:PutObject",
    "complete_multipart_upload": "s3:PutObject",
    "abort_multipart_upload": "s3:AbortMultipartUpload",
}
"""What IAM calls each operation of the runner."""


def environment(resources: Tree, task: str) -> dict[str, str]:
    """The variables of a task's container."""
    (container,) = resources[task]["Properties"]["ContainerDefinitions"]
    return {one["Name"]: str(one["Value"]) for one in container["Environment"]}


def methods_called(source: str, known: set[str]) -> Iterator[str]:
    """Every name of these that is called as a method."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in known:
            yield node.func.attr


def runner_operations() -> set[str]:
    """Every operation of S3, or of any other client, that stands in the runner."""
    s3 = boto3.client("s3", region_name=REGION, aws_access_key_id="none", aws_secret_access_key="none")
    known = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower() for name in s3.meta.service_model.operation_names}
    return {name for path in tree.files(".py", ("runner",)) for name in methods_called(tree.text(path), known)}


def clients_made(folder: str) -> set[str]:
    """The services that a program makes clients of."""
    texts = (tree.text(path) for path in tree.files(".py", (folder,)))
    return {
        name
        for text in texts
        for name in re.findall(r"(?:boto3|session(?:\(\))?)\.(?:create_)?client\(\s*\"(\w+)\"", text)
    }


def of_executor(resources: Tree) -> dict[str, list[Call]]:
    """What each operation that the executor calls asks IAM for."""
    told = environment(resources, "ExecutorTask")
    bucket, control = f"arn:aws:s3:::{told['REPORTING_BUCKET']}", f"control/{told['REPORTING_INSTALLATION']}"
    lease, profile = f"{bucket}/{control}/lease.json", f"{bucket}/{control}/profiles/0123456789abcdef.json"
    left = [f"{bucket}/{PREFIX}{name}" for name in (MANIFEST_NAME, FAILURE_NAME, START_MARKER_NAME, "sales.csv")]
    latest, spec = f"{bucket}/{latest_key('SALES_REPORT')}", f"{bucket}/{spec_key(PREFIX)}"
    in_cluster = {"ecs:cluster": told["REPORTING_CLUSTER"]}
    task = f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/{told['REPORTING_CLUSTER'].rpartition('/')[2]}/0123456789abcdef"
    queue = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{told['REPORTING_HINTS_QUEUE_URL'].rpartition('/')[2]}"
    stream = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{told['REPORTING_LOG_GROUP']}:log-stream:report/report/0123"
    gets = [Call("s3:GetObject", one) for one in (*left, latest, lease, profile)]
    puts = [Call("s3:PutObject", one) for one in (latest, spec, lease, profile)]
    return {
        "RunTask": [*launches(told, task), Call("kms:GenerateDataKey", _key(resources), _through_s3())],
        "ListTasks": [Call("ecs:ListTasks", "*", in_cluster)],
        "DescribeTasks": [Call("ecs:DescribeTasks", task, in_cluster)],
        "StopTask": [Call("ecs:StopTask", task, in_cluster)],
        "GetObject": [*gets, Call("s3:ListBucket", bucket), Call("kms:Decrypt", _key(resources), _through_s3())],
        "HeadObject": [Call("s3:GetObject", f"{bucket}/{PREFIX}sales.csv")],
        "PutObject": [*puts, Call("kms:GenerateDataKey", _key(resources), _through_s3())],
        "HeadBucket": [Call("s3:ListBucket", bucket)],
        "CreateSession": [],  # of directory buckets, which ours is not
        "GetLogEvents": [Call("logs:GetLogEvents", stream)],
        "ReceiveMessage": [Call("sqs:ReceiveMessage", queue)],
        "DeleteMessageBatch": [Call("sqs:DeleteMessage", queue)],
    }


def launches(told: Mapping[str, str], task: str) -> list[Call]:
    """What a RunTask of the executor asks for, as the core makes it: the task, its tags, the roles it is given."""
    profile = LaunchProfile(
        cluster=told["REPORTING_CLUSTER"],
        task_definition=told["REPORTING_TASK_DEFINITION"],
        container="report",
        subnets=tuple(told["REPORTING_SUBNETS"].split(",")),
    )
    spec = task_spec(job(), told["REPORTING_INSTALLATION"], told["REPORTING_BUCKET"], definition())
    sent: dict[str, Any] = order(intend(job(), "prod", profile, "FARGATE", spec), profile, spec).run_task
    shell = {"ecs:enable-execute-command": "true"} if sent.get("enableExecuteCommand") else {}
    context = {"ecs:cluster": sent["cluster"], **shell}
    families = (sent["taskDefinition"], told["REPORTING_TASK_DEFINITION_DOCUMENTS"], OWN_FAMILY)
    tags = [Call("ecs:TagResource", task, {"ecs:CreateAction": "RunTask"})] if sent["tags"] else []
    passes = [passed(role) for role in ("runner", "execution")]
    return [*(Call("ecs:RunTask", family, context) for family in families), *tags, *passes]


def passed(role: str, service: str = "ecs-tasks.amazonaws.com", name: str = "reporting-prod") -> Call:
    """The right to give one of our roles to a task."""
    return Call("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/{name}-{REGION}-{role}", {"iam:PassedToService": service})


def of_runner(resources: Tree) -> dict[str, list[Call]]:
    """What each operation that the runner calls asks IAM for."""
    file = f"{_bucket(resources)}/{PREFIX}{MANIFEST_NAME}"
    keys = {"s3:GetObject": "kms:Decrypt", "s3:PutObject": "kms:GenerateDataKey"}
    return {
        operation: [
            Call(action, file),
            *([Call(keys[action], _key(resources), _through_s3())] if action in keys else []),
        ]
        for operation, action in RUNNER_ACTIONS.items()
    }


def of_others(resources: Tree) -> dict[str, list[Call]]:
    """What AWS and Snowflake do with the remaining roles; no code of ours asks for it."""
    base = f"{REGION}:{ACCOUNT}"
    told = environment(resources, "ExecutorTask")
    repositories = [
        f"arn:aws:ecr:{base}:repository/reporting-prod/{name}" for name in ("executor", "runner", "documents")
    ]
    streams = [f"arn:aws:logs:{base}:log-group:/reporting/prod/{one}:log-stream:a/b/c" for one in ("executor", "jobs")]
    secrets = [f"arn:aws:secretsmanager:{base}:secret:{one}-abcdef" for one in ("executor", "runner")]
    pulls = ("ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage")
    cluster = {"ecs:cluster": told["REPORTING_CLUSTER"]}
    return {
        "execution": [
            Call("ecr:GetAuthorizationToken", "*"),
            *(Call(action, one) for action in pulls for one in repositories),
            *(Call(action, one) for action in ("logs:CreateLogStream", "logs:PutLogEvents") for one in streams),
            *(Call("secretsmanager:GetSecretValue", one) for one in secrets),
        ],
        "links": [
            Call("s3:GetObject", f"{_bucket(resources)}/{PREFIX}sales.csv"),
            Call("s3:GetObjectVersion", f"{_bucket(resources)}/{PREFIX}progress.txt"),
            Call("s3:ListBucket", _bucket(resources), {"s3:prefix": f"{PREFIX}progress.txt"}),
            Call("s3:GetBucketLocation", _bucket(resources)),
            Call("kms:Decrypt", _key(resources), _through_s3()),
        ],
        "doorbell": [Call("sns:Publish", f"arn:aws:sns:{base}:reporting-prod-doorbell")],
        "drain": [
            Call("ecs:RunTask", f"arn:aws:ecs:{base}:task-definition/reporting-prod-executor:7", cluster),
            passed("executor"),
            passed("execution"),
        ],
    }


def all_calls(resources: Tree) -> dict[str, list[Call]]:
    """Everything that each role is used for."""
    return {
        "executor": [call for calls in of_executor(resources).values() for call in calls],
        "runner": [call for calls in of_runner(resources).values() for call in calls],
        **of_others(resources),
    }


def _bucket(resources: Tree) -> str:
    return f"arn:aws:s3:::{resources['Bucket']['Properties']['BucketName']}"


def _key(resources: Tree) -> str:
    (rule,) = resources["Bucket"]["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return str(rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"])


def _through_s3() -> dict[str, str]:
    return {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
