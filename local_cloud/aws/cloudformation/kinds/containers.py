"""Clusters and task definitions."""

from typing import Any

from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind, Made, Properties, camel


def _make_cluster(hands: Hands, properties: Properties) -> Made:
    found = hands.client("ecs").create_cluster(**camel(properties))["cluster"]
    return Made(str(found["clusterName"]), {"Arn": str(found["clusterArn"])})


def _delete_cluster(hands: Hands, made: Made, _properties: Properties) -> None:
    ecs = hands.client("ecs")
    try:
        ecs.delete_cluster(cluster=made.physical_id)
    except ecs.exceptions.ClusterNotFoundException:
        return


CLUSTER = Kind(
    knows=frozenset({"ClusterName", "ClusterSettings", "Tags"}),
    make=lambda hands, properties: _make_cluster(hands, _as_the_api_says(properties)),
    change=lambda _hands, made, _before, _after: made,
    delete=_delete_cluster,
    fixed=frozenset({"ClusterName", "ClusterSettings"}),
)


def _as_the_api_says(properties: Properties) -> dict[str, Any]:
    return {"Settings" if key == "ClusterSettings" else key: value for key, value in properties.items()}


def _make_providers(hands: Hands, properties: Properties) -> Made:
    strategy = [camel(item) for item in properties["DefaultCapacityProviderStrategy"]]
    hands.client("ecs").put_cluster_capacity_providers(
        cluster=properties["Cluster"],
        capacityProviders=list(properties["CapacityProviders"]),
        defaultCapacityProviderStrategy=strategy,
    )
    return Made(str(properties["Cluster"]))


CAPACITY_PROVIDERS = Kind(
    knows=frozenset({"Cluster", "CapacityProviders", "DefaultCapacityProviderStrategy"}),
    make=_make_providers,
    change=lambda hands, _made, _before, after: _make_providers(hands, after),
    delete=lambda _hands, _made, _properties: None,  # they go with the cluster
    fixed=frozenset({"Cluster"}),
)


def _make_definition(hands: Hands, properties: Properties) -> Made:
    found = hands.client("ecs").register_task_definition(**camel(properties, as_is=("Options", "DockerLabels")))
    arn = str(found["taskDefinition"]["taskDefinitionArn"])
    return Made(arn, {"TaskDefinitionArn": arn})


def _delete_definition(hands: Hands, made: Made, _properties: Properties) -> None:
    hands.client("ecs").deregister_task_definition(taskDefinition=made.physical_id)


TASK_DEFINITION = Kind(
    knows=frozenset(
        {
            "Family", "RequiresCompatibilities", "NetworkMode", "Cpu", "Memory", "RuntimePlatform", "ExecutionRoleArn",
            "TaskRoleArn", "Volumes", "ContainerDefinitions", "EphemeralStorage", "Tags",
        }
    ),
    make=_make_definition,
    change=lambda hands, _made, _before, after: _make_definition(hands, after),  # any change is another revision
    delete=_delete_definition,
    fixed=frozenset({"Family"}),
)  # fmt: skip
