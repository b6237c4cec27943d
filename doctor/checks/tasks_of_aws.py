"""Checks of what ECS needs to run a report: cluster, task definition, log group, quota."""

from collections.abc import Iterator
from typing import Any, Final

from contract.resources import Capacity
from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError
from doctor.health_checks.checks import of_task_definition
from doctor.health_checks.judge import judge

_QUOTAS: Final = {"L-3032A538": "Fargate On-Demand vCPUs", "L-36FBB829": "Fargate Spot vCPUs"}


class Cluster:
    """The cluster and its capacity providers."""

    id = "cluster"
    question = "The cluster is active and has the capacity providers that are asked for"
    severity = Severity.ERROR
    reads = ("ecs:DescribeClusters",)
    theory = "RunTask is refused on a cluster that is not there, and FARGATE_SPOT only works where it is associated."

    def look(self, place: Place) -> list[Fault]:
        """Ask ECS for the cluster."""
        name = place.settings.cluster
        found = place.aws("ecs", "describe_clusters", clusters=[name])["clusters"]
        if not found or found[0].get("status") != "ACTIVE":
            state = found[0].get("status") if found else "not there"
            return [Fault(f"REPORTING_CLUSTER {name} is {state} in {place.region}", "Correct it, or make the cluster.")]
        wanted = {"FARGATE"} if place.settings.capacity is Capacity.ON_DEMAND else {"FARGATE", "FARGATE_SPOT"}
        missing = wanted - set(found[0].get("capacityProviders") or [])
        if not missing or place.is_local:
            return []
        command = f"aws ecs put-cluster-capacity-providers --cluster {name} --capacity-providers FARGATE FARGATE_SPOT"
        remedy = f"{command} --default-capacity-provider-strategy capacityProvider=FARGATE"
        return [Fault(f"cluster {name} lacks {', '.join(sorted(missing))}", remedy)]


class TaskDefinition:
    """The task definitions, end to end."""

    id = "task_definition"
    question = "The task definitions are active, run on Fargate and have the container, roles and a valid size"
    severity = Severity.ERROR
    reads = ("ecs:DescribeTaskDefinition",)
    theory = "Every job runs from it; what is wrong in it fails every job."

    def look(self, place: Place) -> list[Fault]:
        """Ask ECS for each."""
        found: list[Fault] = []
        for name in named(place):
            try:
                definition = described(place, name)
            except RefusedError as error:
                found.append(Fault(f"task definition {name}: {error}", "Correct REPORTING_TASK_DEFINITION."))
                continue
            found += _faults(place, name, definition)
        return found


def named(place: Place) -> list[str]:
    """The task definitions of the settings."""
    return [name for name in (place.settings.task_definition, place.settings.task_definition_documents) if name]


def described(place: Place, name: str) -> dict[str, Any]:
    """One task definition as ECS has it."""
    found = place.aws("ecs", "describe_task_definition", taskDefinition=name)["taskDefinition"]
    return dict(found)


def _faults(place: Place, name: str, definition: dict[str, Any]) -> Iterator[Fault]:
    if definition.get("status") not in {None, "ACTIVE"}:
        yield Fault(f"{name} is {definition['status']}", "Register it again, and set REPORTING_TASK_DEFINITION to it.")
    if definition.get("networkMode") != "awsvpc":
        yield Fault(f"{name}: network mode {definition.get('networkMode')}", "Fargate wants awsvpc.")
    if "FARGATE" not in (definition.get("requiresCompatibilities") or ["FARGATE"]):
        yield Fault(f"{name} is not made for Fargate", "Set requiresCompatibilities to FARGATE.")
    containers = [entry["name"] for entry in definition.get("containerDefinitions", [])]
    if place.settings.container not in containers:
        says = f"{name} has no container {place.settings.container}; it has {', '.join(containers)}"
        yield Fault(says, "Correct REPORTING_CONTAINER.")
    for role in ("executionRoleArn", "taskRoleArn"):
        if not definition.get(role) and not place.is_local:
            yield Fault(f"{name} has no {role}", "Without it images, secrets, logs or S3 are denied; set it.")
    for check in of_task_definition(definition):
        verdict = judge(check)
        for fault in verdict.faults if verdict else ():
            remedy = "Leave the health check of a report out: nothing looks at it."
            yield Fault(f"{name}, {check.container}: {fault.says}", remedy, Severity.WARNING)


class LogGroup:
    """Where the containers' logs go."""

    id = "log_group"
    question = "The log group is there, of the standard class, with a retention, and is the one that is read"
    severity = Severity.ERROR
    reads = ("ecs:DescribeTaskDefinition", "logs:DescribeLogGroups")
    theory = "A missing group keeps tasks from starting; another one than is read leaves failures without their log."

    def look(self, place: Place) -> list[Fault]:
        """Compare the log configuration with the settings and with what is there."""
        found: list[Fault] = []
        for name in named(place):
            for entry in described(place, name)["containerDefinitions"]:
                if entry["name"] == place.settings.container:
                    found += self._of_container(place, name, entry.get("logConfiguration") or {})
        return found

    def _of_container(self, place: Place, name: str, configuration: dict[str, Any]) -> Iterator[Fault]:
        options = configuration.get("options") or {}
        group = options.get("awslogs-group")
        if configuration.get("logDriver") != "awslogs" or not group:
            yield Fault(f"{name} keeps no log", "Set logConfiguration: awslogs, awslogs-group, awslogs-stream-prefix.")
            return
        if group != place.settings.log_group:
            says = f"{name} writes to {group}, but REPORTING_LOG_GROUP is {place.settings.log_group}"
            yield Fault(says, f"Set REPORTING_LOG_GROUP={group}.")
        prefix = options.get("awslogs-stream-prefix")
        if prefix != (wanted := place.settings.log_stream_prefix):
            says = f"{name} has the stream prefix {prefix}, REPORTING_LOG_STREAM_PREFIX is {wanted}"
            yield Fault(says, f"Set REPORTING_LOG_STREAM_PREFIX={prefix}.")
        groups = place.aws("logs", "describe_log_groups", logGroupNamePrefix=group)["logGroups"]
        own = next((one for one in groups if one["logGroupName"] == group), None)
        if own is None:
            yield Fault(f"log group {group} is not there", f"aws logs create-log-group --log-group-name {group}")
            return
        if own.get("logGroupClass", "STANDARD") != "STANDARD":
            yield Fault(
                f"log group {group} is of class {own['logGroupClass']}", "Only STANDARD can be read line by line."
            )
        if not own.get("retentionInDays") and not place.is_local:
            command = f"aws logs put-retention-policy --log-group-name {group} --retention-in-days 90"
            yield Fault(f"log group {group} keeps everything for ever", command, Severity.WARNING)


class Quota:
    """The account's quota of vCPUs."""

    id = "quota"
    question = "The account's vCPU quotas hold as many tasks as may run at once"
    severity = Severity.WARNING
    reads = ("servicequotas:GetServiceQuota", "ecs:DescribeTaskDefinition")
    theory = "New accounts have 6 vCPUs; beyond them launches fail and wait, which looks like slowness."

    def look(self, place: Place) -> list[Fault]:
        """Compare both quotas with the cap."""
        if place.is_local:
            raise NotAskedError("the local cloud has no quotas")
        units = max(int(described(place, name).get("cpu") or 256) for name in named(place))
        needed = place.settings.max_running * units / 1024
        found: list[Fault] = []
        for code, name in _QUOTAS.items():
            if code == "L-36FBB829" and place.settings.capacity is Capacity.ON_DEMAND:
                continue
            answer = place.aws("service-quotas", "get_service_quota", ServiceCode="fargate", QuotaCode=code)
            value = float(answer["Quota"]["Value"])
            if value < needed:
                says = f"{name}: {value:g}, but REPORTING_MAX_RUNNING {place.settings.max_running} needs {needed:g}"
                command = "aws service-quotas request-service-quota-increase --service-code fargate"
                remedy = f"Lower it, or: {command} --quota-code {code} --desired-value {needed:g}"
                found.append(Fault(says, remedy))
        return found
