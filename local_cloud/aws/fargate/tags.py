"""The tags of a task: its own, those of its definition, and those that ECS adds.

Source: the RunTask page of the ECS API reference (at most 50, keys of 128 and values of 256 characters, `aws:` is
AWS's own).
"""

from collections.abc import Mapping
from typing import Any

from local_cloud.aws.fargate.refusals import invalid_parameter
from local_cloud.aws.fargate.world import Cluster, TaskDefinition

MAX_TAGS = 50
MAX_KEY_CHARS = 128
MAX_VALUE_CHARS = 256

Tag = dict[str, str]


def check_tags(tags: list[Tag]) -> None:
    """Refuse tags that ECS would not take.

    Raises:
        RefusedError: for the first thing that is wrong.
    """
    if len(tags) > MAX_TAGS:
        raise invalid_parameter("Tags can not have more than 50 elements.")
    for tag in tags:
        key, value = tag.get("key") or "", tag.get("value") or ""
        if not 1 <= len(key) <= MAX_KEY_CHARS or len(value) > MAX_VALUE_CHARS:
            raise invalid_parameter("A tag's key has 1 to 128 characters, its value at most 256.")
        if key.lower().startswith("aws:"):
            raise invalid_parameter("Tag keys that begin with aws: are reserved for AWS.")


def tags_of(params: Mapping[str, Any], definition: TaskDefinition, cluster: Cluster) -> tuple[Tag, ...]:
    """Answer with a new task's tags; its own win over those of its definition."""
    own = {tag["key"]: tag for tag in params.get("tags") or []}
    inherited = definition.tags if params.get("propagateTags") == "TASK_DEFINITION" else ()
    managed = [{"key": "aws:ecs:clusterName", "value": cluster.name}] if params.get("enableECSManagedTags") else []
    return tuple(({tag["key"]: tag for tag in [*inherited, *managed]} | own).values())
