"""CloudFormation on the local AWS: our own template, a service that runs, what fails taken back, what stays."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_cloud.aws.cloudformation.template import parse
from local_cloud.aws.process import LocalAwsProcess
from tests.conformance.local_aws.stacks import NAMED, Stacks

TEMPLATE = Path("infra/stack.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory, images_file: Path, cloud: Any) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("stacks")
    with LocalAwsProcess(folder, images_file, start_delay_s=0.0, time_scale=0.01) as server:
        yield cloud.elsewhere(server.endpoint)


def network(cloud: Any) -> dict[str, str]:
    subnets = cloud.client("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    return {"VpcId": subnets[0]["VpcId"], "SubnetIds": ",".join(item["SubnetId"] for item in subnets[:2])}


def with_service(cloud: Any, check: str, **timing: int) -> dict[str, Any]:
    """A template with a definition of a program with a health check, and a service that runs it."""
    where = {"AwsvpcConfiguration": {"Subnets": list(cloud.stack.subnets)}}
    breaker = {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}}
    program: dict[str, Any] = {
        "Name": "report",
        "Image": "python:test",
        "Command": ["-c", "import time; time.sleep(600)"],
    }
    program["HealthCheck"] = {"Command": ["CMD", check], "Interval": 10, "Retries": 1, **timing}
    return {
        "Resources": {
            "Service": {
                "Type": "AWS::ECS::Service",
                "Properties": {
                    "ServiceName": "of-a-stack", "Cluster": cloud.stack.cluster, "TaskDefinition": {"Ref": "Program"},
                    "DesiredCount": 1, "LaunchType": "FARGATE", "NetworkConfiguration": where,
                    "DeploymentConfiguration": breaker,
                },
            },
            "Program": {
                "Type": "AWS::ECS::TaskDefinition",
                "UpdateReplacePolicy": "Retain",
                "Properties": {
                    "Family": "of-a-stack", "NetworkMode": "awsvpc", "RequiresCompatibilities": ["FARGATE"],
                    "Cpu": "256", "Memory": "512",
                    "ContainerDefinitions": [program],
                },
            },
        },
        "Outputs": {"Definition": {"Value": {"Ref": "Program"}}},
    }  # fmt: skip


def test_the_template_of_the_product_comes_up_says_no_change_and_goes_but_for_its_data(cloud: Any) -> None:
    stacks, given = Stacks(cloud), {"Environment": "tests", **network(cloud)}
    assert "Add Bucket" in stacks.change("whole", TEMPLATE, **given)
    assert stacks.failures("whole") == {}
    outputs = stacks.outputs("whole")
    assert outputs["Bucket"] == "reporting-tests-123456789012-us-east-1"
    cloud.s3.put_object(Bucket=outputs["Bucket"], Key="reports/kept.csv", Body=b"kept")
    queue = cloud.client("sqs").get_queue_attributes(QueueUrl=outputs["HintsQueueUrl"], AttributeNames=["Policy"])
    assert "TaskEvents" in queue["Attributes"]["Policy"]
    (said,) = stacks.change("whole", TEMPLATE, "UPDATE", **given)
    assert "didn't contain changes" in said
    changed = stacks.change("whole", TEMPLATE, "UPDATE", **given, LogDays="90")
    assert changed == ["Modify ExecutorLog", "Modify JobsLog"]
    assert stacks.delete("whole") == ["Bucket", "ExecutorLog", "JobsLog"]
    assert "Add Bucket" in stacks.change("whole", TEMPLATE, **given), "what was left behind is taken up again"
    assert stacks.failures("whole") == {}
    assert cloud.s3.get_object(Bucket=outputs["Bucket"], Key="reports/kept.csv")["Body"].read() == b"kept"
    cloud.s3.delete_object(Bucket=outputs["Bucket"], Key="reports/kept.csv")
    stacks.delete("whole")


def everything(cloud: Any) -> dict[str, str]:
    """Parameters with which the product's template makes all that it can, with no executor at work."""
    who, image = "arn:aws:iam::123456789012:user/snowflake", f"program@sha256:{'0' * 64}"
    secret = cloud.client("secretsmanager").create_secret(Name="everything", SecretString="{}")["ARN"]
    words = {
        "Environment": "everything", "ExecutorCount": "0", "HoursStart": "cron(0 6 ? * MON-FRI *)",
        "HoursStop": "cron(0 20 ? * MON-FRI *)", "DrainSchedule": "cron(0 3 * * ? *)", "TimeZone": "Europe/Berlin",
        "SnowflakeAccount": "a-b", "RunnerWarehouse": "OTHER_WH", "AlarmEmail": "oncall@example.com",
        "KeyArn": cloud.client("kms").create_key()["KeyMetadata"]["Arn"], "AssignPublicIp": "true",
    }  # fmt: skip
    images = dict.fromkeys(("ExecutorImage", "RunnerImage", "DocumentsImage"), image)
    users = dict.fromkeys(("LinksUserArn", "DoorbellUserArn"), who)
    ids = dict.fromkeys(("LinksExternalId", "DoorbellExternalId"), "id")
    return words | images | users | ids | dict.fromkeys(("ExecutorSecretArn", "RunnerSecretArn"), secret)


def test_every_resource_of_the_products_template_is_made_changed_and_removed(cloud: Any) -> None:
    stacks, given = Stacks(cloud), {**everything(cloud), **network(cloud)}
    stacks.change("everything", TEMPLATE, **given)
    assert stacks.failures("everything") == {}
    there = cloud.client("cloudformation").describe_stack_resources(StackName="everything")["StackResources"]
    all_of_it = set(parse(TEMPLATE)["Resources"])
    assert {one["LogicalResourceId"] for one in there} == all_of_it - {"NobodyLeads"}, "which nobody wants without one"
    (target,) = cloud.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")[
        "ScalableTargets"
    ]
    assert target["ResourceId"] == "service/reporting-everything/reporting-everything-executor"
    drain = cloud.client("scheduler").get_schedule(Name="reporting-everything-drain")
    assert drain["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert (
        drain["Target"]["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]["AssignPublicIp"] == "ENABLED"
    )
    without = {"HoursStart": "", "HoursStop": "", "DrainSchedule": "", "AlarmEmail": ""}
    changes = stacks.change("everything", TEMPLATE, "UPDATE", **{**given, **without})
    assert stacks.failures("everything") == {}
    assert set(changes) == {"Remove Hours", "Remove Drain", "Remove DrainRole", "Remove AlarmsByEmail"}
    assert cloud.client("scheduler").list_schedules(NamePrefix="reporting-everything")["Schedules"] == []
    stacks.delete("everything")


def test_a_service_runs_and_a_version_that_does_not_start_leaves_the_one_before_at_work(fast: Any) -> None:
    stacks = Stacks(fast)
    stacks.change("serving", with_service(fast, "true"))
    assert stacks.failures("serving") == {}
    where = {"cluster": fast.stack.cluster, "services": ["of-a-stack"]}
    (before,) = fast.ecs.describe_services(**where)["services"]
    assert (before["runningCount"], before["deployments"][0]["rolloutState"]) == (1, "COMPLETED")
    assert before["taskDefinition"] == stacks.outputs("serving")["Definition"]
    stacks.change("serving", with_service(fast, "false"), "UPDATE")
    assert stacks.at_rest("serving")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "Circuit Breaker" in stacks.failures("serving")["Service"]
    (after,) = fast.ecs.describe_services(**where)["services"]
    assert (after["taskDefinition"], after["runningCount"]) == (before["taskDefinition"], 1)
    stacks.delete("serving")
    assert fast.ecs.describe_services(**where)["services"][0]["status"] == "INACTIVE"


def test_a_first_version_that_does_not_start_takes_everything_back(fast: Any) -> None:
    stacks = Stacks(fast)
    stacks.change("broken", with_service(fast, "false"))
    assert stacks.at_rest("broken")["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Circuit Breaker" in stacks.failures("broken")["Service"]
    with pytest.raises(ClientError, match="is in ROLLBACK_COMPLETE state"):
        stacks.change("broken", with_service(fast, "true"), "UPDATE")
    stacks.delete("broken")


def test_an_update_that_waits_is_cancelled_and_taken_back(fast: Any) -> None:
    stacks = Stacks(fast)
    stacks.change("waiting", with_service(fast, "true"))
    slow = with_service(fast, "false", Interval=300, Retries=10)
    stacks.client.update_stack(StackName="waiting", TemplateBody=json.dumps(slow), Capabilities=NAMED)

    def under_way() -> bool:
        events = stacks.client.describe_stack_events(StackName="waiting")["StackEvents"]
        return (events[0]["LogicalResourceId"], events[0]["ResourceStatus"]) == ("Service", "UPDATE_IN_PROGRESS")

    fast.until(under_way, "the service is being updated")
    stacks.client.cancel_update_stack(StackName="waiting")
    assert stacks.at_rest("waiting")["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert "cancelled" in stacks.failures("waiting")["Service"]
    stacks.delete("waiting")


@pytest.mark.parametrize(
    ("resource", "told"),
    [
        ({"Type": "AWS::Lambda::Function"}, "not supported by the local cloud: AWS::Lambda::Function"),
        (
            {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "q", "FifoQueue": True}},
            "not supported by the local cloud: FifoQueue of AWS::SQS::Queue",
        ),
    ],
)
def test_what_is_not_done_here_fails_the_stack_by_name(cloud: Any, resource: dict[str, Any], told: str) -> None:
    stacks = Stacks(cloud)
    stacks.change("other", {"Resources": {"One": resource}})
    assert stacks.failures("other") == {"One": told}
    stacks.delete("other")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"Environment": "Prod"}, "must match pattern"),
        ({"MaxRunning": "0"}, "not less than 1"),
        ({"Architecture": "MIPS"}, "must be one of AllowedValues"),
        ({"Other": "1"}, r"\[Other\] do not exist"),
        ({"ExecutorImage": f"e@sha256:{'0' * 64}"}, "ExecutorImage needs RunnerImage and SnowflakeAccount"),
    ],
)
def test_parameters_are_held_against_the_template(cloud: Any, values: dict[str, str], told: str) -> None:
    with pytest.raises(ClientError, match=told):
        Stacks(cloud).change("refused", TEMPLATE, **{**network(cloud), **values})


def test_a_template_that_does_not_hold_together_is_refused(cloud: Any) -> None:
    stacks, outputs = Stacks(cloud), {"Out": {"Value": {"Ref": "Gone"}}}
    circle = {
        "One": {"Type": "AWS::SNS::Topic", "DependsOn": "Two"},
        "Two": {"Type": "AWS::SNS::Topic", "DependsOn": "One"},
    }
    for resources, told in (
        (circle, "Circular dependency"),
        ({"One": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "No"}}}}, r"dependencies \[No\]"),
        ({"One": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::Nope": 1}}}}, "local cloud: Fn::Nope"),
        ({"One": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "t"}}}, r"dependencies \[Gone\]"),
    ):
        with pytest.raises(ClientError, match=told):
            stacks.client.create_stack(
                StackName="circle", TemplateBody=json.dumps({"Resources": resources, "Outputs": outputs})
            )
    with pytest.raises(ClientError, match="not supported by the local cloud: cloudformation:CreateStackSet"):
        stacks.client.create_stack_set(StackSetName="none")
