"""The theory that a task lacks a role, or is given something else in its place."""

import re
from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Definition, Documents, known, objects, options, part, text
from doctor.offline.frame import FileCheck
from doctor.offline.images import ECR

_ROLE: Final = re.compile(r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$")
_NAME: Final = re.compile(r"^[\w+=,.@-]{1,64}$")


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        yield from _execution(definition)
        yield from _task(definition)
        for name in ("executionRoleArn", "taskRoleArn"):
            value = text(definition.data.get(name))
            if value and known(value) and not _ROLE.match(value) and not _NAME.match(value):
                says = f"{definition.where}: {name} `{value}` is no ARN of a role"
                yield Fault(says, "arn:aws:iam::<account>:role/<name>; a user or instance profile is none.")
    for service in documents.services:
        tasks = service.definition
        shell = str(service.data.get("enableExecuteCommand")).lower() == "true"
        if shell and tasks is not None and not tasks.data.get("taskRoleArn"):
            says = f"{service.where}: enableExecuteCommand, but {tasks.where} has no taskRoleArn"
            yield Fault(says, "Give it one that allows ssmmessages:*, or switch it off.")


def _execution(definition: Definition) -> Iterator[Fault]:
    role = text(definition.data.get("executionRoleArn"))
    needs = list(dict.fromkeys(why for entry in definition.containers for why in _why(entry)))
    if not role and needs and definition.on_fargate:
        says = f"{definition.where}: no executionRoleArn, which {', '.join(needs)} need"
        yield Fault(says, "Name a role with AmazonECSTaskExecutionRolePolicy and the rights on the secrets.")
    if role and known(role) and role == definition.data.get("taskRoleArn"):
        says = (
            f"{definition.where}: one role for ECS and for the program, which may then read every secret of its start"
        )
        yield Fault(says, "Make two roles.", Severity.WARNING)


def _why(entry: dict[str, Any]) -> Iterator[str]:
    """What of a container ECS does with the execution role."""
    configuration = part(entry, "logConfiguration")
    if ECR.match(text(entry.get("image"))):
        yield "images of ECR"
    if entry.get("secrets") or configuration.get("secretOptions"):
        yield "secrets"
    if configuration.get("logDriver") == "awslogs":
        yield "logs in CloudWatch"
    if entry.get("repositoryCredentials"):
        yield "a registry's credentials"
    if entry.get("environmentFiles"):
        yield "files of variables"
    if text(part(entry, "firelensConfiguration").get("options", {}).get("config-file-type")) == "s3":
        yield "FireLens's configuration in S3"


def _task(definition: Definition) -> Iterator[Fault]:
    if definition.data.get("taskRoleArn"):
        return
    for volume in objects(definition.data.get("volumes")):
        access = part(part(volume, "efsVolumeConfiguration"), "authorizationConfig")
        if access.get("iam") == "ENABLED":
            says = f"{definition.where}: volume {volume.get('name')} of EFS asks for IAM, but there is no taskRoleArn"
            yield Fault(says, "Name a role that allows elasticfilesystem:ClientMount.")
    for entry in definition.containers:
        router = text(part(entry, "firelensConfiguration").get("type"))
        drivers = {options(other).get("Name", options(other).get("name", "")) for other in definition.containers}
        sent = sorted(drivers & {"cloudwatch", "cloudwatch_logs", "firehose", "kinesis", "kinesis_streams", "s3"})
        if router and sent:
            says = f"{definition.at(entry)}: sends logs to {', '.join(sent)} without a taskRoleArn"
            yield Fault(says, "FireLens sends with the task's role: name one that may.")


ROLES: Final = FileCheck(
    "roles",
    "Every task has the roles that its images, secrets, logs and volumes need",
    Severity.ERROR,
    ("definitions", "services"),
    "ECS pulls, reads secrets and opens logs with the execution role before anything runs; the program calls AWS with"
    " the task role.",
    _look,
)
