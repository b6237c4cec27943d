"""The AWS resources that a deployment has, made through the API on an empty local AWS.

Every step is safe to repeat: a second call with the same arguments finds what the first one made and
registers no new revision of the task definition.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import ClientError

from local_cloud.aws.hints_queue import ensure_doorbell, ensure_hints_queue

if TYPE_CHECKING:
    from types_boto3_ecs import ECSClient
    from types_boto3_logs import CloudWatchLogsClient
    from types_boto3_s3 import S3Client

CONTAINER = "report"
STOP_TIMEOUT_S = 30
LOG_RETENTION_DAYS = 30
# As the deployed bucket's: the lease is written every few seconds, and each time the one before is kept.
OLD_VERSIONS: list[Any] = [
    {
        "ID": name,
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "NoncurrentVersionExpiration": {"NoncurrentDays": days},
    }
    for name, prefix, days in (("old-leases", "control/", 1), ("old-versions", "reports/", 30))
]
PROVIDERS = ["FARGATE", "FARGATE_SPOT"]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


@dataclass(frozen=True, slots=True)
class StackOutputs:
    """What a client of the stack needs to know; `task_definition` is family:revision."""

    bucket: str
    cluster: str
    task_definition: str
    container: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    log_group: str
    region: str
    account_id: str
    hints_queue_url: str
    doorbell_topic_arn: str


def create_stack(  # noqa: PLR0913 - one argument per parameter of the deployed template
    endpoint_url: str,
    *,
    bucket: str,
    cluster: str,
    family: str,
    image: str,
    log_group: str,
    environment: Mapping[str, str],
    cpu: int,
    memory_mb: int,
    secrets: Mapping[str, str] | None = None,
    region: str = "us-east-1",
) -> StackOutputs:
    """Make bucket, cluster, log group, roles, the hints queue and the task definition of the report container.

    Args:
        endpoint_url: where the local AWS answers.
        bucket: S3 bucket, made private and versioned.
        cluster: ECS cluster, with FARGATE and FARGATE_SPOT.
        family: task definition family.
        image: image of the report container.
        log_group: log group of the containers.
        environment: variables of the report container.
        cpu: CPU units (1024 is one vCPU).
        memory_mb: memory in MiB; the pair must be one Fargate sells.
        secrets: variables whose values go into Secrets Manager; the task definition has only their ARNs.
        region: AWS Region.
    """

    def client(service: str) -> Any:
        return _session(region).client(service, endpoint_url=endpoint_url)  # type: ignore[call-overload]  # name is a variable

    _ensure_bucket(client("s3"), bucket, region)
    _ensure_log_group(client("logs"), log_group)
    made = client("ecs").create_cluster(clusterName=cluster, capacityProviders=PROVIDERS)["cluster"]
    iam = client("iam")
    arns = _ensure_secrets(client("secretsmanager"), family, secrets or {})
    definition = {
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": str(cpu),
        "memory": str(memory_mb),
        "executionRoleArn": _ensure_role(iam, f"{family}-execution"),
        "taskRoleArn": _ensure_role(iam, f"{family}-task"),
        "containerDefinitions": [_container(image, log_group, environment, arns, region)],
    }
    subnet, group = _default_network(client("ec2"))
    hints = ensure_hints_queue(client("sqs"), client("events"), cluster_arn=made["clusterArn"], name=f"{cluster}-hints")
    return StackOutputs(
        bucket=bucket,
        cluster=cluster,
        task_definition=_ensure_definition(client("ecs"), definition),
        container=CONTAINER,
        subnets=(subnet,),
        security_groups=(group,),
        log_group=log_group,
        region=region,
        account_id=client("sts").get_caller_identity()["Account"],
        hints_queue_url=hints,
        doorbell_topic_arn=ensure_doorbell(client("sns"), client("sqs"), queue_url=hints, name=f"{cluster}-doorbell"),
    )


@cache
def _session(region: str) -> boto3.Session:
    # One for all stacks of a process: a session reads the descriptions of the services it is asked for once.
    return boto3.Session("AKIALOCALCLOUDSTACK0", "local", region_name=region)


def _default_network(ec2: Any) -> tuple[str, str]:
    """Find a subnet of the default VPC and that VPC's default security group."""
    subnet = ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0]
    in_vpc = {"Name": "vpc-id", "Values": [subnet["VpcId"]]}
    default = {"Name": "group-name", "Values": ["default"]}
    (group,) = ec2.describe_security_groups(Filters=[in_vpc, default])["SecurityGroups"]
    return subnet["SubnetId"], group["GroupId"]


def _ensure_secrets(secrets_manager: Any, family: str, secrets: Mapping[str, str]) -> dict[str, str]:
    """Put each value into a secret of its own; answers with variable name to ARN."""
    arns = {}
    for variable, value in secrets.items():
        name = f"{family}/{variable}"
        try:
            arns[variable] = secrets_manager.create_secret(Name=name, SecretString=value)["ARN"]
        except secrets_manager.exceptions.ResourceExistsException:
            arns[variable] = secrets_manager.put_secret_value(SecretId=name, SecretString=value)["ARN"]
    return arns


def _container(
    image: str, log_group: str, environment: Mapping[str, str], secret_arns: Mapping[str, str], region: str
) -> dict[str, Any]:
    return {
        "name": CONTAINER,
        "image": image,
        "essential": True,
        "environment": [{"name": name, "value": value} for name, value in sorted(environment.items())],
        "secrets": [{"name": name, "valueFrom": arn} for name, arn in sorted(secret_arns.items())],
        "stopTimeout": STOP_TIMEOUT_S,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group,
                "awslogs-region": region,
                "awslogs-stream-prefix": CONTAINER,
            },
        },
    }


def _ensure_bucket(s3: "S3Client", bucket: str, region: str) -> None:
    elsewhere: dict[str, Any] = {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=bucket, **({} if region == "us-east-1" else elsewhere))
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}:
            raise
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": OLD_VERSIONS})


def _ensure_log_group(logs: "CloudWatchLogsClient", log_group: str) -> None:
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=log_group)
    logs.put_retention_policy(logGroupName=log_group, retentionInDays=LOG_RETENTION_DAYS)


def _ensure_role(iam: Any, name: str) -> str:
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    return str(iam.get_role(RoleName=name)["Role"]["Arn"])


def _ensure_definition(ecs: "ECSClient", wanted: dict[str, Any]) -> str:
    try:
        current: Any = ecs.describe_task_definition(taskDefinition=wanted["family"])["taskDefinition"]
    except ClientError:  # ECS has no code of its own for a family that does not exist
        current = {}
    if not _covers(current, wanted):
        current = ecs.register_task_definition(**wanted)["taskDefinition"]
    return f"{current['family']}:{current['revision']}"


def _covers(current: Any, wanted: Any) -> bool:
    """Say whether `current` says all that `wanted` says; ECS adds defaults of its own."""
    if isinstance(wanted, dict):
        return isinstance(current, dict) and all(_covers(current.get(key), wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(current, list) and len(current) == len(wanted) and all(map(_covers, current, wanted))
    return bool(current == wanted)
