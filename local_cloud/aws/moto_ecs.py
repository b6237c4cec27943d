"""ECS over moto: the operations on tasks and services are ours, everything else of ECS stays stock."""

import json
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

from moto.core.request import Request
from moto.core.responses import ActionResult, EmptyResult
from moto.ecs.exceptions import ECSException
from moto.ecs.responses import EC2ContainerServiceResponse

from local_cloud.aws.fargate.capacity import FARGATE_PROVIDERS
from local_cloud.aws.fargate.engine import FargateEngine, Params
from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.request import sold_size
from local_cloud.aws.fargate.roster import Roster
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.services.api import ServiceApi

OURS = frozenset(
    {
        "RunTask", "StopTask", "DescribeTasks", "ListTasks",
        "CreateService", "UpdateService", "DeleteService", "DescribeServices", "ListServices",
    }
)  # fmt: skip


class RefusalResponse(ECSException):
    """A refusal as moto writes it to the wire."""

    def __init__(self, refusal: RefusedError) -> None:
        with warnings.catch_warnings(action="ignore"):  # moto misses ThrottlingException in the service's model
            super().__init__(refusal.code, refusal.message)
        if refusal.resource_ids:
            self.resourceIds = list(refusal.resource_ids)


class FargateResponse(EC2ContainerServiceResponse):
    """ECS's endpoint with real tasks.

    Answers are JSON text made by the engine: moto's own serializer takes about 60 ms for a hundred tasks.
    """

    engine: ClassVar[FargateEngine]
    roster: ClassVar[Roster]
    services: ClassVar[ServiceApi]

    def parse_parameters(self, request: Request) -> None:
        """Read our operations' parameters as they are; moto's parser does the others."""
        if self._get_action() in OURS:
            self.params = json.loads(self.body or "{}")
        else:
            super().parse_parameters(request)

    def run_task(self) -> str:  # type: ignore[override]  # text instead of ActionResult: see the class
        """Answer RunTask."""
        return self._answer(self.engine.run_task)

    def stop_task(self) -> str:  # type: ignore[override]  # as above
        """Answer StopTask."""
        return self._answer(self.engine.stop_task)

    def describe_tasks(self) -> str:  # type: ignore[override]  # as above
        """Answer DescribeTasks."""
        return self._answer(self.engine.describe_tasks)

    def list_tasks(self) -> str:  # type: ignore[override]  # as above
        """Answer ListTasks."""
        return self._answer(self.engine.list_tasks)

    def create_service(self) -> str:  # type: ignore[override]  # as above
        """Answer CreateService."""
        return self._answer(self.services.create)

    def update_service(self) -> str:  # type: ignore[override]  # as above
        """Answer UpdateService."""
        return self._answer(self.services.update)

    def delete_service(self) -> str:  # type: ignore[override]  # as above
        """Answer DeleteService."""
        return self._answer(self.services.delete)

    def describe_services(self) -> str:  # type: ignore[override]  # as above
        """Answer DescribeServices."""
        return self._answer(self.services.describe)

    def list_services(self) -> str:  # type: ignore[override]  # as above
        """Answer ListServices."""
        return self._answer(self.services.list)

    def describe_clusters(self) -> ActionResult:
        """Answer DescribeClusters with the tasks and services that are there."""
        for cluster in list(self.ecs_backend.clusters.values()):
            tasks = self.roster.count_in(cluster.arn)
            cluster.running_tasks_count = tasks["RUNNING"]
            cluster.pending_tasks_count = tasks["PROVISIONING"] + tasks["PENDING"] + tasks["ACTIVATING"]
            cluster.active_services_count = self.services.count_in(cluster.arn)
        return super().describe_clusters()

    def delete_cluster(self) -> ActionResult:
        """Answer DeleteCluster; one that has services or tasks stays."""
        cluster = self.ecs_backend.clusters.get(self._cluster())
        if cluster and self.services.count_in(cluster.arn):
            raise _cluster_contains("Services")
        with self.roster.lock:  # no task is launched between the look and the deed
            tasks = self.roster.count_in(cluster.arn) if cluster else {}
            if any(status != "STOPPED" for status in tasks):
                raise _cluster_contains("Tasks")
            return super().delete_cluster()

    def register_task_definition(self) -> ActionResult:
        """Answer RegisterTaskDefinition; for Fargate only in sizes that it sells."""
        if "FARGATE" in (self._get_param("requiresCompatibilities") or []):
            try:
                sold_size(self._get_param("cpu"), self._get_param("memory"))
            except RefusedError as refusal:
                raise RefusalResponse(refusal) from refusal
        return super().register_task_definition()

    def describe_capacity_providers(self) -> ActionResult:
        """Answer DescribeCapacityProviders; those of Fargate are in every account."""
        asked = self._get_param("capacityProviders") or list(FARGATE_PROVIDERS)
        others = [name for name in asked if name.rsplit("/", 1)[-1] not in FARGATE_PROVIDERS]
        found, failures = self.ecs_backend.describe_capacity_providers(others)
        names = [name.rsplit("/", 1)[-1] for name in asked if name not in others]
        prefix = f"arn:aws:ecs:{self.region}:{self.current_account}:capacity-provider/"
        ours = [{"capacityProviderArn": prefix + name, "name": name, "status": "ACTIVE"} for name in names]
        return ActionResult({"capacityProviders": [*ours, *found], "failures": failures})

    def start_task(self) -> ActionResult:
        """Refuse StartTask: there are no container instances, and moto's tasks would never run."""
        raise NotImplementedError

    def tag_resource(self) -> ActionResult:
        """Answer TagResource, for tasks as for what moto has."""
        record = self._tagged_task()
        if record is None:
            return super().tag_resource()
        fresh = {tag["key"]: tag for tag in self._get_param("tags") or []}
        kept = {tag["key"]: tag for tag in record.get("tags")}
        record.change(tags=list((kept | fresh).values()))
        return EmptyResult()

    def untag_resource(self) -> ActionResult:
        """Answer UntagResource, for tasks as for what moto has."""
        record = self._tagged_task()
        if record is None:
            return super().untag_resource()
        gone = set(self._get_param("tagKeys") or [])
        record.change(tags=[tag for tag in record.get("tags") if tag["key"] not in gone])
        return EmptyResult()

    def list_tags_for_resource(self) -> ActionResult:
        """Answer ListTagsForResource, for tasks as for what moto has."""
        record = self._tagged_task()
        return super().list_tags_for_resource() if record is None else ActionResult({"tags": record.get("tags")})

    def _cluster(self) -> str:
        return str(self.params.get("cluster") or "default").rsplit("/", 1)[-1]

    def _tagged_task(self) -> TaskRecord | None:
        arn = str(self._get_param("resourceArn"))
        if ":task/" not in arn:
            return None
        try:
            return self.roster.record(arn)
        except RefusedError as refusal:
            raise RefusalResponse(refusal) from refusal

    def _answer(self, operation: Callable[[Params, Place], str]) -> str:
        self.response_headers["Content-Type"] = "application/x-amz-json-1.1"
        place = Place(self.current_account, self.region)
        try:
            self.engine.throttle.ask(str(self._get_action()), place)
            return operation(self.params, place)
        except RefusedError as refusal:
            raise RefusalResponse(refusal) from refusal


def _cluster_contains(what: str) -> RefusalResponse:
    code = f"ClusterContains{what}Exception"
    return RefusalResponse(RefusedError(code, f"The Cluster cannot be deleted while {what} are active."))


def engine_response(engine: FargateEngine, roster: Roster, services: ServiceApi) -> type[FargateResponse]:
    """Make the response class that is bound to one engine and its services."""
    members: dict[str, Any] = {
        "engine": engine,
        "roster": roster,
        "services": services,
        "__doc__": FargateResponse.__doc__,
    }
    return type("BoundFargateResponse", (FargateResponse,), members)
