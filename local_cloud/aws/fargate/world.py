"""What Fargate must know of its surroundings: clusters, task definitions, network, secrets, log groups."""

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Place:
    """An account in a Region."""

    account: str
    region: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """An ECS cluster, as far as RunTask asks about it."""

    arn: str
    name: str
    status: str = "ACTIVE"
    capacity_providers: tuple[str, ...] = ()
    default_strategy: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class TaskDefinition:
    """A registered task definition; `containers` in the words of the ECS API."""

    arn: str
    family: str
    revision: int
    status: str
    network_mode: str | None
    cpu: str | None
    memory: str | None
    containers: tuple[dict[str, Any], ...]
    tags: tuple[dict[str, str], ...] = ()
    ephemeral_storage_gib: int = 20
    volumes: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet, as far as a task's network interface tells of it."""

    id: str
    vpc_id: str
    availability_zone: str
    cidr: IPv4Network

    def address_for(self, task_id: str) -> str:
        """Pick a private address for a task, the same one each time; AWS keeps the first four and the last."""
        usable = self.cidr.num_addresses - 5
        return str(self.cidr[4 + int(task_id[:8], 16) % usable])


class World(Protocol):
    """The surroundings of a task; every question is about one place."""

    def cluster(self, place: Place, name: str) -> Cluster | None:
        """Find a cluster by its name or ARN."""

    def task_definition(self, place: Place, reference: str) -> TaskDefinition | None:
        """Find a task definition by family (latest active revision), family:revision or ARN."""

    def subnet(self, place: Place, subnet_id: str) -> Subnet | None:
        """Find a subnet."""

    def security_group_vpc(self, place: Place, group_id: str) -> str | None:
        """Answer with the VPC of a security group, None when there is no such group."""

    def secret(self, place: Place, value_from: str) -> str:
        """Fetch what a container's secret refers to.

        Raises:
            SecretUnavailableError: with the reason in the words of ECS.
        """

    def ensure_log_stream(self, place: Place, group: str, stream: str, *, create_group: bool) -> bool:
        """Make a log stream; False when its group does not exist."""

    def append_log(self, place: Place, group: str, stream: str, events: list[tuple[int, str]]) -> None:
        """Append (Unix time in ms, line) pairs to a log stream."""


class SecretUnavailableError(Exception):
    """A secret of a container could not be had; its text is the reason that ECS gives."""
