"""Asks AWS for the evidence of a failure, only to read; what is denied is said, and the rest is used."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from doctor.checks.routes import subnets_of, tables_of
from doctor.evidence.answers import take
from doctor.evidence.evidence import Evidence
from doctor.evidence.masking import masked
from executor.cli.aws_clients import Clients, clients, refusal
from executor.cli.errors import CommandError, Exit
from executor.cli.region import region_faults

_PAGE: Final = 100
_LOGS_OF: Final = 6
_LINES: Final = 300


class Collector:
    """One look at one account and region; ``answers`` holds what was told, by name, without secrets."""

    def __init__(self, aws: Clients | None = None) -> None:
        """Ask who ``aws`` gives clients of, by a service's name; without it, account and region of the environment.

        Raises:
            CommandError: no region is set, or the profile does not exist (2).
        """
        self.answers: dict[str, Any] = {}
        self.absent: list[str] = []
        self._aws = aws or _of_environment()

    def evidence(self) -> Evidence:
        """What was collected, as evidence."""
        evidence = Evidence(absent=list(self.absent))
        for name, answer in self.answers.items():
            take(answer, evidence, name)
        return evidence

    def service(self, cluster: str, name: str) -> None:
        """A service with its task definition, tasks, logs and network.

        Raises:
            CommandError: it is not there, or ECS refuses (1), or ECS cannot be asked (3).
        """
        found = self._must("ecs", "describe_services", cluster=cluster, services=[name])["services"]
        if not found:
            raise CommandError(f"cluster {cluster} has no service {name} in this account and region.")
        service = found[0]
        self._keep("services", {"services": [service]})
        definition = self._definition(str(service["taskDefinition"]))
        arns: list[str] = []
        for status in ("RUNNING", "STOPPED"):
            arns += self._listed(cluster=cluster, serviceName=name, desiredStatus=status)
        self._tasks(cluster, arns, definition)
        self._network((service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {})

    def deployment(self, cluster: str, name: str, since: datetime) -> None:
        """A service's tasks that ended since a moment of AWS's clock, with what they ran, their logs and the network.

        The service itself may have gone back to its version before, or have gone altogether.
        """
        told = self._told("ecs", "describe_services", cluster=cluster, services=[name]).get("services") or [{}]
        service = {**told[0], "events": [one for one in told[0].get("events") or [] if one["createdAt"] >= since]}
        if told[0]:
            self._keep("services", {"services": [service]})
        # By family, which our stack calls like its service: ECS lists by service only while the service is there.
        arns = self._listed(cluster=cluster, family=name, desiredStatus="STOPPED")
        found = [one for page in self._described(cluster, arns) for one in page.get("tasks") or ()]
        tasks = [one for one in found if one.get("group") == f"service:{name}" and one["createdAt"] >= since]
        tasks.sort(key=lambda one: str(one["createdAt"]))
        if tasks:
            self._keep("tasks-0", {"tasks": tasks})
            definition = self._definition(str(tasks[-1]["taskDefinitionArn"]))
            self._logs(definition, [str(one["taskArn"]) for one in tasks])
            self._leave_out_what_works(definition, service)
        self._network((service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {})

    def _leave_out_what_works(self, definition: dict[str, Any], service: dict[str, Any]) -> None:
        """A variable that the version before has too, which is at work with it, is no reason why this one is not."""
        before = str(service.get("taskDefinition") or "")
        if before in {"", str(definition.get("taskDefinitionArn"))} or not service.get("runningCount"):
            return
        told = self._told("ecs", "describe_task_definition", taskDefinition=before).get("taskDefinition") or {}
        works = {
            (one.get("name"), pair.get("name"), pair.get("value"))
            for one in told.get("containerDefinitions") or ()
            for pair in one.get("environment") or ()
        }
        left_out: list[str] = []
        containers = []
        for one in definition.get("containerDefinitions") or ():
            pairs = one.get("environment") or ()
            same = [pair for pair in pairs if (one.get("name"), pair.get("name"), pair.get("value")) in works]
            left_out += [str(pair.get("name")) for pair in same]
            containers.append({**one, "environment": [pair for pair in pairs if pair not in same]})
        self._keep("task-definition", {"taskDefinition": {**definition, "containerDefinitions": containers}})
        says = f"Variables that {before.rpartition('/')[2]} has too, which is at work, are left out: "
        self.answers["note"] = says + ", ".join(sorted(set(left_out)))

    def task(self, cluster: str, reference: str) -> bool:
        """A task with its task definition and logs; False when ECS has forgotten it."""
        found = self._must("ecs", "describe_tasks", cluster=cluster, tasks=[reference])["tasks"]
        if found:
            definition = self._definition(str(found[0]["taskDefinitionArn"]))
            self._tasks(cluster, [str(found[0]["taskArn"])], definition)
        return bool(found)

    def _definition(self, reference: str) -> dict[str, Any]:
        answer = self._told("ecs", "describe_task_definition", taskDefinition=reference)
        self._keep("task-definition", answer)
        return dict(answer.get("taskDefinition") or {})

    def _listed(self, **which: str) -> list[str]:
        """The ARNs of all tasks that ECS lists, page by page."""
        page = self._told("ecs", "list_tasks", **which)
        arns: list[str] = list(page.get("taskArns") or ())
        while token := page.get("nextToken"):
            page = self._told("ecs", "list_tasks", **which, nextToken=token)
            arns += page.get("taskArns") or ()
        return arns

    def _described(self, cluster: str, arns: list[str]) -> Iterator[dict[str, Any]]:
        for at in range(0, len(arns), _PAGE):
            yield self._told("ecs", "describe_tasks", cluster=cluster, tasks=arns[at : at + _PAGE])

    def _tasks(self, cluster: str, arns: list[str], definition: dict[str, Any]) -> None:
        for number, answer in enumerate(self._described(cluster, arns)):
            self._keep(f"tasks-{number}", answer)
        self._logs(definition, arns)

    def _logs(self, definition: dict[str, Any], arns: list[str]) -> None:
        for group, stream in _streams(definition, arns[-_LOGS_OF:]):
            events = self._told("logs", "get_log_events", logGroupName=group, logStreamName=stream, limit=_LINES)
            if events.get("events"):
                self._keep(f"logs/{stream}", {"events": events["events"]})

    def _network(self, configuration: dict[str, Any]) -> None:
        subnets, groups = configuration.get("subnets") or [], configuration.get("securityGroups") or []
        if subnets:
            there = subnets_of(self._told, tuple(subnets)) or [{"SubnetId": one} for one in subnets]
            tables = {str(table["RouteTableId"]): table for one in there for table in tables_of(self._told, one)}
            self._keep("route-tables", {"RouteTables": list(tables.values())} if tables else {})
            filters = [{"Name": "association.subnet-id", "Values": subnets}]
            self._keep("network-acls", self._told("ec2", "describe_network_acls", Filters=filters))
        if groups:
            self._keep("security-groups", self._told("ec2", "describe_security_groups", GroupIds=groups))

    def _keep(self, name: str, answer: dict[str, Any]) -> None:
        plain = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
        if plain:
            self.answers[name] = masked(plain)

    def _must(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._call(service, operation, arguments)
        except (ClientError, BotoCoreError) as error:
            raise refusal(error) from error

    def _told(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            return self._call(service, operation, arguments)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"].get("Message")
            what = (
                f"the log {arguments.get('logStreamName')}"
                if service == "logs"
                else f"{service}:{error.operation_name}"
            )
            self.absent.append(f"{what}: {code}: {message}")
        except BotoCoreError as error:
            self.absent.append(f"the answer of {service}, {operation}: {error}")
        return {}

    def _call(self, service: str, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        ask: Callable[..., dict[str, Any]] = getattr(self._aws(service), operation)
        return ask(**arguments)


def _of_environment() -> Clients:
    if faults := region_faults():
        raise CommandError("; ".join(faults), Exit.USAGE)
    return clients()


def _streams(definition: dict[str, Any], arns: list[str]) -> Iterator[tuple[str, str]]:
    """Log group and stream of each container of the last tasks: ``prefix/container/task``."""
    for entry in definition.get("containerDefinitions") or []:
        options = (entry.get("logConfiguration") or {}).get("options") or {}
        group, prefix = options.get("awslogs-group"), options.get("awslogs-stream-prefix")
        if group and prefix:
            yield from ((group, f"{prefix}/{entry['name']}/{arn.rsplit('/', 1)[-1]}") for arn in arns)
