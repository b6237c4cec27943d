"""Where a task runs: launch type or capacity provider, as RunTask's parameters and the cluster have it."""

from collections.abc import Mapping
from typing import Any

from local_cloud.aws.fargate.refusals import invalid_parameter
from local_cloud.aws.fargate.world import Cluster

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


def choose_provider(params: Mapping[str, Any], cluster: Cluster) -> str | None:
    """Answer with the capacity provider of a task; None when it is the launch type FARGATE.

    Without a word in the call, the cluster's default strategy counts. With several providers, the one
    with a base comes first, then the one with the greatest weight; shares over many tasks are not kept.

    Raises:
        RefusedError: when ECS would refuse launch type or strategy.
    """
    strategy = params.get("capacityProviderStrategy") or []
    launch_type = params.get("launchType")
    if strategy and launch_type:
        raise invalid_parameter(
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
        )
    if launch_type and launch_type != "FARGATE":
        raise invalid_parameter("No Container Instances were found in your cluster.")
    strategy = strategy or ([] if launch_type else list(cluster.default_strategy))
    if not strategy:
        return None
    for item in strategy:
        _check_provider(str(item.get("capacityProvider")), cluster)
    return str(_first_choice(strategy)["capacityProvider"])


def _check_provider(name: str, cluster: Cluster) -> None:
    if name not in FARGATE_PROVIDERS:
        raise invalid_parameter("The specified capacity provider was not found. Specify a valid name or ARN.")
    if name not in cluster.capacity_providers:
        raise invalid_parameter(
            "The specified capacity provider strategy cannot contain a capacity provider that is not "
            "associated with the cluster. Associate the capacity provider with the cluster and try again."
        )


def _first_choice(strategy: list[dict[str, Any]]) -> dict[str, Any]:
    based = [item for item in strategy if item.get("base")]
    if len(based) > 1:
        raise invalid_parameter("Only one capacity provider in a strategy can have a base defined.")
    weighted = [item for item in strategy if item.get("weight")]
    if not based and not weighted and len(strategy) > 1:
        raise invalid_parameter("At least one capacity provider in the strategy must have a weight above 0.")
    by_weight = sorted(weighted, key=lambda item: -int(item["weight"]))
    return (based + by_weight + strategy)[0]
