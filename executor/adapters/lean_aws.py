"""Lets the AWS SDK read only what somebody looks at.

A task as DescribeTasks tells it has some seventy fields, and the SDK turns each into Python by the service's model: for
ten thousand tasks that is most of what an executor computes. So the model loses the fields that nobody reads, and
moments are read as the numbers that they are.
"""

from datetime import UTC, datetime
from typing import Any, Final

from aiobotocore.session import AioSession
from botocore.utils import parse_timestamp

READ: Final = {
    "Task": {
        "attributes", "capacityProviderName", "containers", "cpu", "createdAt", "desiredStatus", "ephemeralStorage",
        "executionStoppedAt", "lastStatus", "memory", "pullStartedAt", "pullStoppedAt", "startedAt", "startedBy",
        "stopCode", "stoppedAt", "stoppedReason", "stoppingAt", "taskArn", "taskDefinitionArn",
    },
    "Container": {"exitCode", "lastStatus", "name", "reason"},
}  # fmt: skip
"""The fields that are read, by the shape of ECS's model. An adapter that reads another one adds it here."""


def lean(session: AioSession) -> AioSession:
    """The session, with less to read for the clients that it makes from now on."""
    session.register_component("data_loader", _LeanLoader(session.get_component("data_loader")))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    return session


class _LeanLoader:
    """The SDK's loader of models, and in front of it the leaving out."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        model = self._loader.load_service_model(service_name, type_name, api_version)
        if (service_name, type_name) != ("ecs", "service-2"):
            return model
        shapes = model["shapes"]
        return {**model, "shapes": shapes | {name: _only(shapes[name], kept) for name, kept in READ.items()}}


def _only(shape: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    return {**shape, "members": {name: member for name, member in shape["members"].items() if name in kept}}


def _moment(value: Any) -> datetime:
    # ECS tells moments in seconds since 1970; the SDK's own way from there takes longer than all the rest of a field.
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    moment: datetime = parse_timestamp(value)
    return moment
