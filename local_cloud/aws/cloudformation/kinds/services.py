"""Services of ECS: made when their first deployment is complete, failed when the circuit breaker says so."""

import threading
from typing import Any, Final

from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind, Made, Properties, camel
from local_cloud.aws.cloudformation.refusals import ResourceFailedError

LOOK_EVERY_S: Final = 0.2
_BROKEN: Final = (
    "Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was "
    "triggered'.\" (HandlerErrorCode: GeneralServiceException)"
)
_UPDATABLE: Final = (
    "taskDefinition", "desiredCount", "deploymentConfiguration", "networkConfiguration", "platformVersion",
    "enableExecuteCommand", "propagateTags",
)  # fmt: skip


def _request(properties: Properties) -> dict[str, Any]:
    request: dict[str, Any] = camel(properties)
    if "desiredCount" in request:
        request["desiredCount"] = int(request["desiredCount"])
    return request


def _make(hands: Hands, properties: Properties) -> Made:
    answer = hands.client("ecs").create_service(**_request(properties))["service"]
    made = Made(str(answer["serviceArn"]), {"Name": str(answer["serviceName"])})
    try:
        _await_deployment(hands, made, properties, str(answer["deployments"][0]["id"]))
    except ResourceFailedError:
        _delete(hands, made, properties)
        raise
    return made


def _change(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    request = {name: value for name, value in _request(after).items() if name in _UPDATABLE}
    answer = hands.client("ecs").update_service(cluster=after["Cluster"], service=made.physical_id, **request)
    _await_deployment(hands, made, after, str(answer["service"]["deployments"][0]["id"]))
    return made


def _await_deployment(hands: Hands, made: Made, properties: Properties, deployment: str) -> None:
    ecs = hands.client("ecs")
    while True:
        (found,) = ecs.describe_services(cluster=properties["Cluster"], services=[made.physical_id])["services"]
        ours = [item for item in found["deployments"] if item["id"] == deployment]
        if not ours or ours[0]["rolloutState"] == "FAILED":
            raise ResourceFailedError(_BROKEN)
        is_alone = len(found["deployments"]) == 1 and found["runningCount"] == found["desiredCount"]
        if ours[0]["rolloutState"] == "COMPLETED" and is_alone:
            return
        if hands.cancelled.wait(LOOK_EVERY_S):
            raise ResourceFailedError("Resource update cancelled")


def _delete(hands: Hands, made: Made, properties: Properties) -> None:
    ecs = hands.client("ecs")
    where = {"cluster": properties["Cluster"], "service": made.physical_id}
    try:
        ecs.delete_service(**where, force=True)
        while True:
            answer = ecs.describe_services(cluster=properties["Cluster"], services=[made.physical_id])["services"]
            if not answer or answer[0]["status"] == "INACTIVE":
                return
            threading.Event().wait(LOOK_EVERY_S)
    except (ecs.exceptions.ServiceNotFoundException, ecs.exceptions.ClusterNotFoundException):
        return


SERVICE = Kind(
    knows=frozenset(
        {
            "ServiceName", "Cluster", "TaskDefinition", "DesiredCount", "LaunchType", "PlatformVersion",
            "EnableExecuteCommand", "EnableECSManagedTags", "PropagateTags", "DeploymentConfiguration",
            "NetworkConfiguration", "Tags",
        }
    ),
    make=_make,
    change=_change,
    delete=_delete,
    fixed=frozenset({"ServiceName", "Cluster", "LaunchType"}),
)  # fmt: skip
