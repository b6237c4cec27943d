"""A container's health check as ECS gets it, with what is known of the container around it."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

UNKNOWN_TEXT: Final = "\ufffd"
"""Stands in a text for a part that only the account knows, such as a parameter without a default."""


@dataclass(frozen=True)
class Check:
    """One container of one service.

    Attributes:
        service: The service's name; the task definition's family when no service is known.
        container: The container's name.
        image: The image's reference, as far as it is known.
        command: The health check's command with its ``CMD`` or ``CMD-SHELL``; None without a health check.
        interval_s: Seconds between two checks.
        timeout_s: Seconds until a check counts as failed.
        retries: Failures in a row that make a container unhealthy.
        start_period_s: Seconds after the start in which failures do not count; None when not set.
        entry_point: What replaces the image's entry point; None when nothing does.
        arguments: What replaces the image's command; None when nothing does.
        environment: Variables by name; None as a value says that it is set, but not known here.
        every_variable: Whether no further variables can come from files.
        ports: The container's own ports.
        ports_beside: Ports of other containers in the task, which share its ``localhost``.
        template_names: Parameters of the template that it stands in.
        silent_beside: Whether a container of the task runs beside it whose ports nobody names.
        shared_processes: Whether the task's containers see each other's processes.
        when: Under which conditions of its template it is so; empty where it always is.
        otherwise: What it is under other conditions, where that differs.
    """

    service: str
    container: str
    image: str = ""
    command: tuple[str, ...] | None = None
    interval_s: int = 30
    timeout_s: int = 5
    retries: int = 3
    start_period_s: int | None = None
    entry_point: tuple[str, ...] | None = None
    arguments: tuple[str, ...] | None = None
    environment: dict[str, str | None] = field(default_factory=dict)
    every_variable: bool = True
    ports: tuple[int, ...] = ()
    ports_beside: tuple[int, ...] = ()
    template_names: frozenset[str] = frozenset()
    silent_beside: bool = False
    shared_processes: bool = False
    when: str = ""
    otherwise: tuple["Check", ...] = ()


class NoTaskDefinitionError(ValueError):
    """The data describe no containers; says what was looked for."""


def of_task_definition(data: dict[str, Any], *, service: str | None = None) -> list[Check]:
    """The checks of a task definition, with the keys of the API or of CloudFormation, one per container."""
    definition = _lower(data)
    containers = [entry for entry in _list(definition.get("containerDefinitions")) if isinstance(entry, dict)]
    if not containers:
        raise NoTaskDefinitionError("no containerDefinitions in it")
    name = service or _text(definition.get("family")) or "task"
    shared = definition.get("pidMode") in {"task", "host"}
    ports = [_ports(entry) for entry in containers]
    return [
        replace(
            _check(
                entry, name, ports[at], tuple(p for i, own in enumerate(ports) if i != at for p in own), shared=shared
            ),
            silent_beside=any(not own for i, own in enumerate(ports) if i != at),
        )
        for at, entry in enumerate(containers)
    ]


def _check(
    entry: dict[str, Any], service: str, ports: tuple[int, ...], beside: tuple[int, ...], *, shared: bool
) -> Check:
    health = entry.get("healthCheck") or {}
    if not isinstance(health, dict):  # what only the account knows
        health = {"command": ["CMD-SHELL", UNKNOWN_TEXT]}
    environment: dict[str, str | None] = {}
    for pair in _objects(entry.get("environment")):
        value = _text(pair.get("value"))
        environment[_text(pair.get("name"))] = None if UNKNOWN_TEXT in value else value
    environment |= {_text(secret.get("name")): None for secret in _objects(entry.get("secrets"))}
    start = health.get("startPeriod")
    return Check(
        service=service,
        container=_text(entry.get("name")) or "container",
        image=_text(entry.get("image")),
        command=_words(health.get("command")) or (("",) if entry.get("healthCheck") is not None else None),
        interval_s=_number(health.get("interval"), 30),
        timeout_s=_number(health.get("timeout"), 5),
        retries=_number(health.get("retries"), 3),
        start_period_s=None if start is None else _number(start, 0),
        entry_point=_words(entry.get("entryPoint")),
        arguments=_words(entry.get("command")),
        environment=environment,
        every_variable=not entry.get("environmentFiles") and _is_known(entry.get("environment")),
        ports=ports,
        ports_beside=beside,
        shared_processes=shared,
    )


def _ports(entry: dict[str, Any]) -> tuple[int, ...]:
    found = (_number(mapping.get("containerPort"), 0) for mapping in _objects(entry.get("portMappings")))
    return tuple(port for port in found if port)


def _words(value: Any) -> tuple[str, ...] | None:
    if value is None or value in ([], ()):
        return None
    return tuple(_text(word) for word in value) if isinstance(value, list | tuple) else (_text(value),)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _number(value: Any, otherwise: int) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return otherwise


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]


def _is_known(value: Any) -> bool:
    return value is None or (isinstance(value, list) and len(_objects(value)) == len(value))


def _lower(value: Any) -> Any:
    """CloudFormation's keys as the API writes them: ``HealthCheck`` is ``healthCheck``."""
    if isinstance(value, dict):
        return {
            key[:1].lower() + key[1:] if isinstance(key, str) else key: _lower(inner) for key, inner in value.items()
        }
    return [_lower(inner) for inner in value] if isinstance(value, list) else value
