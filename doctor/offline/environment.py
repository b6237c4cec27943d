"""The theory that the environment of a container names an endpoint that nobody can reach."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.explain.addresses import Doubt, doubts
from doctor.offline.documents import Definition, Documents, known, objects, part, text
from doctor.offline.frame import FileCheck

_EMPTY_IS_NONE: Final = ("SNOWFLAKE_", "REPORTING_")
"""Our own programs take an empty variable for one that is not set."""
_OURS: Final = (*_EMPTY_IS_NONE, "AWS_ENDPOINT_URL")
_LOCAL: Final = ("SNOWFLAKE_PROTOCOL", "http")
"""What says that Snowflake, and AWS with it, is a local one: its tasks are processes of the same machine."""
_REGIONS: Final = ("AWS_REGION", "AWS_DEFAULT_REGION")


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        connected = any(
            service.definition is definition and part(service.data, "serviceConnectConfiguration").get("enabled")
            for service in documents.services
        )
        for entry in definition.containers:
            yield from _of_container(definition, entry, connected=connected)


def _of_container(definition: Definition, entry: dict[str, Any], *, connected: bool) -> Iterator[Fault]:
    alone = len(definition.containers) == 1
    arn = text(definition.data.get("taskDefinitionArn"))
    written = _written(definition, entry)
    local = any((one.get("name"), one.get("value")) == _LOCAL for one in objects(entry.get("environment")))
    for pair in objects(entry.get("environment")):
        name, value = text(pair.get("name")), text(pair.get("value"))
        if not name:
            yield Fault(f"{definition.at(entry)}: a variable has no name", "Name it.")
        if name in _REGIONS and definition.region and known(value) and value and value != definition.region:
            says = f"{definition.at(entry)}: {name} is {value}, the task runs in {definition.region}"
            yield Fault(says, "Set it to the task's region.", Severity.WARNING)
        if not value and (name.startswith(_EMPTY_IS_NONE) or isinstance(written.get(name), dict)):
            continue  # a parameter that may be left empty
        for doubt in doubts(name, value, arn=arn, alone=alone, connected=connected) or ():
            if not (local and doubt.kind == "loopback" and name.startswith(_OURS)):
                yield _fault(definition, entry, doubt)


def _written(definition: Definition, entry: dict[str, Any]) -> dict[str, Any]:
    """A container's variables as the template writes them, by name."""
    for source in objects(definition.source.get("ContainerDefinitions")):
        if source.get("Name") == entry.get("name"):
            return {text(pair.get("Name")): pair.get("Value") for pair in objects(source.get("Environment"))}
    return {}


def _fault(definition: Definition, entry: dict[str, Any], doubt: Doubt) -> Fault:
    severity = Severity.ERROR if doubt.sure else Severity.WARNING
    return Fault(f"{definition.at(entry)}: {doubt.says}", f"Set it to the {doubt.wanted}.", severity)


ENVIRONMENT: Final = FileCheck(
    "endpoints",
    "Every endpoint in the environment is set, well formed, and of this account and region",
    Severity.ERROR,
    ("definitions",),
    "A service that waits for a broker which does not exist looks like one whose health check is wrong.",
    _look,
)
