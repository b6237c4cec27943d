"""Lets the AWS SDK know only what is called, and read only what somebody looks at.

The SDK keeps the whole description of a service in memory, its manual included: some twenty megabytes for the four that
are used here, of which a twentieth is ever looked at. And a task as DescribeTasks tells it has some seventy fields, of
which twenty are read. So the descriptions lose what nobody calls and what nobody reads, and moments are read as the
numbers that they are. How the SDK introduces itself is worked out once and not for each call, and our own requests are
compared with the description by AWS alone.
"""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, Final

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.loaders import JSONFileLoader, Loader
from botocore.utils import parse_timestamp

CALLED: Final = {
    "ecs": {"DescribeTasks", "ListTasks", "RunTask", "StopTask"},
    # The SDK itself calls the last two: for a bucket of another Region, and for directory buckets.
    "s3": {"GetObject", "HeadObject", "PutObject", "HeadBucket", "CreateSession"},
    "logs": {"GetLogEvents"},
    "sqs": {"DeleteMessageBatch", "ReceiveMessage"},
}
"""The operations that are called, by service. An adapter that calls another one adds it here."""
READ: Final = {
    "Task": {
        "attributes", "capacityProviderName", "containers", "createdAt", "ephemeralStorage", "lastStatus",
        "pullStartedAt", "pullStoppedAt", "startedAt", "startedBy", "stopCode", "stoppedAt", "stoppedReason", "taskArn",
    },
    "Attribute": {"name", "value"},
    "Container": {"exitCode", "name", "reason"},
    "GetObjectOutput": {"Body", "ETag", "LastModified"},
    "HeadObjectOutput": {"ChecksumSHA256", "ChecksumType", "ContentLength"},
    "PutObjectOutput": {"ETag"},
}  # fmt: skip
"""The fields that are read, by the shape of the model. An adapter that reads another one adds it here."""
_PLACES: Final = {*CALLED, "oidc", "portal.sso", "sts"}
"""Whose addresses may be asked for: the services themselves, and those that lend credentials."""
_NOTE: Final = "documentation"


def lean(session: AioSession) -> AioSession:
    """The session, with less to know and to read for the clients that it makes from now on."""
    session.register_component("data_loader", _LeanLoader(session.get_component("data_loader")))
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=_moment)
    name = f"{session.user_agent_name}/{session.user_agent_version}"
    session.set_default_client_config(AioConfig(user_agent=name, parameter_validation=False))
    return session


class _LeanLoader:
    """The SDK's loader of descriptions, and in front of it the leaving out."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._kept: dict[object, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        if type_name != "service-2" or service_name not in CALLED:
            return self._loader.load_service_model(service_name, type_name, api_version)
        key = service_name, api_version
        if key not in self._kept:
            # A loader remembers what it has read: this one is dropped, and the whole description with it.
            whole = self._fresh().load_service_model(service_name, type_name, api_version)
            self._kept[key] = _part(whole, CALLED[service_name])
        return self._kept[key]

    def load_data_with_path(self, name: str) -> Any:
        if name != "endpoints":
            return self._loader.load_data_with_path(name)
        if name not in self._kept:
            whole, path = self._fresh().load_data_with_path(name)
            self._kept[name] = _anew(whole), path
        return self._kept[name]

    def _fresh(self) -> Any:
        return Loader(
            extra_search_paths=self._loader.search_paths, file_loader=_Files(), include_default_search_paths=False
        )


class _Files(JSONFileLoader):
    """Reads a file without its notes: what was never there needs not to be given back."""

    def load_file(self, file_path: str) -> Any:
        for end, opened in ((".json", Path.open), (".json.gz", gzip.open)):
            if (path := Path(file_path + end)).is_file():
                with opened(path, "rb") as file:
                    return json.load(file, object_pairs_hook=_places if path.name == "endpoints.json" else _bare)
        return None


def _bare(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # A member may be called as a note is; a note is a text. That there is one the SDK takes for granted.
    return {name: "" if name == _NOTE and isinstance(one, str) else one for name, one in pairs}


def _places(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {
        name: {service: place for service, place in one.items() if service in _PLACES} if name == "services" else one
        for name, one in pairs
    }


def _part(model: dict[str, Any], called: set[str]) -> Any:
    operations = {name: one for name, one in model["operations"].items() if name in called}
    shapes = {name: _only(shape, READ.get(name)) for name, shape in model["shapes"].items()}
    needed: set[str] = set()
    to_see = list(_named(operations))
    while to_see:
        if (name := to_see.pop()) not in needed:
            needed.add(name)
            to_see += _named(shapes[name])
    part = {**model, "operations": operations, "shapes": {name: shapes[name] for name in shapes if name in needed}}
    return _anew(part)


def _anew(part: Any) -> Any:
    # What is kept must not lie scattered, text by text, among what is given back: then nothing would be.
    return json.loads(json.dumps(part))


def _only(shape: dict[str, Any], kept: set[str] | None) -> dict[str, Any]:
    if kept is None:
        return shape
    return {**shape, "members": {name: member for name, member in shape["members"].items() if name in kept}}


def _named(part: Any) -> Iterator[str]:
    # References are {"shape": name}; a member of that name is a dictionary.
    if isinstance(part, dict):
        if isinstance(name := part.get("shape"), str):
            yield name
        part = list(part.values())
    if isinstance(part, list):
        for one in part:
            yield from _named(one)


def _moment(value: Any) -> datetime:
    # ECS tells moments in seconds since 1970, S3 as mail does; the SDK's own way tries every form there is.
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    try:
        return parsedate_to_datetime(value).astimezone(UTC)
    except ValueError:
        moment: datetime = parse_timestamp(value)
        return moment
