"""A deployment that is right in everything, and the faults that can be seeded into it."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from doctor.checks.every import EVERY
from doctor.checks.frame import Check
from doctor.checks.place import SIGN_IN, Place, RefusedError
from executor.deploy.tasks import names, wanted
from executor.settings import ExecutorSettings, ObjectNames
from tests.unit.doctor import deployed_aws, seeded_network, seeded_snowflake
from tests.unit.doctor.seeded_network import narrowed, network
from tests.unit.doctor.seeded_snowflake import chosen, snowflake

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
REGION, ACCOUNT = "eu-central-1", "210987654321"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:reporting-AbCdEf"
QUEUE = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/hints"


def right() -> dict[str, Any]:
    """What AWS and Snowflake answer where everything is right; tests spoil one part."""
    container = {
        "name": "report", "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/reporting:1",
        "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": "/reporting/jobs", "awslogs-stream-prefix": "report"}},
        "secrets": [{"name": "SNOWFLAKE_PRIVATE_KEY", "valueFrom": f"{SECRET}:key::"}],
    }  # fmt: skip
    definition = {
        "status": "ACTIVE", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"],
        "cpu": "1024", "memory": "4096",
        "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/e", "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/t",
        "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/reporting:3",
        "containerDefinitions": [container],
    }  # fmt: skip
    index = {"manifests": [{"platform": {"architecture": "amd64"}}, {"platform": {"architecture": "unknown"}}]}
    return network() | snowflake() | {
        "sts.get_caller_identity": {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/deployer",
                                    "ResponseMetadata": {"clock_ahead_s": 0.4}},
        "s3.head_bucket": {"BucketRegion": REGION},
        "s3.get_object": {"Body": b'{"holder": "a", "released": false}', "LastModified": NOW - timedelta(seconds=9),
                          "ResponseMetadata": {"asked_at": NOW}},
        "ecs.describe_clusters": {"clusters": [{"status": "ACTIVE", "capacityProviders": ["FARGATE", "FARGATE_SPOT"]}]},
        "ecs.describe_task_definition": {"taskDefinition": definition},
        "ecr.describe_images": {"imageDetails": [{"imageSizeInBytes": 150_000_000}]},
        "ecr.batch_get_image": {"images": [{"imageManifest": json.dumps(index)}]},
        "logs.describe_log_groups": {"logGroups": [{"logGroupName": "/reporting/jobs", "retentionInDays": 90}]},
        "secretsmanager.get_secret_value": {"SecretString": '{"key": "canary"}'},
        "service-quotas.get_service_quota": {"Quota": {"Value": 200.0}},
        "sqs.get_queue_attributes": {"Attributes": deployed_aws.queue()},
        "events.list_rule_names_by_target": {"RuleNames": ["reporting-tasks"]},
        "tasks": [
            {"name": name.upper(), "state": "started" if name in wanted({}) else "suspended"} for name in names()],
        "current_role": [{"current_role": "REPORT_OPERATOR"}], "jobs": [],
    } | deployed_aws.right(NOW)  # fmt: skip


def place(answers: dict[str, Any], wrong: str = "", **settings: Any) -> Place:
    def told(name: str, **asked: Any) -> Any:
        answer = answers[name]
        if isinstance(answer, Exception):
            raise answer
        if name == "s3.get_object":
            return answer | {"Body": io.BytesIO(answer["Body"])}
        return chosen(name, narrowed(name, answer, asked), asked)

    given = {
        "installation": "main", "bucket": "report-files", "cluster": "reporting", "task_definition": "reporting:3",
        "subnets": ("subnet-1", "subnet-2"), "security_groups": ("sg-1",), "hints_queue_url": QUEUE,
    } | settings  # fmt: skip
    return Place(
        given=None if wrong else ExecutorSettings.model_validate(given),
        names=ObjectNames(),
        wrong=wrong,
        aws=lambda service, operation, **asked: told(f"{service}.{operation}", **asked),
        rows=told,
        is_local=False,
        region=REGION,
        account="organisation-account",
        way="SNOWFLAKE_JWT",
    )


def named(check_id: str) -> Check:
    return next(check for check in EVERY if check.id == check_id)


def spoilt(path: str, value: Any) -> dict[str, Any]:
    """The right answers with one part replaced: ``answer/key/0/key``."""
    answers = right()
    *way, last = path.split("/")
    part: Any = answers
    for step in way:
        part = part[int(step)] if isinstance(part, list) else part[step]
    part[int(last) if isinstance(part, list) else last] = value
    return answers


DEFINITION = "ecs.describe_task_definition/taskDefinition"
CONTAINER = f"{DEFINITION}/containerDefinitions/0"
GROUP = "ec2.describe_security_groups/SecurityGroups/0"
SEEDED: list[tuple[str, str, Any, str]] = [
    ("identity", "sts.get_caller_identity", RefusedError("ExpiredToken", "ExpiredToken: it expired"), "ExpiredToken"),
    ("bucket", "s3.head_bucket", RefusedError("404", "404: Not Found"), "report-files: 404"),
    ("bucket", "s3.head_bucket/BucketRegion", "us-east-1", "is in us-east-1"),
    ("lease", "s3.get_object", RefusedError("NoSuchKey", "none"), "no executor has ever led"),
    ("lease", "s3.get_object/LastModified", NOW - timedelta(hours=1), "renewed 3600 s ago"),
    ("lease", "s3.get_object/Body", b'{"released": true}', "none leads"),
    ("cluster", "ecs.describe_clusters/clusters", [], "reporting is not there in eu-central-1"),
    ("cluster", "ecs.describe_clusters/clusters/0/status", "INACTIVE", "INACTIVE"),
    ("cluster", "ecs.describe_clusters/clusters/0/capacityProviders", ["FARGATE"], "lacks FARGATE_SPOT"),
    (
        "task_definition",
        "ecs.describe_task_definition",
        RefusedError("ClientException", "Unable to describe"),
        "Unable",
    ),
    ("task_definition", f"{DEFINITION}/status", "INACTIVE", "reporting:3 is INACTIVE"),
    ("task_definition", f"{DEFINITION}/networkMode", "bridge", "network mode bridge"),
    ("task_definition", f"{DEFINITION}/requiresCompatibilities", ["EC2"], "not made for Fargate"),
    ("task_definition", f"{DEFINITION}/executionRoleArn", None, "has no executionRoleArn"),
    ("task_definition", f"{CONTAINER}/name", "app", "has no container report"),
    ("task_definition", f"{CONTAINER}/healthCheck", {"command": ["CMD-SHELL", "exit 0"]}, "never fail"),
    ("log_group", f"{CONTAINER}/logConfiguration", None, "keeps no log"),
    ("log_group", "logs.describe_log_groups/logGroups", [], "/reporting/jobs is not there"),
    (
        "log_group",
        f"{CONTAINER}/logConfiguration/options/awslogs-group",
        "/other",
        "REPORTING_LOG_GROUP is /reporting/jobs",
    ),
    ("log_group", f"{CONTAINER}/logConfiguration/options/awslogs-stream-prefix", "x", "stream prefix x"),
    ("log_group", "logs.describe_log_groups/logGroups/0/logGroupClass", "INFREQUENT_ACCESS", "of class INFREQUENT"),
    ("log_group", "logs.describe_log_groups/logGroups/0/retentionInDays", None, "for ever"),
    ("secrets", "secretsmanager.get_secret_value", RefusedError("ResourceNotFoundException", "no"), "has no version"),
    ("secrets", "secretsmanager.get_secret_value/SecretString", '{"kye": "canary"}', "has no key key"),
    ("secrets", f"{CONTAINER}/secrets/0/valueFrom", SECRET.replace(REGION, "eu-west-1"), "is of region eu-west-1"),
    ("image", "ecr.describe_images", RefusedError("ImageNotFoundException", "no"), "ImageNotFoundException"),
    ("image", "ecr.describe_images/imageDetails/0/imageSizeInBytes", 10_000_000_000, "has 10,000 MB"),
    (
        "image",
        f"{DEFINITION}/runtimePlatform",
        {"cpuArchitecture": "ARM64"},
        "is for amd64, the task definition wants arm64",
    ),
    ("image", f"{CONTAINER}/image", f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/reporting:1", "is in eu-west-1"),
    ("quota", "service-quotas.get_service_quota/Quota/Value", 6.0, "REPORTING_MAX_RUNNING 50 needs 50"),
    (
        "subnets",
        "ec2.describe_subnets",
        RefusedError("InvalidSubnetID.NotFound", "InvalidSubnetID: 'subnet-1'"),
        "subnet-1",
    ),
    ("subnets", "ec2.describe_subnets/Subnets/0/VpcId", "vpc-2", "2 VPCs: vpc-1, vpc-2"),
    ("subnets", "ec2.describe_subnets/Subnets/0/AvailabilityZone", "z2", "one availability zone"),
    ("security_groups", "ec2.describe_security_groups", RefusedError("InvalidGroup.NotFound", "'sg-1'"), "sg-1"),
    ("security_groups", f"{GROUP}/VpcId", "vpc-9", "sg-1 is of vpc-9"),
    ("security_groups", f"{GROUP}/IpPermissionsEgress", [], "lets TCP 443 out"),
    ("security_groups", f"{GROUP}/IpPermissions", [{"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}], "lets traffic in"),
    (
        "way_out",
        "ec2.describe_route_tables/RouteTables/0/Routes",
        [],
        "no default route and lacks endpoints for s3, logs",
    ),
    ("way_out", "ec2.describe_route_tables/RouteTables/0/Routes/0/GatewayId", "igw-1", "no public address"),
    ("way_out", "ec2.describe_route_tables/RouteTables/0/Routes/0/State", "blackhole", "no default route"),
    ("hints", "sqs.get_queue_attributes", RefusedError("QueueDoesNotExist", "no"), "QueueDoesNotExist"),
    ("hints", "sqs.get_queue_attributes/Attributes/Policy", "", "does not let events.amazonaws.com send"),
    ("hints", "events.list_rule_names_by_target/RuleNames", [], "no EventBridge rule"),
    ("sign_in", "current_role", RefusedError(SIGN_IN, "JWT token is invalid"), "JWT token"),
    ("installed", "jobs", RefusedError("refused", "there is no queue for this role"), "no queue"),
    ("tasks_resumed", "tasks/0/state", "suspended", "is suspended"),
    (
        "earlier_design",
        "show_external_functions",
        [{"name": "GENERATE_REPORT_VIA_ECS"}],
        "function GENERATE_REPORT_VIA_ECS() is left",
    ),
    *seeded_network.SEEDED,
    *seeded_snowflake.SEEDED,
    *deployed_aws.SEEDED,
]
