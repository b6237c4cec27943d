"""Checks of a deployment: seeded faults are found, what is right passes, and what is denied is no pass."""

import io
import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from doctor.checks.every import EVERY
from doctor.checks.frame import Check, Result, Severity, State
from doctor.checks.place import SIGN_IN, CannotLookError, Place, RefusedError
from doctor.checks.run import result, run
from doctor.checks.words import FORMATS, as_data, summary
from executor.deploy.tasks import wanted
from executor.settings import ExecutorSettings, ObjectNames

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
        "status": "ACTIVE", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "1024",
        "executionRoleArn": "arn:e", "taskRoleArn": "arn:t", "containerDefinitions": [container],
    }  # fmt: skip
    index = {"manifests": [{"platform": {"architecture": "amd64"}}, {"platform": {"architecture": "unknown"}}]}
    route = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}
    subnets = [
        {"SubnetId": f"subnet-{n}", "VpcId": "vpc-1", "AvailabilityZone": f"z{n}", "AvailableIpAddressCount": 200}
        for n in (1, 2)
    ]
    return {
        "sts.get_caller_identity": {}, "s3.head_bucket": {"BucketRegion": REGION},
        "s3.get_object": {"Body": b'{"holder": "a", "released": false}', "LastModified": NOW - timedelta(seconds=9),
                          "ResponseMetadata": {"asked_at": NOW}},
        "ecs.describe_clusters": {"clusters": [{"status": "ACTIVE", "capacityProviders": ["FARGATE", "FARGATE_SPOT"]}]},
        "ecs.describe_task_definition": {"taskDefinition": definition},
        "ecr.describe_images": {"imageDetails": [{"imageSizeInBytes": 150_000_000}]},
        "ecr.batch_get_image": {"images": [{"imageManifest": json.dumps(index)}]},
        "logs.describe_log_groups": {"logGroups": [{"logGroupName": "/reporting/jobs", "retentionInDays": 90}]},
        "secretsmanager.get_secret_value": {"SecretString": '{"key": "canary"}'},
        "service-quotas.get_service_quota": {"Quota": {"Value": 200.0}},
        "ec2.describe_subnets": {"Subnets": subnets},
        "ec2.describe_security_groups": {"SecurityGroups": [
            {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [],
             "IpPermissionsEgress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}]}]},
        "ec2.describe_route_tables": {"RouteTables": [{"Routes": [route]}]},
        "ec2.describe_vpc_endpoints": {"VpcEndpoints": []},
        "sqs.get_queue_attributes": {"Attributes": {"QueueArn": "arn:q", "Policy": "events.amazonaws.com"}},
        "events.list_rule_names_by_target": {"RuleNames": ["reporting-tasks"]},
        "tasks": [{"name": name.upper(), "state": "started"} for name in wanted({})],
        "current_role": [{"current_role": "REPORT_OPERATOR"}], "jobs": [],
        "show_external_functions": [], "show_user_functions": [{"name": "MY_OWN"}],
    }  # fmt: skip


def place(answers: dict[str, Any], wrong: str = "", **settings: Any) -> Place:
    def told(name: str) -> Any:
        answer = answers[name]
        if isinstance(answer, Exception):
            raise answer
        if name == "s3.get_object":
            return answer | {"Body": io.BytesIO(answer["Body"])}
        return answer

    given = {
        "installation": "main", "bucket": "report-files", "cluster": "reporting", "task_definition": "reporting:3",
        "subnets": ("subnet-1", "subnet-2"), "security_groups": ("sg-1",), "hints_queue_url": QUEUE,
    } | settings  # fmt: skip
    return Place(
        given=None if wrong else ExecutorSettings.model_validate(given),
        names=ObjectNames(),
        wrong=wrong,
        aws=lambda service, operation, **_: told(f"{service}.{operation}"),
        rows=lambda statement, **_: told(statement),
        is_local=False,
        region=REGION,
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
    ("secrets", "secretsmanager.get_secret_value", RefusedError("ResourceNotFoundException", "no"), "ResourceNotFound"),
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
        "GENERATE_REPORT_VIA_ECS is left",
    ),
]


def test_every_check_passes_where_everything_is_right() -> None:
    results = run(EVERY, place(right()))
    assert [(one.id, one.state, one.says) for one in results if one.state is not State.WELL] == []
    assert [one.id for one in results] == [check.id for check in EVERY]


@pytest.mark.parametrize(("check", "path", "value", "says"), SEEDED)
def test_a_seeded_fault_is_found_by_its_check_and_says_what_to_do(check: str, path: str, value: Any, says: str) -> None:
    results = {one.id: one for one in run(EVERY, place(spoilt(path, value)))}
    found = results[check]
    assert found.state in {State.FAILED, State.WARNED}
    assert any(says in fault.says for fault in found.faults), found.faults
    assert all(fault.remedy for fault in found.faults)
    assert "canary" not in json.dumps(as_data(list(results.values())))


def test_there_is_a_seeded_fault_for_every_check_but_the_settings() -> None:
    assert {check for check, *_ in SEEDED} | {"settings"} == {check.id for check in EVERY}


def test_wrong_settings_are_faults_and_what_needs_them_could_not_look() -> None:
    wrong = "these settings cannot be used:\n  REPORTING_BUCKET: is not set\n  REPORTING_CLUSTER: is not set"
    results = {one.id: one for one in run(EVERY, place(right(), wrong=wrong))}
    said = [fault.says for fault in results["settings"].faults]
    assert said == ["REPORTING_BUCKET: is not set", "REPORTING_CLUSTER: is not set"]
    assert results["cluster"].state is State.COULD_NOT_LOOK
    assert results["sign_in"].state is State.WELL


@pytest.mark.parametrize(
    "error", [CannotLookError("this takes the right ecs:DescribeClusters"), KeyError("a bug")], ids=["denied", "broken"]
)
def test_what_may_not_be_read_is_neither_a_pass_nor_a_crash(error: Exception) -> None:
    found = result(named("cluster"), place(right() | {"ecs.describe_clusters": error}))
    assert found.state is State.COULD_NOT_LOOK
    assert "ecs:DescribeClusters" in found.says or "KeyError" in found.says


def test_a_check_that_hangs_is_left_behind_and_the_others_are_told() -> None:
    never = threading.Event()

    class Hangs:
        id, question, severity, reads, theory = "hangs", "?", Severity.ERROR, (), ""

        def look(self, _: Place) -> list[Any]:
            never.wait(60)
            return []

    told: list[Result] = []
    results = run([Hangs(), named("settings")], place(right()), limit_s=0.2, progress=told.append)
    never.set()
    assert [one.state for one in results] == [State.COULD_NOT_LOOK, State.WELL]
    assert {one.id for one in told} == {"hangs", "settings"}


@pytest.mark.parametrize(("name", "reads"), [("table", str), ("markdown", str), ("junit", ET.fromstring)])
def test_each_format_names_the_fault_and_its_remedy(name: str, reads: Callable[[str], Any]) -> None:
    results = run(EVERY, place(spoilt("ecs.describe_clusters/clusters", [])))
    text = FORMATS[name](results)
    assert reads(text) is not None
    assert "REPORTING_CLUSTER reporting is not there" in text
    assert "make the cluster" in text
    assert summary(results) == f"1 failed, {len(EVERY) - 1} well"
    if name == "junit":
        suite = ET.fromstring(text)
        assert (suite.get("tests"), suite.get("failures")) == (str(len(EVERY)), "1")


def test_the_reference_page_lists_every_check_with_what_it_reads() -> None:
    text = (Path(__file__).parents[3] / "docs" / "reference" / "doctor.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
    wanted_rows = {
        check.id: " | ".join((check.severity.value, f"{check.question}. {check.theory}", ", ".join(check.reads) or "-"))
        for check in EVERY
    }
    assert rows == wanted_rows
