"""Everything that is known of a failure, sorted by what it is."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from doctor.evidence.connection import Step
from doctor.evidence.tasks import Task


@dataclass(frozen=True)
class Line:
    """One line of a log; ``at`` is None where it carries no time."""

    at: datetime | None
    text: str


@dataclass(frozen=True)
class Log:
    """A log by the name of its stream or file."""

    name: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Event:
    """What ECS said of a service."""

    at: datetime | None
    text: str


@dataclass
class Evidence:
    """What was collected; each list may be empty.

    Attributes:
        services: Answers of ``describe-services``, one per service.
        definitions: Task definitions, with the keys of the API.
        tasks: Tasks, running and stopped.
        events: Events of services that were saved apart from them.
        logs: Logs of containers.
        log_groups: Names of the log groups that were there; None when nobody looked.
        network: Subnets, route tables, security groups and endpoints, by their key in EC2's answers.
        connection: The steps of a test of the connections; empty without one.
        dockerfiles: Texts by the name of their service, folder or file; the empty name is for all others.
        notes: What people wrote, by file.
        unread: Files that held nothing known.
        absent: What could not be collected, with the reason.
        settings: Variables of a program's environment, by name.
        stacks: Answers of ``describe-stacks``, one per stack.
    """

    services: list[dict[str, Any]] = field(default_factory=list)
    definitions: list[dict[str, Any]] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    log_groups: list[str] | None = None
    network: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    connection: tuple[Step, ...] = ()
    dockerfiles: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    stacks: list[dict[str, Any]] = field(default_factory=list)
