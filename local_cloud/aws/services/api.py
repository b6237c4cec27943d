"""CreateService, UpdateService, DeleteService, DescribeServices and ListServices.

Parameters that would change what a service does, and that are not done here, are refused with words that say
so; a service that silently ran otherwise would be worse than none.
"""

import json
import uuid
from collections.abc import Mapping
from typing import Any

from local_cloud.aws.clock import Clock
from local_cloud.aws.fargate.listing import MAX_PAGE
from local_cloud.aws.fargate.refusals import RefusedError, invalid_parameter
from local_cloud.aws.fargate.request import accept, find_cluster
from local_cloud.aws.fargate.world import Place, World
from local_cloud.aws.services.scheduler import Scheduler
from local_cloud.aws.services.service import LAUNCH_FIELDS, Deployment, Service

MAX_SERVICES_DESCRIBED = 10
DONE_HERE = frozenset(
    {
        "cluster", "service", "serviceName", "taskDefinition", "desiredCount", "deploymentConfiguration", "force",
        "forceNewDeployment", "clientToken", "enableECSManagedTags", "availabilityZoneRebalancing", *LAUNCH_FIELDS,
    }
)  # fmt: skip
ONLY_AS = {"schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"}}
NEW_DEPLOYMENT_FIELDS = ("taskDefinition", *LAUNCH_FIELDS[:5])

Params = Mapping[str, Any]


class ServiceApi:
    """ECS's operations on services; each answer is the JSON text of the API's answer.

    Args:
        scheduler: what keeps the services.
        world: where clusters and definitions are found.
        clock: the present moment.
    """

    def __init__(self, scheduler: Scheduler, world: World, clock: Clock) -> None:
        self._scheduler = scheduler
        self._world = world
        self._clock = clock

    def create(self, params: Params, place: Place) -> str:
        """Make a service and begin its first deployment.

        Raises:
            RefusedError: when ECS would refuse, or when it asks for what is not done here.
        """
        _check(params)
        cluster = find_cluster(params, place, self._world)
        name = str(params.get("serviceName") or "")
        if not name:
            raise invalid_parameter("Service name must be specified.")
        service = Service(name, place, cluster, dict(params), self._clock())
        with self._scheduler.lock:
            existing = self._scheduler.services.get(service.arn)
            if existing and existing.status != "INACTIVE":
                raise invalid_parameter("Creation of service was not idempotent.")
            self._deploy(service)
            self._scheduler.services[service.arn] = service
            answer = json.dumps({"service": service.document(with_tags=True)})
        self._scheduler.wake()
        return answer

    def update(self, params: Params, place: Place) -> str:
        """Change a service; another definition or place, or forceNewDeployment, begins a deployment.

        Raises:
            RefusedError: when ECS would refuse, or when it asks for what is not done here.
        """
        _check(params)
        with self._scheduler.lock:
            service = self._find(params, place)
            if service.status != "ACTIVE":
                raise RefusedError("ServiceNotActiveException", "Service was not ACTIVE.")
            before = service.params
            changes = {name: value for name, value in params.items() if name not in {"cluster", "service"}}
            deploys = bool(changes.pop("forceNewDeployment", False))
            service.params = {**before, **changes}
            deploys = deploys or any(service.params.get(name) != before.get(name) for name in NEW_DEPLOYMENT_FIELDS)
            try:
                if deploys:
                    self._deploy(service)
            except RefusedError:
                service.params = before
                raise
            answer = json.dumps({"service": service.document(with_tags=True)})
        self._scheduler.wake()
        return answer

    def delete(self, params: Params, place: Place) -> str:
        """Drain a service; it is INACTIVE when its last task has ended.

        Raises:
            RefusedError: when there is no such service, or it is scaled above 0 and `force` is not given.
        """
        with self._scheduler.lock:
            service = self._find(params, place)
            if service.desired and not params.get("force"):
                raise invalid_parameter("The service cannot be stopped while it is scaled above 0.")
            service.status = "DRAINING"
            answer = json.dumps({"service": service.document(with_tags=True)})
        self._scheduler.wake()
        return answer

    def describe(self, params: Params, place: Place) -> str:
        """Answer with the services asked for; those not known are failures with reason MISSING.

        Raises:
            RefusedError: when the cluster does not exist or not 1 to 10 services are asked for.
        """
        cluster = find_cluster(params, place, self._world)
        names = list(params.get("services") or [])
        if not names:
            raise invalid_parameter("Services cannot be empty.")
        if len(names) > MAX_SERVICES_DESCRIBED:
            raise invalid_parameter("Services cannot have more than 10 elements.")
        prefix = f"{cluster.arn.replace(':cluster/', ':service/')}/"
        with_tags = "TAGS" in (params.get("include") or [])
        with self._scheduler.lock:
            found = {name: self._scheduler.services.get(prefix + name.rsplit("/", 1)[-1]) for name in names}
            services = [item.document(with_tags=with_tags) for item in found.values() if item]
        missing = [name if name.startswith("arn:") else prefix + name for name, item in found.items() if not item]
        failures = [{"arn": arn, "reason": "MISSING"} for arn in missing]
        return json.dumps({"services": services, "failures": failures})

    def count_in(self, cluster_arn: str) -> int:
        """Count the ACTIVE services of a cluster."""
        with self._scheduler.lock:
            services = list(self._scheduler.services.values())
        return sum(item.status == "ACTIVE" and item.cluster.arn == cluster_arn for item in services)

    def list(self, params: Params, place: Place) -> str:
        """Answer with one page of ARNs.

        Raises:
            RefusedError: when the cluster does not exist or the token is none of ours.
        """
        cluster = find_cluster(params, place, self._world)
        after, size = str(params.get("nextToken") or ""), int(params.get("maxResults") or 10)
        if not 1 <= size <= MAX_PAGE:
            raise invalid_parameter("maxResults must be between 1 and 100.")
        with self._scheduler.lock:
            arns = sorted(
                item.arn
                for item in self._scheduler.services.values()
                if item.cluster.arn == cluster.arn and item.status != "INACTIVE" and item.arn > after
            )
        answer: dict[str, Any] = {"serviceArns": arns[:size]}
        if len(arns) > size:
            answer["nextToken"] = arns[size - 1]
        return json.dumps(answer)

    def _find(self, params: Params, place: Place) -> Service:
        cluster = find_cluster(params, place, self._world)
        name = str(params.get("service") or "").rsplit("/", 1)[-1]
        service = self._scheduler.services.get(f"{cluster.arn.replace(':cluster/', ':service/')}/{name}")
        if service is None:
            raise RefusedError("ServiceNotFoundException", "Service not found.")
        return service

    def _deploy(self, service: Service) -> None:
        deployment_id = f"ecs-svc/{uuid.uuid4().int % 10**19:019d}"
        launch = {name: service.params[name] for name in LAUNCH_FIELDS if service.params.get(name) is not None}
        if launch.get("propagateTags") in {"SERVICE", "NONE"}:
            del launch["propagateTags"]
        launch |= {"cluster": service.cluster.arn, "startedBy": deployment_id, "group": f"service:{service.name}"}
        request = accept({**launch, "taskDefinition": service.params.get("taskDefinition")}, service.place, self._world)
        launch["taskDefinition"] = request.definition.arn
        service.params["taskDefinition"] = request.definition.arn
        reason = f"ECS deployment {deployment_id} in progress."
        deployment = Deployment(deployment_id, request.definition.arn, launch, self._clock(), rollout_reason=reason)
        service.deployments = [deployment, *service.deployments]
        service.steady = False


def _check(params: Params) -> None:
    asked = [
        name
        for name, value in params.items()
        if name not in DONE_HERE and value not in (None, [], {}) and ONLY_AS.get(name) != value
    ]
    if asked:
        raise invalid_parameter(f"not supported by the local cloud: {', '.join(sorted(asked))}")
    count = params.get("desiredCount")
    if count is not None and int(count) < 0:
        raise invalid_parameter("desiredCount cannot be negative.")
