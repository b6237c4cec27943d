"""Two deployments of the local AWS, in two regions, compared as they are there."""

import json
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
import pytest
from click.testing import CliRunner

from executor.cli.errors import CommandError
from executor.cli.verbs import loaded
from tests.conformance.local_aws.conftest import IMAGE, NO_RETRIES, Cloud

HERE, THERE = "us-east-1", "eu-west-1"


class Region:
    """A cluster with the service ``web`` in one region of the local AWS; no task of it runs."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        session: Any = boto3.Session("AKIALOCALCLOUDTESTS0", "local", region_name=name)
        # Making a client reads the whole description of its service.
        self.ask: Callable[[str], Any] = cache(
            lambda service: session.client(service, endpoint_url=cloud.endpoint, config=NO_RETRIES)
        )
        self.name = name
        self.ask("ecs").create_cluster(clusterName="compared")
        self.ask("logs").create_log_group(logGroupName="/compared")
        self.secret = self.ask("secretsmanager").create_secret(Name="web", SecretString='{"password": "hunter2"}')[
            "ARN"
        ]
        subnet = self.ask("ec2").describe_subnets()["Subnets"][0]
        group = self.ask("ec2").describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}])
        network = {"subnets": [subnet["SubnetId"]], "securityGroups": [group["SecurityGroups"][0]["GroupId"]]}
        self.register()
        self.ask("ecs").create_service(
            cluster="compared", serviceName="web", taskDefinition="web", desiredCount=0, launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": network},
        )  # fmt: skip

    def register(self, region: str = "", **container: Any) -> None:
        """Another revision; ``region`` is the one that its queue's address names."""
        queue = f"https://sqs.{region or self.name}.amazonaws.com/123456789012/web"
        environment = [{"name": "QUEUE_URL", "value": queue}, {"name": "TOKEN", "value": "hunter2"}]
        options = {"awslogs-group": "/compared", "awslogs-region": self.name, "awslogs-stream-prefix": "web"}
        self.ask("ecs").register_task_definition(
            family="web", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
            executionRoleArn="arn:aws:iam::123456789012:role/start",
            containerDefinitions=[{
                "name": "web", "image": "python:test", "environment": environment,
                "secrets": [{"name": "DB_PASSWORD", "valueFrom": f"{self.secret}:password::"}],
                "logConfiguration": {"logDriver": "awslogs", "options": options}, **container}],
        )  # fmt: skip
        if self.ask("ecs").describe_services(cluster="compared", services=["web"])["services"]:
            self.ask("ecs").update_service(cluster="compared", service="web", taskDefinition="web")


@pytest.fixture(scope="module")
def regions(cloud: Cloud) -> Iterator[tuple[Region, Region]]:
    both = (Region(cloud, HERE), Region(cloud, THERE))
    yield both
    for one in both:
        one.ask("ecs").delete_service(cluster="compared", service="web", force=True)


@pytest.fixture(autouse=True)
def environment(cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two profiles, of which each has its region; the keys of the local AWS."""
    profiles = "".join(f"[profile {name}]\nregion = {region}\n" for name, region in (("old", HERE), ("new", THERE)))
    (tmp_path / "config").write_text(profiles)
    known = {"AWS_ENDPOINT_URL": cloud.endpoint, "AWS_CONFIG_FILE": str(tmp_path / "config"),
             "AWS_ACCESS_KEY_ID": "AKIALOCALCLOUDTESTS0", "AWS_SECRET_ACCESS_KEY": "local"}  # fmt: skip
    for name, value in known.items():
        monkeypatch.setenv(name, value)
    # A profile of the environment would go before its keys.
    credentials = "".join(f"[{name}]\naws_access_key_id = AKIALOCALCLOUDTESTS0\naws_secret_access_key = local\n"
                          for name in ("old", "new"))  # fmt: skip
    (tmp_path / "credentials").write_text(credentials)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


def compared(*words: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner().invoke(loaded("compare"), [*words, "--json"])
    if isinstance(done.exception, CommandError):
        raise done.exception
    assert "hunter" not in done.stdout
    return done.exit_code, json.loads(done.stdout)


def differences(found: dict[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    return {one["path"]: (one["old"], one["new"]) for each in found["compared"] for one in each["differences"]}


@pytest.mark.parametrize(
    "words",
    [
        ("service:compared/web@old", "service:compared/web@new"),
        (f"task-definition:web@{HERE}", f"task-definition:web@old/{THERE}", "--secrets"),
        ("task-definition:web", "task-definition:web", "--region", HERE, "--region", THERE),
        ("task-definition:web", "task-definition:web", "--profile", "old", "--profile", "new"),
    ],
)
def test_what_is_the_same_in_two_regions_differs_in_the_region_alone(
    regions: tuple[Region, Region], words: tuple[str, ...]
) -> None:
    for one in regions:
        one.register()
    code, found = compared(*words)
    assert (code, differences(found), found["not_compared"]) == (0, {}, [])
    assert {tuple(each["places"]) for each in found["compared"]} == {(f"123456789012 {HERE}", f"123456789012 {THERE}")}


def test_everything_that_stayed_behind_or_is_missing_there_is_told(regions: tuple[Region, Region]) -> None:
    old, new = regions
    old.register(command=["serve"])
    new.register(HERE)
    new.ask("logs").delete_log_group(logGroupName="/compared")
    new.ask("secretsmanager").put_secret_value(SecretId="web", SecretString='{"password": "hunter3"}')
    code, found = compared("service:compared/web@old", "service:compared/web@new", "--secrets")
    told = differences(found)
    new.ask("logs").create_log_group(logGroupName="/compared")
    assert code == 1
    assert told["containerDefinitions.web.command"] == ("['serve']", None)
    assert told["containerDefinitions.web.logGroup.there"] == ("True", "False")
    assert (
        told["containerDefinitions.web.environment.QUEUE_URL"][0]
        == told["containerDefinitions.web.environment.QUEUE_URL"][1]
    )
    mine, theirs = told["containerDefinitions.web.secretValues.DB_PASSWORD"]
    assert (str(mine)[:8], str(theirs)[:8], mine == theirs) == ("secret #", "secret #", False)
    assert len(told) == 4


def test_what_may_not_be_asked_is_said_and_is_no_difference(regions: tuple[Region, Region], trouble: Cloud) -> None:
    for one in regions:
        one.register()
    denied = ("DescribeSubnets", "DescribeSecurityGroups", "DescribeLogGroups")
    trouble.order(*({"op": op, "kind": "denied"} for op in denied))
    code, found = compared("service:compared/web@old", "service:compared/web@new")
    assert (code, differences(found)) == (0, {})
    assert len(found["not_compared"]) == 3
    assert all(any(op in line for line in found["not_compared"]) for op in denied)


def test_what_runs_is_compared_by_the_digest_of_its_image(regions: tuple[Region, Region], cloud: Cloud) -> None:
    for one, image, command in zip(
        regions, (IMAGE, "sh:test"), ("import time; time.sleep(60)", "sleep 60"), strict=True
    ):
        one.register(image=image, command=["-c", command])
        one.ask("ecs").update_service(cluster="compared", service="web", desiredCount=1)

    def runs(one: Region) -> bool:
        arns = one.ask("ecs").list_tasks(cluster="compared", serviceName="web")["taskArns"]
        tasks = one.ask("ecs").describe_tasks(cluster="compared", tasks=arns)["tasks"] if arns else []
        return any(task["lastStatus"] == "RUNNING" for task in tasks)

    for one in regions:
        cloud.until(partial(runs, one), "the service runs")
    told = differences(compared("service:compared/web@old", "service:compared/web@new")[1])
    for one in regions:
        one.ask("ecs").update_service(cluster="compared", service="web", desiredCount=0)
    old, new = told["containerDefinitions.web.imageDigest"]
    assert str(old).startswith("sha256:")
    assert str(new).startswith("sha256:")
    assert told["containerDefinitions.web.image"] == (IMAGE, "sh:test")


def test_what_aws_tells_is_compared_with_what_was_saved_of_it(regions: tuple[Region, Region], tmp_path: Path) -> None:
    old, _ = regions
    answer = old.ask("ecs").describe_task_definition(taskDefinition="web")
    (tmp_path / "saved.json").write_text(json.dumps({"taskDefinition": answer["taskDefinition"]}, default=str))
    code, found = compared(str(tmp_path / "saved.json"), f"task-definition:web@{HERE}")
    assert (code, differences(found)) == (0, {})


STACK = {
    "Parameters": {"Environment": {"Type": "String"}, "Size": {"Type": "String", "Default": "small"}},
    "Resources": {
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::Sub": "/${Environment}/jobs"}}},
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
            "Family": {"Fn::Sub": "reporting-${Environment}-report"}, "NetworkMode": "awsvpc", "Cpu": "256",
            "Memory": "512", "RequiresCompatibilities": ["FARGATE"],
            "ContainerDefinitions": [{"Name": "report", "Image": "python:test", "Environment": [
                {"Name": "BUCKET", "Value": {"Fn::Sub": "files-${Environment}-${AWS::Region}"}},
                {"Name": "SIZE", "Value": {"Ref": "Size"}}]}]}},
    },
}  # fmt: skip


def test_two_environments_differ_in_what_does_not_follow_from_their_names(regions: tuple[Region, Region]) -> None:
    for region, name, size in zip(regions, ("dev", "prod"), ("small", "large"), strict=True):
        client = region.ask("cloudformation")
        given = [
            {"ParameterKey": "Environment", "ParameterValue": name},
            {"ParameterKey": "Size", "ParameterValue": size},
        ]
        client.create_stack(StackName=f"reporting-{name}", TemplateBody=json.dumps(STACK), Parameters=given)
        client.get_waiter("stack_create_complete").wait(
            StackName=f"reporting-{name}", WaiterConfig={"Delay": 0.1, "MaxAttempts": 200}
        )
    code, found = compared(f"environment:dev@{HERE}", f"environment:prod@{THERE}")
    assert code == 1
    assert [each["name"] for each in found["compared"]] == ["stack", "task definition Task"]
    assert differences(found) == {
        "parameters.Size": ("small", "large"),
        "containerDefinitions.report.environment.SIZE": ("small", "large"),
    }
    assert (found["only_old"], found["only_new"]) == ([], [])


@pytest.mark.parametrize(
    ("words", "says", "code"),
    [
        (["service:compared/nobody@old", "settings"], "has no service nobody in us-east-1", 1),
        (["task-definition:nobody@old", "settings"], "AWS refuses", 1),
        (["service:web@old", "settings"], "write service:CLUSTER/NAME", 2),
        (["stack:web@nobody", "settings"], "profile", 2),
        (["stack:web", "settings", "--region", "a", "--region", "b", "--region", "c"], "--region goes once", 2),
    ],
)
@pytest.mark.usefixtures("regions")
def test_what_is_not_there_is_refused_by_name(words: list[str], says: str, code: int) -> None:
    with pytest.raises(CommandError, match=says) as refused:
        compared(*words)
    assert refused.value.code == code
