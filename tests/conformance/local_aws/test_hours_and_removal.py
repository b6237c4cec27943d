"""Hours and removals on the local CloudFormation and S3: only what was asked for changes, and nothing of it is left."""

import json
from pathlib import Path
from typing import Any

from executor.deploy import data, opening
from executor.deploy.environment import Environment
from executor.deploy.hours import asked
from executor.deploy.limit import Limit
from executor.deploy.stack import Stack

TEMPLATE = Path("infra/stack.yaml").read_text(encoding="utf-8")
ENVIRONMENT = Environment.model_validate(
    {"name": "timed", "region": "us-east-1", "vpc": "vpc-0", "subnets": ["subnet-0"], "snowflake": {"account": "a-b"}}
)


def stack_of(cloud: Any, name: str) -> Stack:
    return Stack(cloud.client("cloudformation"), name, Limit(60), lambda _: None)


def test_hours_are_parameters_over_the_template_that_is_there(cloud: Any) -> None:
    names = ("ExecutorImage", "ExecutorCount", "HoursStart", "HoursStop", "TimeZone", "DrainSchedule")
    board = {
        "DashboardName": "hours",
        "DashboardBody": {"Fn::Sub": '{"start": "${HoursStart}", "zone": "${TimeZone}"}'},
    }
    template = {
        "Parameters": {name: {"Type": "String", "Default": ""} for name in names},
        "Resources": {"Board": {"Type": "AWS::CloudWatch::Dashboard", "Properties": board}},
    }
    stack = stack_of(cloud, "timed")
    given = {"ExecutorImage": "e@sha256:1", "ExecutorCount": "1", "TimeZone": "UTC"}
    stack.execute(stack.propose(json.dumps(template), given))
    hours = asked("06:00", "20:00", "mon-fri", "Europe/Berlin")
    proposal = opening.propose(stack, ENVIRONMENT, hours)
    assert proposal.changes == ("~ Board AWS::CloudWatch::Dashboard",)
    stack.execute(proposal)
    told = cloud.client("cloudwatch").get_dashboard(DashboardName="hours")["DashboardBody"]
    assert json.loads(told) == {"start": "cron(0 6 ? * MON-FRI *)", "zone": "Europe/Berlin"}
    assert stack.parameters() == {
        "ExecutorImage": "e@sha256:1", "ExecutorCount": "1", "DrainSchedule": "", **hours.parameters()
    }  # fmt: skip
    stack.delete()


def test_hours_add_the_schedule_of_the_products_template_and_end_its_alarm(cloud: Any) -> None:
    stack = stack_of(cloud, "open")
    image = f"e@sha256:{'0' * 64}"
    given = {"Environment": "open", "ExecutorImage": image, "RunnerImage": image, "SnowflakeAccount": "a-b"}
    subnets = cloud.client("ec2").describe_subnets()["Subnets"]
    given |= {"VpcId": subnets[0]["VpcId"], "SubnetIds": subnets[0]["SubnetId"]}
    always = stack.propose(TEMPLATE, given)
    timed = stack.propose(TEMPLATE, {**given, **asked("06:00", "20:00", "mon-fri", "UTC").parameters()})
    assert set(timed.changes) - set(always.changes) == {"+ Hours AWS::ApplicationAutoScaling::ScalableTarget"}
    assert set(always.changes) - set(timed.changes) == {"+ NobodyLeads AWS::CloudWatch::Alarm"}
    stack.forget(timed)
    stack.forget(always)


def test_a_bucket_goes_with_every_version_of_every_object(cloud: Any) -> None:
    s3, said = cloud.s3, list[str]()
    s3.create_bucket(Bucket="to-be-removed")
    s3.put_bucket_versioning(Bucket="to-be-removed", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket="to-be-removed", Key="report.csv", Body=body)
    s3.delete_object(Bucket="to-be-removed", Key="report.csv")
    data.bucket(s3, "to-be-removed", said.append)
    assert said == ["bucket to-be-removed: 3 versions of objects deleted"]
    assert "to-be-removed" not in [item["Name"] for item in s3.list_buckets()["Buckets"]]
    data.bucket(s3, "to-be-removed", said.append)
    assert len(said) == 1, "one that is gone is deleted"
