"""What Fargate asks of its surroundings, answered from moto's backends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import IPv4Network
from typing import Any

from moto.core.exceptions import ServiceException
from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends
from moto.logs.models import logs_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends
from werkzeug.exceptions import HTTPException

from local_cloud.aws.clock import Clock
from local_cloud.aws.fargate.secret_reference import ParameterReference, SecretReference, parse_value_from
from local_cloud.aws.fargate.world import Cluster, Place, SecretUnavailableError, Subnet, TaskDefinition
from local_cloud.aws.log_files import LogFiles
from local_cloud.aws.log_retention import LogRetention

ASM_FAILED = "unable to retrieve secret from asm: service call has been retried 1 time(s): "
SSM_FAILED = "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "


class MotoWorld:
    """The surroundings of tasks in moto; log lines are kept in files as well, as long as their group keeps them."""

    def __init__(self, log_files: LogFiles, clock: Clock) -> None:
        self._log_files = log_files
        self._log_lock = threading.Lock()
        self._log_retention = LogRetention(clock, log_files.remove)

    def cluster(self, place: Place, name: str) -> Cluster | None:
        """Find a cluster by its name or ARN."""
        found = ecs_backends[place.account][place.region].clusters.get(name.rsplit("/", 1)[-1])
        if found is None:
            return None
        return Cluster(
            arn=found.arn,
            name=found.name,
            status=found.status,
            capacity_providers=tuple(found.capacity_providers or ()),
            default_strategy=tuple(found.default_capacity_provider_strategy or ()),
        )

    def task_definition(self, place: Place, reference: str) -> TaskDefinition | None:
        """Find a task definition by family (latest active revision), family:revision or ARN."""
        family, _, revision = reference.rsplit("/", 1)[-1].partition(":")
        revisions = ecs_backends[place.account][place.region].task_definitions.get(family) or {}
        if revision:
            found = revisions.get(int(revision)) if revision.isdigit() else None
        else:
            active = [number for number, item in revisions.items() if item.status == "ACTIVE"]
            found = revisions[max(active)] if active else None
        return _definition(found) if found else None

    def subnet(self, place: Place, subnet_id: str) -> Subnet | None:
        """Find a subnet."""
        for zone in ec2_backends[place.account][place.region].subnets.values():
            if found := zone.get(subnet_id):
                return Subnet(found.id, found.vpc_id, found.availability_zone, IPv4Network(found.cidr_block))
        return None

    def security_group_vpc(self, place: Place, group_id: str) -> str | None:
        """Answer with the VPC of a security group, None when there is no such group."""
        found = ec2_backends[place.account][place.region].get_security_group_from_id(group_id)
        return str(found.vpc_id) if found else None

    def secret(self, place: Place, value_from: str) -> str:
        """Fetch what a container's secret refers to.

        Raises:
            SecretUnavailableError: with the reason in the words of ECS.
        """
        reference = parse_value_from(value_from)
        if isinstance(reference, ParameterReference):
            return _parameter(place, reference)
        return _secret(place, reference)

    def ensure_log_stream(self, place: Place, group: str, stream: str, *, create_group: bool) -> bool:
        """Make a log stream; False when its group does not exist."""
        backend = logs_backends[place.account][place.region]
        with self._log_lock:
            self._log_retention.look()
            if create_group:
                backend.ensure_log_group(group)
            if group not in backend.groups:
                return False
            backend.ensure_log_stream(group, stream)
            return True

    def append_log(self, place: Place, group: str, stream: str, events: list[tuple[int, str]]) -> None:
        """Append (Unix time in ms, line) pairs to a log stream, in moto and in its file."""
        self._log_files.append(place, group, stream, events)
        with self._log_lock:
            self._put(place, group, stream, events)

    @contextmanager
    def keeping(self, place: Place, group: str, stream: str) -> Iterator[None]:
        """Keep the events that moto takes into a log stream meanwhile in the stream's file as well.

        Raises:
            ValueError: the stream's name cannot be the name of a file.
        """
        with self._log_lock:
            found = logs_backends[place.account][place.region].groups.get(group)
            if found is None or stream not in found.streams:
                yield  # moto says so
                return
            before = len(found.streams[stream].events)
            self._log_files.append(place, group, stream, [])  # a name that no file can have is told before, not after
            yield
            fresh = [(event.timestamp, event.message) for event in found.streams[stream].events[before:]]
            self._log_files.append(place, group, stream, fresh)

    def forget_log(self, place: Place, group: str, stream: str | None = None) -> None:
        """Remove what is kept of a log group, or of one of its streams."""
        with self._log_lock:
            self._log_files.remove(place, group, stream)

    def restore_logs(self) -> None:
        """Put back the streams that an earlier server kept; their groups are made again with them."""
        for stored in self._log_files.read_all():
            self.ensure_log_stream(stored.place, stored.group, stored.stream, create_group=True)
            self._put(stored.place, stored.group, stored.stream, stored.events)

    def _put(self, place: Place, group: str, stream: str, events: list[tuple[int, str]]) -> None:
        found = logs_backends[place.account][place.region].groups.get(group)
        if found and stream in found.streams and events:  # a group deleted under a task takes no more lines
            found.put_log_events(stream, [{"timestamp": at_ms, "message": text} for at_ms, text in events])
            last = datetime.fromtimestamp(events[-1][0] / 1000, UTC)  # a stream read back is as old as it was
            found.streams[stream].last_ingestion_time = last.replace(tzinfo=None)


def _definition(found: Any) -> TaskDefinition:
    storage = found.ephemeral_storage or {}
    return TaskDefinition(
        arn=found.arn,
        family=found.family,
        revision=found.revision,
        status=found.status,
        network_mode=found.network_mode,
        cpu=found.cpu,
        memory=found.memory,
        containers=tuple(found.container_definitions),
        tags=tuple(found.tags),
        volumes=tuple(found.volumes or ()),
        ephemeral_storage_gib=int(storage.get("sizeInGiB") or 20),
    )


def _secret(place: Place, reference: SecretReference) -> str:
    region = reference.region or place.region
    backend = secretsmanager_backends[place.account][region]
    try:
        value = backend.get_secret_value(
            reference.secret_id,
            reference.version_id or None,  # type: ignore[arg-type]  # moto calls it a str and allows None
            reference.stage or "AWSCURRENT",
        )["SecretString"]
    except (ServiceException, HTTPException, KeyError) as error:
        raise SecretUnavailableError(
            f"{ASM_FAILED}failed to fetch secret {reference.secret_id} from secrets manager: "
            "ResourceNotFoundException: Secrets Manager can't find the specified secret."
        ) from error
    return reference.pick(str(value))


def _parameter(place: Place, reference: ParameterReference) -> str:
    region = reference.region or place.region
    found = ssm_backends[place.account][region].get_parameter(reference.name)
    if found is None:
        raise SecretUnavailableError(f"{SSM_FAILED}invalid ssm parameters: {reference.name}")
    return str(found.response_object(decrypt=True, region=region)["Value"])
