"""Where a task runs: launch type or capacity provider, as RunTask's parameters and the cluster have it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from local_cloud.aws.fargate.refusals import invalid_parameter
from local_cloud.aws.fargate.world import Cluster

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


Strategy = tuple[Mapping[str, Any], ...]


def strategy_of(params: Mapping[str, Any], cluster: Cluster) -> Strategy:
    """Answer with the capacity provider strategy of a launch; empty when it is the launch type FARGATE.

    Without a word in the call, the cluster's default strategy counts.

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
    for item in strategy:
        _check_provider(str(item.get("capacityProvider")), cluster)
    _check_numbers(strategy)
    return tuple(strategy)


def share_out(strategy: Strategy, count: int, held: Mapping[str, int] = MappingProxyType({})) -> list[str]:
    """Answer with the capacity provider of each of `count` new tasks, given how many each holds already.

    First the base of the provider that has one, then whoever is furthest behind its weight; between equals the
    strategy's order decides. Empty when there is no strategy.
    """
    chosen: list[str] = []
    has = dict(held)
    for _ in range(count if strategy else 0):
        provider = _next_provider(strategy, has)
        has[provider] = has.get(provider, 0) + 1
        chosen.append(provider)
    return chosen


def _next_provider(strategy: Strategy, has: Mapping[str, int]) -> str:
    for item in strategy:
        if has.get(item["capacityProvider"], 0) < int(item.get("base") or 0):
            return str(item["capacityProvider"])

    def behind(item: Mapping[str, Any]) -> float:
        above_base = has.get(item["capacityProvider"], 0) - int(item.get("base") or 0)
        return (above_base + 1) / int(item["weight"])

    weighted = [item for item in strategy if item.get("weight")] or [{**strategy[0], "weight": 1}]
    return str(min(weighted, key=behind)["capacityProvider"])


def _check_provider(name: str, cluster: Cluster) -> None:
    if name not in FARGATE_PROVIDERS:
        raise invalid_parameter("The specified capacity provider was not found. Specify a valid name or ARN.")
    if name not in cluster.capacity_providers:
        raise invalid_parameter(
            "The specified capacity provider strategy cannot contain a capacity provider that is not "
            "associated with the cluster. Associate the capacity provider with the cluster and try again."
        )


def _check_numbers(strategy: Sequence[Mapping[str, Any]]) -> None:
    based = [item for item in strategy if item.get("base")]
    if len(based) > 1:
        raise invalid_parameter("Only one capacity provider in a strategy can have a base defined.")
    if len(strategy) > 1 and not based and not any(item.get("weight") for item in strategy):
        raise invalid_parameter("At least one capacity provider in the strategy must have a weight above 0.")
