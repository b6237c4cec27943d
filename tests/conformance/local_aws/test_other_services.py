"""What the product uses beside ECS and S3, through boto3; what is not there is refused by name."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

TASKS_MAY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)


def queue(cloud: Any, **attributes: str) -> tuple[str, str]:
    """A queue's URL and ARN."""
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex[:8]}", Attributes=attributes)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def test_a_message_is_hidden_while_it_is_worked_on_and_ends_with_the_dead_letters(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    dead_url, dead_arn = queue(cloud)
    url, _ = queue(cloud, RedrivePolicy=json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 1}))
    sqs.send_message(QueueUrl=url, MessageBody="hint")
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    assert [item["Body"] for item in sqs.receive_message(QueueUrl=dead_url)["Messages"]] == ["hint"]


@pytest.mark.parametrize(("raw", "reads"), [("true", str), ("false", lambda body: json.loads(body)["Message"])])
def test_a_topic_rings_at_a_queue(cloud: Any, raw: str, reads: Callable[[str], str]) -> None:
    sns, sqs = cloud.client("sns"), cloud.client("sqs")
    url, arn = queue(cloud)
    topic = sns.create_topic(Name=f"t-{raw}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": raw})
    sns.publish(TopicArn=topic, Message='{"doorbell":1}')
    (message,) = sqs.receive_message(QueueUrl=url)["Messages"]
    assert reads(message["Body"]) == '{"doorbell":1}'
    sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert "Messages" not in sqs.receive_message(QueueUrl=url)


def test_a_bucket_tells_a_queue_of_new_objects(cloud: Any) -> None:
    sqs = cloud.client("sqs")
    url, arn = queue(cloud)
    bucket = f"b-{uuid.uuid4().hex[:8]}"
    cloud.s3.create_bucket(Bucket=bucket)
    told = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    cloud.s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=told)
    cloud.s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    bodies = [
        json.loads(item["Body"]) for item in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    ]
    assert [record["s3"]["object"]["key"] for body in bodies for record in body.get("Records", [])] == ["k"]


def test_alarms_and_lifecycles_are_taken_and_told(cloud: Any) -> None:
    bucket, name = f"b-{uuid.uuid4().hex[:8]}", f"a-{uuid.uuid4().hex[:8]}"
    cloud.s3.create_bucket(Bucket=bucket)
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "tmp/"}, "Expiration": {"Days": 7}}
    cloud.s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    assert cloud.s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == [rule]
    watch = cloud.client("cloudwatch")
    what = {"MetricName": "OldestQueuedAge", "Namespace": "Reporting", "Threshold": 600.0, "Period": 60}
    comparison = {"ComparisonOperator": "GreaterThanThreshold", "Statistic": "Maximum", "EvaluationPeriods": 1}
    watch.put_metric_alarm(AlarmName=name, **what, **comparison)
    (alarm,) = watch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert {key: alarm[key] for key in what} == what


def test_a_rule_keeps_its_target_with_retries_and_dead_letters(cloud: Any) -> None:
    events = cloud.client("events")
    _, arn = queue(cloud)
    target = {"Id": "hints", "Arn": arn, "DeadLetterConfig": {"Arn": arn}, "RetryPolicy": {"MaximumRetryAttempts": 5}}
    events.put_rule(Name="stopped", EventPattern='{"source":["aws.ecs"],"detail":{"lastStatus":["STOPPED"]}}')
    assert events.put_targets(Rule="stopped", Targets=[target])["FailedEntryCount"] == 0
    assert events.list_targets_by_rule(Rule="stopped")["Targets"] == [target]
    events.remove_targets(Rule="stopped", Ids=["hints"])
    events.delete_rule(Name="stopped")


def test_a_secret_has_a_current_and_a_previous_version(cloud: Any) -> None:
    secrets = cloud.client("secretsmanager")
    name = f"reporting/{uuid.uuid4().hex[:8]}"
    secrets.create_secret(Name=name, SecretString='{"password":"old"}')
    secrets.put_secret_value(SecretId=name, SecretString='{"password":"new"}')
    assert json.loads(secrets.get_secret_value(SecretId=name)["SecretString"]) == {"password": "new"}
    before = secrets.get_secret_value(SecretId=name, VersionStage="AWSPREVIOUS")["SecretString"]
    assert json.loads(before) == {"password": "old"}
    with pytest.raises(secrets.exceptions.ResourceNotFoundException, match="can't find the specified secret"):
        secrets.get_secret_value(SecretId="none")


def test_a_log_is_read_page_by_page_from_its_tail_and_by_terms(cloud: Any) -> None:
    logs, group = cloud.logs, f"/g/{uuid.uuid4().hex[:8]}"
    now_ms = time.time_ns() // 1_000_000  # Logs takes no lines of long ago
    logs.create_log_group(logGroupName=group)
    where = {"logGroupName": group, "logStreamName": "report/report/1"}
    for stream in (where["logStreamName"], "other/1"):
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        lines = [{"timestamp": now_ms + n, "message": f"{n} {'ERROR' if n % 2 else 'fine'}"} for n in range(6)]
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=lines)

    def said(answer: Any) -> list[str]:
        return [event["message"] for event in answer["events"]]

    first = logs.get_log_events(**where, startFromHead=True, limit=4)
    second = logs.get_log_events(**where, startFromHead=True, limit=4, nextToken=first["nextForwardToken"])
    assert said(first) + said(second) == ["0 fine", "1 ERROR", "2 fine", "3 ERROR", "4 fine", "5 ERROR"]
    assert said(logs.get_log_events(**where, limit=2)) == ["4 fine", "5 ERROR"]
    found = logs.filter_log_events(logGroupName=group, logStreamNamePrefix="report/", filterPattern="ERROR")
    assert said(found) == ["1 ERROR", "3 ERROR", "5 ERROR"]
    assert said(logs.filter_log_events(logGroupName=group, logStreamNamePrefix="none/")) == []
    with pytest.raises(logs.exceptions.ResourceNotFoundException, match="log stream does not exist"):
        logs.get_log_events(logGroupName=group, logStreamName="none")
    with pytest.raises(logs.exceptions.InvalidParameterException, match="not supported by the local cloud"):
        logs.filter_log_events(logGroupName=group, filterPattern='{ $.level = "error" }')


def test_a_log_group_keeps_its_lines_for_as_many_days_as_logs_offers(cloud: Any) -> None:
    logs, group = cloud.logs, cloud.stack.log_group
    logs.put_retention_policy(logGroupName=group, retentionInDays=30)
    assert logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]["retentionInDays"] == 30
    with pytest.raises(logs.exceptions.InvalidParameterException, match="retentionInDays"):
        logs.put_retention_policy(logGroupName=group, retentionInDays=31)
    logs.delete_retention_policy(logGroupName=group)


def test_a_role_has_trust_and_policies_and_can_be_assumed(cloud: Any) -> None:
    iam, name = cloud.client("iam"), f"r-{uuid.uuid4().hex[:8]}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::b/reports/*"}],
    }
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TASKS_MAY)["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="write", PolicyDocument=json.dumps(policy))
    assert iam.get_role_policy(RoleName=name, PolicyName="write")["PolicyDocument"] == policy
    assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == json.loads(TASKS_MAY)
    assert cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]["SessionToken"]
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName="none")


def test_a_network_tells_its_free_addresses_groups_and_endpoints(cloud: Any) -> None:
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24", AvailabilityZone="us-east-1a")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="tasks", Description="outwards only", VpcId=vpc)["GroupId"]
    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"] == 251
    (found,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"]
    assert (found["IpPermissions"], found["IpPermissionsEgress"][0]["IpProtocol"]) == ([], "-1")
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3")["VpcEndpoint"]
    assert endpoint["State"] == "available"
    with pytest.raises(ClientError, match=r"InvalidSubnetID\.NotFound"):
        ec2.describe_subnets(SubnetIds=["subnet-00000000"])


def test_the_capacity_providers_of_fargate_are_in_every_account(cloud: Any) -> None:
    answer = cloud.ecs.describe_capacity_providers(capacityProviders=["FARGATE", "FARGATE_SPOT", "MINE"])
    assert [(item["name"], item["status"]) for item in answer["capacityProviders"]] == [
        ("FARGATE", "ACTIVE"),
        ("FARGATE_SPOT", "ACTIVE"),
    ]
    assert [item["reason"] for item in answer["failures"]] == ["MISSING"]


def test_what_is_not_there_is_refused_by_name_and_not_worth_a_retry(cloud: Any) -> None:
    calls: dict[str, Callable[[], Any]] = {
        "ecs:ExecuteCommand": lambda: cloud.ecs.execute_command(task="t", command="ls", interactive=True),
        "ecs:StartTask": lambda: cloud.ecs.start_task(taskDefinition="d", containerInstances=["i"]),
        "iam:SimulateCustomPolicy": lambda: cloud.client("iam").simulate_custom_policy(
            PolicyInputList=["{}"], ActionNames=["s3:PutObject"]
        ),
        "logs:StartQuery": lambda: cloud.logs.start_query(
            logGroupName=cloud.stack.log_group, startTime=0, endTime=1, queryString="stats count(*)"
        ),
        "ScheduleExpression of events:PutRule": lambda: cloud.client("events").put_rule(
            Name="hourly", ScheduleExpression="rate(1 hour)"
        ),
        "application-autoscaling:PutScalingPolicy": lambda: cloud.client("application-autoscaling").put_scaling_policy(
            PolicyName="by-metric",
            ServiceNamespace="ecs",
            ResourceId="service/c/s",
            ScalableDimension="ecs:service:DesiredCount",
        ),
    }
    for name, call in calls.items():
        with pytest.raises(ClientError, match=f"not supported by the local cloud: {name}$") as caught:
            call()
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
