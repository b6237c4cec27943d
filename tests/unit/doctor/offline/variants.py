"""Deployments that are right, each in another way: none of them may be told that something is wrong."""

import copy
from collections.abc import Callable
from typing import Any, Final

from tests.unit.doctor.offline.right import (
    ACCOUNT,
    DEFINITION,
    FILES,
    LOG,
    REGION,
    SECRET,
    SERVICE,
    SIDECAR,
    STACK,
    WEB,
    Files,
)

_EFS = {"name": "files", "efsVolumeConfiguration": {
    "fileSystemId": "fs-0a1b2c3d", "transitEncryption": "ENABLED",
    "authorizationConfig": {"iam": "ENABLED"}}}  # fmt: skip
_ROUTER = {
    "name": "router", "image": "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.2", "essential": True,
    "firelensConfiguration": {"type": "fluentbit"}, "logConfiguration": LOG,
}  # fmt: skip
_TO_ROUTER = {"logDriver": "awsfirelens", "options": {
    "Name": "cloudwatch_logs", "region": REGION, "log_group_name": "/web", "log_stream_prefix": "web-"}}  # fmt: skip
_SPLUNK = {"logDriver": "splunk", "options": {"splunk-url": "https://splunk.acme.net:8088"},
           "secretOptions": [{"name": "splunk-token", "valueFrom": SECRET}]}  # fmt: skip


def task(*others: dict[str, Any], web: dict[str, Any] | None = None, **fields: Any) -> Files:
    """A task definition alone, with fields of its own, of its first container, and further containers."""
    return {"definition": DEFINITION | {"containerDefinitions": [WEB | (web or {}), *others]} | fields}


def without(files: Files, *names: str) -> Files:
    """The same without fields of its first container."""
    container = files["definition"]["containerDefinitions"][0]
    files["definition"]["containerDefinitions"][0] = {key: one for key, one in container.items() if key not in names}
    return files


def service(**fields: Any) -> Files:
    return {"service": SERVICE | fields, "definition": DEFINITION}


def checked(image: str, *command: str, **web: Any) -> Files:
    return task(web={"image": image, "healthCheck": {"command": list(command), "startPeriod": 60}, **web})


def stack(change: Callable[[dict[str, Any]], None]) -> Files:
    template = copy.deepcopy(STACK)
    change(template)
    return {"stack": template}


def _public(template: dict[str, Any]) -> None:
    parts = template["Resources"]
    route = parts["Route"]["Properties"]
    parts["Gate"] = {"Type": "AWS::EC2::InternetGateway", "Properties": {}}
    route["GatewayId"] = {"Ref": "Gate"}
    del route["NatGatewayId"], parts["Nat"]
    parts["Worker"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] = "ENABLED"


def _endpoints_only(template: dict[str, Any]) -> None:
    parts = template["Resources"]
    del parts["Route"], parts["Nat"]
    for name in ("ecr.api", "ecr.dkr", "logs", "secretsmanager", "s3"):
        service_name = {"Fn::Sub": f"com.amazonaws.${{AWS::Region}}.{name}"}
        parts[name.replace(".", "")] = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"ServiceName": service_name}}


def _managed_policy(template: dict[str, Any]) -> None:
    role = template["Resources"]["Start"]["Properties"]
    managed = "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    role["ManagedPolicyArns"] = [{"Fn::Sub": managed}]
    role["Policies"][0]["PolicyDocument"]["Statement"] = role["Policies"][0]["PolicyDocument"]["Statement"][3:]


def _own_secret(template: dict[str, Any]) -> None:
    parts = template["Resources"]
    parts["Token"] = {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}}
    container = parts["Task"]["Properties"]["ContainerDefinitions"][0]
    container["Secrets"] = [
        {"Name": "TOKEN", "ValueFrom": {"Ref": "Token"}},
        {"Name": "KEY", "ValueFrom": {"Fn::Sub": "${Token}:key::"}},
    ]


def _conditional(template: dict[str, Any]) -> None:
    template["Parameters"] |= {"Stage": {"Type": "String"}, "Sentry": {"Type": "String", "Default": ""}}
    template["Conditions"] = {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
                              "HasSentry": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Sentry"}, ""]}]}}  # fmt: skip
    body = template["Resources"]["Task"]["Properties"]
    body["Cpu"], body["Memory"] = {"Fn::If": ["Prod", 1024, 256]}, {"Fn::If": ["Prod", 4096, 512]}
    body["ContainerDefinitions"][0]["Environment"] = [
        {"Fn::If": ["HasSentry", {"Name": "ERRORS_URL", "Value": {"Ref": "Sentry"}}, {"Ref": "AWS::NoValue"}]},
        {"Name": "CACHE_HOST", "Value": {"Ref": "Sentry"}},
    ]


def _looked_up(template: dict[str, Any]) -> None:
    container = template["Resources"]["Task"]["Properties"]["ContainerDefinitions"][0]
    container["Image"] = "{{resolve:ssm:/worker/image}}"
    container["Environment"] = [{"Name": "CACHE_URL", "Value": "{{resolve:ssm:/worker/cache}}"}]


def _imported(template: dict[str, Any]) -> None:
    parts = template["Resources"]
    parts["Worker"]["Properties"]["DeploymentConfiguration"] = {
        "Fn::FindInMap": ["Rollout", {"Ref": "AWS::Region"}, "all"]
    }
    body = parts["Task"]["Properties"]
    body["RuntimePlatform"] = {"Fn::FindInMap": ["Platforms", {"Ref": "AWS::Region"}, "all"]}
    body["Volumes"] = {"Fn::FindInMap": ["Volumes", {"Ref": "AWS::Region"}, "all"]}
    body["ContainerDefinitions"][0]["MountPoints"] = [{"SourceVolume": "files", "ContainerPath": "/files"}]
    body["ExecutionRoleArn"] = {"Fn::ImportValue": "start-role"}
    network = parts["Worker"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
    network["Subnets"] = {"Fn::Split": [",", {"Fn::ImportValue": "private-subnets"}]}
    network["SecurityGroups"] = [{"Fn::ImportValue": "tasks-group"}]


def _on_instances(template: dict[str, Any]) -> None:
    parts = template["Resources"]
    parts["Task"]["Properties"] |= {"RequiresCompatibilities": ["EC2"], "NetworkMode": "bridge"}
    parts["Worker"]["Properties"]["LaunchType"] = "EC2"
    del parts["Worker"]["Properties"]["NetworkConfiguration"]


VARIANTS: Final[dict[str, Files]] = {
    "as it is": FILES,
    "the smallest size": task(SIDECAR, cpu="256", memory="512"),
    "the largest size that is everywhere": task(cpu="16384", memory="122880"),
    "sizes in words": task(cpu="1 vCPU", memory="3 GB"),
    "container limits that fill the task": task(
        SIDECAR | {"cpu": 128, "memory": 256}, web={"cpu": 384, "memory": 768, "memoryReservation": 512}
    ),
    "more disk": task(ephemeralStorage={"sizeInGiB": 100}),
    "x86 by default": without(task(runtimePlatform=None), "runtimePlatform"),
    "x86 by name, tag says so": task(
        web={"image": "acme/web:1.4.2-amd64"}, runtimePlatform={"cpuArchitecture": "X86_64"}
    ),
    "arm, tag says so": task(web={"image": "registry.acme.net:5000/team/web:1.4.2-arm64"}),
    "image by digest": task(web={"image": f"acme/web@sha256:{'0a' * 32}"}),
    "public image without any role": {
        "definition": {
            "family": "probe", "requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256",
            "memory": "512", "containerDefinitions": [{
                "name": "probe", "image": "python:3.12-slim", "command": ["python", "-c", "print(1)"],
                "logConfiguration": {"logDriver": "splunk", "options": {"splunk-url": "https://splunk.acme.net:8088"}}}],
        }
    },
    "secrets: whole, by key, by key and stage, by version": task(web={"secrets": [
        {"name": "A", "valueFrom": SECRET}, {"name": "B", "valueFrom": f"{SECRET}:key::"},
        {"name": "C", "valueFrom": f"{SECRET}:key:AWSPREVIOUS:"},
        {"name": "D", "valueFrom": f"{SECRET}:::9d4cb84b-ad69-40c0-a0ab-cead36b967e8"}]}),
    "parameters: by ARN and by name": task(web={"secrets": [
        {"name": "A", "valueFrom": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/web/a"},
        {"name": "B", "valueFrom": "/web/b"}, {"name": "C", "valueFrom": "plain_name"}]}),
    "logs through FireLens": task(_ROUTER, web={"logConfiguration": _TO_ROUTER}),
    "logs to Splunk": task(web={"logConfiguration": _SPLUNK}),
    "logs that never wait": task(web={"logConfiguration": {"logDriver": "awslogs", "options": LOG["options"] | {  # type: ignore[operator] # a dict
        "mode": "non-blocking", "max-buffer-size": "25m", "awslogs-datetime-format": "%Y-%m-%d"}}}),
    "EFS with IAM": task(web={"mountPoints": [{"sourceVolume": "files", "containerPath": "/files"}]}, volumes=[_EFS]),
    "a migration first, then the service": task(
        SIDECAR, web={"dependsOn": [{"containerName": "sidecar", "condition": "SUCCESS"}]}
    ),
    "a proxy that is waited for": task(
        {"name": "proxy", "image": "envoyproxy/envoy:v1.31.0", "essential": True, "logConfiguration": LOG,
         "portMappings": [{"containerPort": 9901}],
         "healthCheck": {"command": ["CMD-SHELL", "curl -fs http://localhost:9901/ready || exit 1"]}},
        web={"dependsOn": [{"containerName": "proxy", "condition": "HEALTHY"}],
             "environment": [{"name": "PROXY_URL", "value": "http://localhost:9901"}]},
    ),
    "a collector beside it": task(
        {"name": "otel", "image": "otel/opentelemetry-collector:0.110.0", "essential": False, "logConfiguration": LOG},
        web={"environment": [{"name": "OTEL_EXPORTER_OTLP_ENDPOINT", "value": "http://localhost:4317"}]},
    ),
    "a management port for the check": without(
        checked("amazoncorretto:21", "CMD-SHELL", "curl -f http://localhost:8081/actuator/health || exit 1"),
        "environment",
    ),
    "a check with python": checked(
        "python:3.12-slim", "CMD", "python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/')"
    ),
    "a check with node": checked(
        "node:22-slim", "CMD", "node", "-e",
        "fetch('http://127.0.0.1:8080/').then(a=>process.exit(a.ok?0:1),()=>process.exit(1))",
    ),
    "a check with BusyBox's wget": checked(
        "python:3.12-alpine", "CMD-SHELL", "wget -qO- http://127.0.0.1:8080/ || exit 1"
    ),
    "a check of a file that is touched": checked(
        "python:3.12-slim", "CMD-SHELL", 'test -n "$(find /tmp/heartbeat -mmin -1)"'
    ),
    "a slow check: as long as its interval": task(web={"healthCheck": {
        "command": ["CMD-SHELL", "curl -fsS http://localhost:8080/ || exit 1"], "interval": 30, "timeout": 30}}),
    "a database's own check": checked("postgres:17", "CMD-SHELL", "pg_isready -q -U app"),
    "an entry point with tini": task(web={"entryPoint": ["tini", "--"], "command": ["python", "-m", "web"]}),
    "a shell as the entry point": task(web={"entryPoint": ["sh", "-c"], "command": ["migrate && exec serve"]}),
    "a read-only root and a tracer": task(web={
        "readonlyRootFilesystem": True, "user": "10001:10001", "mountPoints": [{"sourceVolume": "scratch",
        "containerPath": "/tmp"}], "linuxParameters": {"initProcessEnabled": True, "capabilities": {
            "drop": ["ALL"], "add": ["SYS_PTRACE"]}}, "ulimits": [{"name": "nofile", "softLimit": 1, "hardLimit": 1}]}),
    "Spot first": service(launchType=None, capacityProviderStrategy=[
        {"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]),
    "one task, stopped before it is replaced": service(desiredCount=1, deploymentConfiguration={
        "minimumHealthyPercent": 0, "maximumPercent": 100, "deploymentCircuitBreaker": {
            "enable": True, "rollback": True}}),
    "a service without a load balancer": service(loadBalancers=[]),
    "blue and green by CodeDeploy": service(
        deploymentController={"type": "CODE_DEPLOY"}, deploymentConfiguration={}, healthCheckGracePeriodSeconds=60
    ),
    "short names by Service Connect": service(serviceConnectConfiguration={"enabled": True}) | task(
        web={"environment": [{"name": "CACHE_URL", "value": "redis://cache:6379"}]}
    ),
    "private subnets with a NAT gateway": {"stack": STACK},
    "public subnets with public addresses": stack(_public),
    "private subnets with endpoints only": stack(_endpoints_only),
    "AWS's own policy for the start": stack(_managed_policy),
    "a secret of the same template": stack(_own_secret),
    "Snowflake by workload identity": task(web={"environment": [
        {"name": "SNOWFLAKE_ACCOUNT", "value": "acme-prod"}, {"name": "SNOWFLAKE_USER", "value": ""},
        {"name": "SNOWFLAKE_AUTHENTICATOR", "value": "WORKLOAD_IDENTITY"},
        {"name": "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER", "value": "AWS"}]}),
    "Snowflake by a key pair": task(web={
        "environment": [
            {"name": "SNOWFLAKE_ACCOUNT", "value": "ab12345.eu-central-1"}, {"name": "SNOWFLAKE_USER", "value": "WEB"},
            {"name": "SNOWFLAKE_AUTHENTICATOR", "value": "SNOWFLAKE_JWT"}],
        "secrets": [{"name": "SNOWFLAKE_PRIVATE_KEY", "valueFrom": f"{SECRET}:key::"}]}),
    "Snowflake in names of one's own": task(web={"environment": [
        {"name": "SNOWFLAKE_ACCOUNT", "value": "acme-prod"}, {"name": "SNOWFLAKE_LOGIN", "value": "web"}]}),
    "what CloudFormation looks up": stack(_looked_up),
    "roles, subnets and volumes of other stacks": stack(_imported),
    "a service on instances": stack(_on_instances),
    "other files in the same folder": FILES | {
        "package": {"name": "web", "overrides": {"a": "1"}, "services": {"web": {}}}, "values": [1, "two", None]
    },
    "a shell that hands over": {
        "web.Dockerfile": "FROM debian:12-slim AS base\nFROM base\nCOPY --chmod=755 run /run\nCMD /run --port 8080\n",
        "worker.Dockerfile": "FROM python:3.12-slim\nARG TOKEN\nENV TOKEN_URL=https://id.acme.net\n"
        "CMD migrate && exec python -m worker\n",
    },
    "sizes by condition, parts that may be left out": stack(_conditional),
}  # fmt: skip
"""Files by what is special about them."""
