"""Asks AWS for one side of a comparison, only to read; what is denied is said, and the rest is compared."""

import json
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from doctor.evidence.evidence import Evidence
from executor.cli.errors import CommandError, Exit
from executor.cli.network_reached import reached
from executor.cli.sides import Side
from executor.deploy.environment import FOLDER, from_file
from executor.settings import SettingsError

_CONFIG: Final = Config(connect_timeout=4, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
_OF_LOG_GROUPS: Final = {"logGroupClass": "STANDARD", "retentionInDays": "for ever"}
_KINDS: Final = {"AWS::ECS::Service": "service", "AWS::ECS::TaskDefinition": "definition"}


class LiveSide:
    """One account and region; ``evidence`` is what they told."""

    def __init__(self, side: Side, *, secrets: bool) -> None:
        """The account of the side's profile.

        Raises:
            CommandError: there is no such profile, or no region (2).
        """
        try:
            self._session: Any = boto3.session.Session(profile_name=side.profile, region_name=side.region)
        except BotoCoreError as error:
            raise CommandError(f"{side.name}: {error}. Name a profile of ~/.aws/config.", Exit.USAGE) from error
        if not self._session.region_name:
            message = f"{side.name}: no region; write @REGION behind it, or give --region."
            raise CommandError(message, Exit.USAGE)
        self._secrets = secrets
        self._clients: dict[str, Any] = {}
        self.evidence = Evidence()

    def service(self, cluster: str, name: str, **more: Any) -> None:
        """A service with its task definition, network and images."""
        found = self._must("ecs", "describe_services", cluster=cluster, services=[name])["services"]
        if not found or found[0].get("status") == "INACTIVE":
            raise CommandError(f"cluster {cluster} has no service {name} in {self._session.region_name}.")
        service = found[0]
        configuration = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        told = reached(configuration, self._told) if configuration else {}
        self.evidence.services.append(service | {"looked": True, "reached": told} | more)
        if not more:  # a stack names its task definitions itself
            self.definition(str(service["taskDefinition"]), digests=self._digests(cluster, name))

    def definition(self, reference: str, *, digests: dict[str, str] | None = None, **more: Any) -> None:
        """A task definition with its log groups, and its secrets where they are asked for."""
        answer = self._must("ecs", "describe_task_definition", taskDefinition=reference)["taskDefinition"]
        containers = [self._container(entry, digests or {}) for entry in answer["containerDefinitions"]]
        self.evidence.definitions.append(answer | {"containerDefinitions": containers, "looked": True} | more)

    def stack(self, name: str) -> None:
        """A stack's parameters, services and task definitions."""
        found = self._must("cloudformation", "describe_stacks", StackName=name)["Stacks"][0]
        parameters = {one["ParameterKey"]: one.get("ParameterValue", "") for one in found.get("Parameters", [])}
        environment = str(parameters.get("Environment") or name)
        self.evidence.stacks.append({**found, "environmentName": environment})
        resources = self._told("cloudformation", "describe_stack_resources", StackName=name).get("StackResources", [])
        for one in resources:
            kind, physical = _KINDS.get(one["ResourceType"]), str(one.get("PhysicalResourceId") or "")
            more = {"logicalId": one["LogicalResourceId"], "environmentName": environment}
            if kind == "service" and physical:
                cluster, _, service = physical.rpartition(":service/")[2].rpartition("/")
                self.service(cluster, service, **more)
            elif kind == "definition" and physical:
                self.definition(physical, **more)

    def environment(self, name: str) -> None:
        """The stack of one of our environments."""
        self.stack(f"reporting-{name}")

    def _container(self, entry: dict[str, Any], digests: dict[str, str]) -> dict[str, Any]:
        more: dict[str, Any] = {"imageDigest": digests.get(str(entry.get("name")), "")}
        group = ((entry.get("logConfiguration") or {}).get("options") or {}).get("awslogs-group")
        if group:
            answer = self._told("logs", "describe_log_groups", logGroupNamePrefix=group)
            own = next((one for one in answer.get("logGroups", []) if one["logGroupName"] == group), None)
            if answer:
                more["logGroup"] = {"there": str(own is not None)}
            if own:
                kept = {key: own.get(key, otherwise) for key, otherwise in _OF_LOG_GROUPS.items()}
                more["logGroup"] |= kept
        if self._secrets:
            read_ = {one["name"]: self._secret(str(one["valueFrom"])) for one in entry.get("secrets") or []}
            more["secretValues"] = {name: value for name, value in read_.items() if value is not None}
        return entry | more

    def _digests(self, cluster: str, name: str) -> dict[str, str]:
        """What the service's tasks run, by container; none while none runs."""
        arns = self._told("ecs", "list_tasks", cluster=cluster, serviceName=name).get("taskArns", [])[:1]
        tasks = self._told("ecs", "describe_tasks", cluster=cluster, tasks=arns).get("tasks", []) if arns else []
        return {
            one["name"]: str(one.get("imageDigest") or "") for task in tasks for one in task.get("containers") or []
        }

    def _secret(self, reference: str) -> str | None:
        """A secret's value, which leaves this program as a fingerprint only."""
        parts = reference.split(":")
        if ":secretsmanager:" not in reference:
            answer = self._told("ssm", "get_parameter", Name=reference.rpartition(":parameter")[2], WithDecryption=True)
            return str(answer["Parameter"]["Value"]) if answer else None
        answer = self._told("secretsmanager", "get_secret_value", SecretId=":".join(parts[:7]))
        if not answer:
            return None
        text, key = str(answer.get("SecretString") or ""), parts[7] if len(parts) > 7 else ""
        try:
            return str(json.loads(text).get(key)) if key else text
        except (ValueError, AttributeError):
            return text

    def _must(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._call(service, operation, arguments)
        except ClientError as error:
            raise CommandError(f"AWS refuses: {error}") from error
        except BotoCoreError as error:
            raise CommandError(f"AWS cannot be asked: {error}", Exit.UNREACHABLE) from error

    def _told(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._call(service, operation, arguments)
        except (ClientError, BotoCoreError) as error:
            self.evidence.absent.append(f"{self._session.region_name}: {service}: {error}")
            return {}

    def _call(self, service: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if service not in self._clients:  # making one reads the whole description of its service
            self._clients[service] = self._session.client(service, config=_CONFIG)
        answer: dict[str, Any] = getattr(self._clients[service], operation)(**arguments)
        return answer


def live(side: Side, *, secrets: bool) -> Evidence:
    """What AWS tells of one side.

    Raises:
        CommandError: it is not there (1), it is not well named (2), or AWS cannot be asked (3).
    """
    if side.kind == "environment" and side.region is None and (FOLDER / f"{side.name}.toml").is_file():
        try:
            side = Side(side.kind, side.name, side.profile, from_file(side.name).region)
        except SettingsError as error:
            raise CommandError(str(error), Exit.USAGE) from error
    told = LiveSide(side, secrets=secrets)
    match side.kind:
        case "service":
            told.service(*side.name.split("/", 1))
        case "task-definition":
            told.definition(side.name)
        case "stack":
            told.stack(side.name)
        case _:
            told.environment(side.name)
    return told.evidence
