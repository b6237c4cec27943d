"""Files in which everything is right, and a way to spoil one part of them."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

from doctor.checks.frame import Result
from doctor.offline.every import EVERY
from doctor.offline.frame import tried
from doctor.offline.reading import read

REGION, ACCOUNT = "eu-central-1", "210987654321"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/web:1.4.2"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:web-AbCdEf"
LOG = {"logDriver": "awslogs", "options": {
    "awslogs-group": "/web", "awslogs-region": REGION, "awslogs-stream-prefix": "web"}}  # fmt: skip
WEB = {
    "name": "web", "image": IMAGE, "essential": True, "stopTimeout": 60,
    "portMappings": [{"containerPort": 8080}],
    "environment": [{"name": "PORT", "value": "8080"}, {"name": "DB_HOST", "value": "db.internal.acme.net"}],
    "secrets": [{"name": "DB_PASSWORD", "valueFrom": f"{SECRET}:password::"}],
    "logConfiguration": LOG,
    "healthCheck": {"command": ["CMD-SHELL", "curl -fsS http://localhost:8080/health || exit 1"], "startPeriod": 30},
}  # fmt: skip
SIDECAR = {
    "name": "sidecar",
    "image": "busybox:1.37",
    "essential": False,
    "command": ["sleep", "1"],
    "logConfiguration": LOG,
}
DEFINITION = {
    "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/web:3", "family": "web", "revision": 3,
    "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "512", "memory": "1024",
    "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
    "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/web-start", "taskRoleArn": f"arn:aws:iam::{ACCOUNT}:role/web",
    "volumes": [{"name": "scratch"}], "containerDefinitions": [WEB, SIDECAR],
}  # fmt: skip
SERVICE = {
    "serviceName": "web", "cluster": "main", "taskDefinition": "web:3", "desiredCount": 2, "launchType": "FARGATE",
    "deploymentConfiguration": {"minimumHealthyPercent": 100, "maximumPercent": 200,
                                "deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    "networkConfiguration": {"awsvpcConfiguration": {
        "subnets": ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d"], "securityGroups": ["sg-0a1b2c3d"],
        "assignPublicIp": "DISABLED"}},
    "loadBalancers": [{"targetGroupArn": "arn:tg", "containerName": "web", "containerPort": 8080}],
}  # fmt: skip
LAUNCH = {
    "cluster": "main", "taskDefinition": "web:3", "count": 1, "startedBy": "nightly", "launchType": "FARGATE",
    "networkConfiguration": SERVICE["networkConfiguration"], "tags": [{"key": "job", "value": "1"}],
    "overrides": {"cpu": "1024", "memory": "2048", "containerOverrides": [{"name": "web", "command": ["run", "now"]}]},
}  # fmt: skip
LOG_GROUPS = {"logGroups": [{"logGroupName": "/web", "logGroupClass": "STANDARD", "retentionInDays": 30}]}
POLICY = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::files/*"},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": f"arn:aws:iam::{ACCOUNT}:role/web"}]}  # fmt: skip
DOCKERFILE = """FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y gcc
RUN pip install --target /made -r requirements.txt

FROM python:3.12-slim
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
COPY --from=build /made /made
ENV PYTHONPATH=/made
USER 10001
ENTRYPOINT ["python", "-m", "web"]
"""
TRUST = {"Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}  # fmt: skip
STACK: dict[str, Any] = {
    "Parameters": {"Tag": {"Type": "String", "Default": "1.4.2"}, "SecretArn": {"Type": "String"}},
    "Resources": {
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/worker", "RetentionInDays": 30}},
        "Start": {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": TRUST,
            "Policies": [{"PolicyName": "start", "PolicyDocument": {"Statement": [
                {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
                {"Effect": "Allow", "Resource": "arn:aws:ecr:*:*:repository/worker", "Action": [
                    "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"]},
                {"Effect": "Allow", "Resource": {"Fn::GetAtt": ["Log", "Arn"]}, "Action": [
                    "logs:CreateLogStream", "logs:PutLogEvents"]},
                {"Effect": "Allow", "Resource": {"Ref": "SecretArn"}, "Action": "secretsmanager:GetSecretValue"},
            ]}}]}},
        "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
            "Family": "worker", "RequiresCompatibilities": ["FARGATE"], "NetworkMode": "awsvpc", "Cpu": 256,
            "Memory": 512, "ExecutionRoleArn": {"Fn::GetAtt": ["Start", "Arn"]},
            "ContainerDefinitions": [{
                "Name": "worker", "Image": {"Fn::Sub": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/worker:${{Tag}}"},
                "Secrets": [{"Name": "TOKEN", "ValueFrom": {"Fn::Sub": "${SecretArn}:token::"}}],
                "LogConfiguration": {"LogDriver": "awslogs", "Options": {
                    "awslogs-group": {"Ref": "Log"}, "awslogs-region": {"Ref": "AWS::Region"},
                    "awslogs-stream-prefix": "worker"}},
            }]}},
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupEgress": [
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"CidrBlock": "10.0.0.0/24"}},
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {}},
        "Joined": {"Type": "AWS::EC2::SubnetRouteTableAssociation", "Properties": {
            "SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}}},
        "Route": {"Type": "AWS::EC2::Route", "Properties": {
            "RouteTableId": {"Ref": "Table"}, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": {"Ref": "Nat"}}},
        "Nat": {"Type": "AWS::EC2::NatGateway", "Properties": {}},
        "Worker": {"Type": "AWS::ECS::Service", "Properties": {
            "TaskDefinition": {"Ref": "Task"}, "DesiredCount": 1, "LaunchType": "FARGATE",
            "DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": True, "Rollback": True}},
            "NetworkConfiguration": {"AwsvpcConfiguration": {
                "Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [{"Ref": "Group"}], "AssignPublicIp": "DISABLED"}}}},
        "Ends": {"Type": "AWS::SQS::Queue", "Properties": {}},
        "EndsPolicy": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Ends"}], "PolicyDocument": {
            "Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage",
                           "Principal": {"Service": "events.amazonaws.com"},
                           "Resource": {"Fn::GetAtt": ["Ends", "Arn"]}}]}}},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {
            "EventPattern": {"source": ["aws.ecs"]}, "Targets": [{"Id": "a", "Arn": {"Fn::GetAtt": ["Ends", "Arn"]}}]}},
    },
}  # fmt: skip
Files = dict[str, Any]
FILES: Files = {
    "definition": {"taskDefinition": DEFINITION}, "service": SERVICE, "launch": LAUNCH, "groups": LOG_GROUPS,
    "policy": POLICY, "stack": STACK, "web.Dockerfile": DOCKERFILE,
}  # fmt: skip
GONE = object()
"""Takes a part away."""


def spoilt(path: str, value: Any) -> dict[str, Any]:
    """The right files with one part replaced: ``file/key/0/key``; of a text ``(old, new)``."""
    files = copy.deepcopy(FILES)
    *way, last = path.split("/")
    if not way:
        old, new = value
        assert old in files[last], old
        files[last] = files[last].replace(old, new)
        return files
    part: Any = files
    for step in way:
        part = part[int(step)] if isinstance(part, list) else part[step]
    key: Any = int(last) if isinstance(part, list) else last
    if value is GONE:
        del part[key]
    elif isinstance(part, list) and key == len(part):
        part.append(value)
    else:
        part[key] = value
    return files


def judged(folder: Path, files: dict[str, Any]) -> list[Result]:
    """The results on files that are written into a folder first."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / (name if isinstance(content, str) else f"{name}.json")
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return tried(EVERY, read([folder]))


@cache
def ids() -> list[str]:
    """Every theory's id."""
    return [theory.id for theory in EVERY]
