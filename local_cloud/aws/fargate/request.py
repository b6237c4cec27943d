"""RunTask's parameters, checked as ECS checks them, and what is left when they are sound.

Limits and their sources: the RunTask page of the ECS API reference (count, startedBy, clientToken, tags),
the Fargate size table, and refusals quoted in public bug reports of ECS clients (override length, sizes).
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.aws.fargate.capacity import Strategy, strategy_of
from local_cloud.aws.fargate.refusals import RefusedError, client_error, cluster_not_found, invalid_parameter
from local_cloud.aws.fargate.sizes import cpu_units, is_sold, memory_mb
from local_cloud.aws.fargate.tags import check_tags, tags_of
from local_cloud.aws.fargate.unsupported import refuse_unsupported
from local_cloud.aws.fargate.world import Cluster, Place, Subnet, TaskDefinition, World

MAX_TASKS_PER_CALL = 10
MAX_OVERRIDES_CHARS = 8192
MAX_SUBNETS = 16
MAX_SECURITY_GROUPS = 5
STARTED_BY = re.compile(r"[A-Za-z0-9_/-]{1,128}")
CLIENT_TOKEN = re.compile(r"[!-~]{1,64}")

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunTaskRequest:
    """A RunTask call that ECS would accept."""

    place: Place
    cluster: Cluster
    definition: TaskDefinition
    count: int
    cpu: str | None
    memory: str | None
    subnet: Subnet | None
    security_groups: tuple[str, ...]
    strategy: Strategy
    started_by: str | None
    group: str
    tags: tuple[dict[str, str], ...]
    overrides: Mapping[str, Any]
    enable_execute_command: bool
    platform_version: str
    capacity_provider: str | None = None


def accept(params: Params, place: Place, world: World) -> RunTaskRequest:
    """Turn RunTask's parameters into a request.

    Raises:
        RefusedError: for the first thing ECS would refuse.
    """
    check_token(params.get("clientToken"))
    cluster = find_cluster(params, place, world)
    _check_scalars(params)
    check_tags(params.get("tags") or [])
    definition = _definition(params, place, world)
    overrides = params.get("overrides") or {}
    _check_overrides(overrides, definition)
    refuse_unsupported(params, definition)
    cpu, memory = _size(overrides, definition)
    subnet, groups = _network(params, definition, place, world)
    return RunTaskRequest(
        place=place,
        cluster=cluster,
        definition=definition,
        count=int(params.get("count") or 1),
        cpu=cpu,
        memory=memory,
        subnet=subnet,
        security_groups=groups,
        strategy=strategy_of(params, cluster),
        started_by=params.get("startedBy"),
        group=params.get("group") or f"family:{definition.family}",
        tags=tags_of(params, definition, cluster),
        overrides=overrides,
        enable_execute_command=bool(params.get("enableExecuteCommand")),
        platform_version=_platform(params),
    )


def find_cluster(params: Params, place: Place, world: World) -> Cluster:
    """Find the cluster a request speaks of; without a word it is the one called `default`.

    Raises:
        RefusedError: when there is no such active cluster.
    """
    cluster = world.cluster(place, params.get("cluster") or "default")
    if cluster is None or cluster.status == "INACTIVE":
        raise cluster_not_found()
    return cluster


def task_arn_in(cluster: Cluster, reference: str) -> str:
    """Answer with the ARN of a task of a cluster, given its id or its ARN.

    Raises:
        RefusedError: when the ARN is of another cluster.
    """
    prefix = cluster.arn.replace(":cluster/", ":task/") + "/"
    if not reference.startswith("arn:"):
        return prefix + reference
    if not reference.startswith(prefix) and reference.count("/") == prefix.count("/"):
        other = reference.split("/")[1]
        raise invalid_parameter(
            f"Invalid identifier: Identifier is for cluster {other}. Your cluster is {cluster.name}"
        )
    return reference


def check_token(token: str | None) -> None:
    """Refuse a client token that ECS would not take (up to 64 printable ASCII characters).

    Raises:
        RefusedError: when the token is too long or has other characters.
    """
    if token and not CLIENT_TOKEN.fullmatch(token):
        raise invalid_parameter("clientToken must be 1 to 64 ASCII characters in the range 33 to 126.")


def _check_scalars(params: Params) -> None:
    count = params.get("count")
    if count is not None and not 1 <= int(count) <= MAX_TASKS_PER_CALL:
        raise invalid_parameter("Count should be between 1 and 10.")
    started_by = params.get("startedBy")
    if started_by and len(started_by) > 128:
        raise invalid_parameter("startedBy too long")
    if started_by and not STARTED_BY.fullmatch(started_by):
        raise invalid_parameter("startedBy can only contain letters, numbers, hyphens, slashes and underscores.")
    if params.get("propagateTags") == "SERVICE":
        raise invalid_parameter("propagateTags SERVICE is not supported by RunTask.")


def _definition(params: Params, place: Place, world: World) -> TaskDefinition:
    reference = params.get("taskDefinition")
    if not reference:
        raise client_error("TaskDefinition can not be blank.")
    definition = world.task_definition(place, reference)
    if definition is None:
        raise client_error("TaskDefinition not found.")
    if definition.status != "ACTIVE":
        raise client_error("TaskDefinition is inactive")
    return definition


def _check_overrides(overrides: Params, definition: TaskDefinition) -> None:
    length = len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False))
    if length > MAX_OVERRIDES_CHARS:
        raise invalid_parameter(f"Container Overrides length must be at most {MAX_OVERRIDES_CHARS}")
    known = {container["name"] for container in definition.containers}
    for override in overrides.get("containerOverrides") or []:
        name = override.get("name")
        if name not in known:
            raise invalid_parameter(f"Override for container named {name} is not a container in the TaskDefinition.")
    storage = overrides.get("ephemeralStorage")
    if storage and not 21 <= int(storage["sizeInGiB"]) <= 200:
        raise invalid_parameter("Ephemeral storage must be between 21 and 200 GiB.")


def _size(overrides: Params, definition: TaskDefinition) -> tuple[str | None, str | None]:
    cpu, memory = overrides.get("cpu") or definition.cpu, overrides.get("memory") or definition.memory
    return sold_size(cpu, memory)


def sold_size(cpu: str | None, memory: str | None) -> tuple[str, str]:
    """Answer with a task's CPU units and MiB as ECS writes them.

    Raises:
        RefusedError: when one of them is missing, or Fargate does not sell the pair.
    """
    if not cpu or not memory:
        missing = "cpu" if not cpu else "memory"
        raise client_error(f"Fargate requires that '{missing}' be defined at the task level.")
    units, megabytes = cpu_units(cpu), memory_mb(memory)
    if units is None or megabytes is None or not is_sold(units, megabytes):
        raise client_error(f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory")
    return str(units), str(megabytes)


def _network(
    params: Params, definition: TaskDefinition, place: Place, world: World
) -> tuple[Subnet | None, tuple[str, ...]]:
    vpc = (params.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if definition.network_mode != "awsvpc":
        raise client_error("Fargate only supports network mode 'awsvpc'.")
    if not vpc:
        raise invalid_parameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    subnet_ids, groups = vpc.get("subnets") or [], tuple(vpc.get("securityGroups") or ())
    if not subnet_ids:
        raise invalid_parameter("subnets can not be empty.")
    if len(subnet_ids) > MAX_SUBNETS or len(groups) > MAX_SECURITY_GROUPS:
        raise invalid_parameter("An awsvpc configuration takes at most 16 subnets and 5 security groups.")
    subnets = [_subnet(subnet_id, place, world) for subnet_id in subnet_ids]
    if len({subnet.vpc_id for subnet in subnets}) > 1:
        raise invalid_parameter("All subnets must belong to the same VPC.")
    for group in groups:
        _check_group(group, subnets[0].vpc_id, place, world)
    return subnets[0], groups


def _subnet(subnet_id: str, place: Place, world: World) -> Subnet:
    subnet = world.subnet(place, subnet_id)
    if subnet is None:
        raise invalid_parameter(
            f"Error retrieving subnet information for [{subnet_id}]: The subnet ID '{subnet_id}' "
            "does not exist (ErrorCode: InvalidSubnetID.NotFound)"
        )
    return subnet


def _check_group(group_id: str, vpc_id: str, place: Place, world: World) -> None:
    group_vpc = world.security_group_vpc(place, group_id)
    if group_vpc is None:
        raise invalid_parameter(
            f"Error retrieving security group information for [{group_id}]: The security group "
            f"'{group_id}' does not exist (ErrorCode: InvalidGroup.NotFound)"
        )
    if group_vpc != vpc_id:
        raise invalid_parameter(
            f"Security group {group_id} does not appear to belong to the same VPC as the input subnets."
        )


def _platform(params: Params) -> str:
    version = params.get("platformVersion") or "LATEST"
    if version == "LATEST":
        return "1.4.0"
    if version not in {"1.3.0", "1.4.0"}:
        raise RefusedError("PlatformUnknownException", "The specified platform version does not exist.")
    return str(version)
