"""Promises about containers and deployments."""

import re
from collections.abc import Iterator
from typing import Final

from tests.unit.infra.properties import containers, of_type, promise, role_statements
from tests.unit.infra.template import Tree

SHELLS: Final = {"CMD-SHELL", "sh", "bash", "/bin/sh", "curl", "wget", "ps", "pgrep"}
SECRET: Final = re.compile(r"PASSWORD|PASSPHRASE|PRIVATE_KEY|SECRET|TOKEN", re.IGNORECASE)


# ---- Containers ----


@promise
def root_is_read_only(resources: Tree) -> Iterator[str]:
    yield from (name for name, one in containers(resources) if one.get("ReadonlyRootFilesystem") is not True)


@promise
def nobody_is_root(resources: Tree) -> Iterator[str]:
    for name, one in containers(resources):
        if one.get("Privileged") or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", one.get("User", "")):
            yield name


@promise
def images_are_named_by_digest(resources: Tree) -> Iterator[str]:
    for name, one in containers(resources):
        if not re.fullmatch(r"[^@\s]+@sha256:[0-9a-f]{64}", one["Image"]):
            yield name


@promise
def secrets_come_by_reference(resources: Tree) -> Iterator[str]:
    for name, one in containers(resources):
        for told in one["Environment"]:
            if SECRET.search(told["Name"]) or re.search(r"-----BEGIN|AKIA[0-9A-Z]{16}", str(told["Value"])):
                yield f"{name} {told['Name']}"
        for told in one.get("Secrets", []):
            if not told["ValueFrom"].startswith("arn:aws:secretsmanager:"):
                yield f"{name} {told['Name']}"


@promise
def programs_are_told_to_stop_and_have_time_to(resources: Tree) -> Iterator[str]:
    for name, one in containers(resources):
        if one.get("LinuxParameters", {}).get("InitProcessEnabled") is not True or one.get("StopTimeout") != 120:
            yield name


@promise
def the_health_check_needs_no_shell(resources: Tree) -> Iterator[str]:
    for name, one in containers(resources):
        check = one.get("HealthCheck")
        if name == "ExecutorTask" and check is None:
            yield f"{name} has none"
        if name != "ExecutorTask" and check is not None:
            yield f"{name} is no service"
        if check and (check["Command"][0] != "CMD" or SHELLS & set(check["Command"])):
            yield name
        if check and check["Timeout"] >= check["Interval"]:
            yield f"{name} timeout"


@promise
def logs_have_a_place_before_they_are_written(resources: Tree) -> Iterator[str]:
    groups = {one["LogGroupName"] for _, one in of_type(resources, "Logs::LogGroup")}
    for name, one in containers(resources):
        options = one.get("LogConfiguration", {}).get("Options", {})
        if options.get("awslogs-group") not in groups or "awslogs-create-group" in options:
            yield name


@promise
def logs_can_be_read_and_end(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "Logs::LogGroup"):
        if one.get("LogGroupClass") != "STANDARD" or not one.get("RetentionInDays"):
            yield name


# ---- Deployments ----


@promise
def a_bad_deployment_goes_back(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "ECS::Service"):
        told = one.get("DeploymentConfiguration", {})
        if told.get("DeploymentCircuitBreaker") != {"Enable": True, "Rollback": True}:
            yield f"{name} circuit breaker"
        if (told.get("MinimumHealthyPercent"), told.get("MaximumPercent")) != (100, 200):
            yield f"{name} does not overlap"


@promise
def nobody_gets_a_shell_in_a_task(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "ECS::Service"):
        if one.get("EnableExecuteCommand") is not False:
            yield name
    denied = [one for _, one in role_statements(resources) if one["Effect"] == "Deny"]
    if not any("ecs:enable-execute-command" in str(one.get("Condition")) for one in denied):
        yield "the executor"


@promise
def old_versions_can_be_gone_back_to(resources: Tree) -> Iterator[str]:
    for name, one in resources.items():
        if one["Type"] == "AWS::ECS::TaskDefinition" and one.get("UpdateReplacePolicy") != "Retain":
            yield name


@promise
def images_are_scanned_fixed_and_few(resources: Tree) -> Iterator[str]:
    for name, one in of_type(resources, "ECR::Repository"):
        if one.get("ImageScanningConfiguration") != {"ScanOnPush": True}:
            yield f"{name} scanning"
        if one.get("ImageTagMutability") != "IMMUTABLE":
            yield f"{name} tags"
        if "imageCountMoreThan" not in one.get("LifecyclePolicy", {}).get("LifecyclePolicyText", ""):
            yield f"{name} lifecycle"
        if not one.get("EncryptionConfiguration"):
            yield f"{name} encryption"
