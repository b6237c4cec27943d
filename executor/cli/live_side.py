"""Asks AWS for one side of a comparison, only to read; what is denied is said, and the rest is compared."""

from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from doctor.evidence.evidence import Evidence
from executor.cli.aws_clients import Clients, clients, refusal
from executor.cli.errors import CommandError, Exit
from executor.cli.network_reached import reached
from executor.cli.secret_values import NoSuchKeyError, value_of
from executor.cli.sides import Side
from executor.deploy import environment as environments
from executor.settings import SettingsError

_OF_LOG_GROUPS: Final = {"logGroupClass": "STANDARD", "retentionInDays": "for ever"}
_KINDS: Final = {"AWS::ECS::Service": "service", "AWS::ECS::TaskDefinition": "definition"}


class LiveSide:
    """One account and region; ``evidence`` is what they told."""

    def __init__(self, aws: Clients, region: str, *, secrets: bool) -> None:
        """Ask who ``aws`` gives clients of; ``secrets`` reads the values of secrets too."""
        self._aws, self._region, self._secrets = aws, region, secrets
        self.evidence = Evidence()

    def service(self, cluster: str, name: str, **more: Any) -> None:
        """A service with its task definition, network and images."""
        found = self._must("ecs", "describe_services", cluster=cluster, services=[name])["services"]
        if not found or found[0].get("status") == "INACTIVE":
            raise CommandError(f"cluster {cluster} has no service {name} in {self._region}.")
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
            read_ = {
                one["name"]: self._secret(str(one["name"]), str(one["valueFrom"])) for one in entry.get("secrets") or []
            }
            more["secretValues"] = {name: value for name, value in read_.items() if value is not None}
        return entry | more

    def _digests(self, cluster: str, name: str) -> dict[str, str]:
        """What the service's tasks run, by container; none while none runs."""
        arns = self._told("ecs", "list_tasks", cluster=cluster, serviceName=name).get("taskArns", [])[:1]
        tasks = self._told("ecs", "describe_tasks", cluster=cluster, tasks=arns).get("tasks", []) if arns else []
        return {
            one["name"]: str(one.get("imageDigest") or "") for task in tasks for one in task.get("containers") or []
        }

    def _secret(self, name: str, reference: str) -> str | None:
        """A secret's value, which leaves this program as a fingerprint only; None where it cannot be told."""
        try:
            return value_of(reference, self._told)
        except NoSuchKeyError as error:
            self.evidence.absent.append(f"{self._region}: secret {name}: {error}")
            return None

    def _must(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._call(service, operation, arguments)
        except (ClientError, BotoCoreError) as error:
            raise refusal(error) from error

    def _told(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._call(service, operation, arguments)
        except (ClientError, BotoCoreError) as error:
            self.evidence.absent.append(f"{self._region}: {service}: {error}")
            return {}

    def _call(self, service: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(self._aws(service), operation)(**arguments)
        return answer


def live(side: Side, *, secrets: bool, folder: Path) -> Evidence:
    """What AWS tells of one side, or the local cloud of an environment that is there.

    Args:
        side: what is asked about.
        secrets: whether the values of secrets are read.
        folder: where local environments keep their cloud.

    Raises:
        CommandError: it is not there, or AWS refuses (1), it is not well named (2), or AWS cannot be asked (3).
    """
    told = LiveSide(*_account(side, folder), secrets=secrets)
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


def _account(side: Side, folder: Path) -> tuple[Clients, str]:
    """Clients of the account and region that a side is in, and the region."""
    region = side.region
    if side.kind == "environment":
        from executor.cli.local_environment import LocalCloud, on_local_cloud  # noqa: PLC0415 - only environments need it

        try:
            said = environments.read(side.name)
            local = on_local_cloud(side.name, said)
            # An environment is where its file says; without a file, where whoever asks is.
            region = region or (environments.from_file(side.name).region if said and not local else None)
        except SettingsError as error:
            raise CommandError(str(error), Exit.USAGE) from error
        if local:
            return LocalCloud(folder).of(side.name, said, region)
    try:
        session: Any = boto3.session.Session(profile_name=side.profile, region_name=region)
    except BotoCoreError as error:
        raise CommandError(f"{side.name}: {error}. Name a profile of ~/.aws/config.", Exit.USAGE) from error
    if not session.region_name:
        raise CommandError(f"{side.name}: no region; write @REGION behind it, or give --region.", Exit.USAGE)
    return clients(session=session), str(session.region_name)
