"""What a health check can find when it runs: the processes, the ports, the programs, in one imagined moment."""

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final

from doctor.health_checks.images import Contents

LOOKING_PORTS: Final = frozenset({2019, 4191, 6060, 8081, 8085, 8181, 13133, 15020, 15021, 18080, *range(9000, 10000)})
"""Where servers answer about themselves (metrics, management, admin), which is seldom mapped or exposed."""


class Service(Enum):
    """How the service in the container is doing."""

    WELL = "well"
    FAILING = "failing"  # it listens, and answers each request with an error
    GONE = "gone"  # hung or dead: it does not answer, and its process is not in the list


@dataclass(frozen=True)
class Line:
    """A line of text on a pipe.

    Attributes:
        text: The line; None when it could be any text.
        own: Whether it shows a process of the health check itself.
        service: Whether it shows a process of the service.
        name: The process's short name, as ``pgrep`` and ``pidof`` see it; None when unknown or no process.
    """

    text: str | None
    own: bool = False
    service: bool = False
    name: str | None = None


Lines = tuple[Line, ...] | None
"""What a pipe carries; None when it could be anything."""

ANY: Final[Lines] = None
NOTHING: Final[Lines] = ()


@dataclass(frozen=True)
class Memory:
    """What a shell carries from one command to the next.

    Attributes:
        last: ``$?``.
        variables: Its own variables; None as a value says that it is set to something unknown.
        options: Such as ``e`` of ``set -e``.
        trap: What it does at its end by ``trap … EXIT``; empty for nothing, None when that is not known.
    """

    last: int = 0
    variables: tuple[tuple[str, str | None], ...] = ()
    options: frozenset[str] = frozenset()
    trap: str | None = ""

    def with_variables(self, pairs: dict[str, str | None]) -> "Memory":
        """The same with some variables set."""
        return replace(self, variables=tuple(sorted({**dict(self.variables), **pairs}.items())))


FRESH: Final = Memory()


class Stop(Enum):
    """How far an end reaches: over the next command not at all, to the end of the function, or of the whole shell."""

    NOT = "not"
    FUNCTION = "function"
    SHELL = "shell"


@dataclass(frozen=True)
class End:
    """How a command ends: its exit status, what it wrote, what else ended with it, and the shell after it."""

    status: int
    output: Lines = NOTHING
    stop: Stop = Stop.NOT
    memory: Memory = FRESH


@dataclass(frozen=True)
class Setting:
    """What is known of a container, whatever happens in it.

    Attributes:
        contents: The image's programs.
        processes: The service's processes while it is well.
        environment: Variables with known values; None as a value says that it is set to something unknown.
        environment_known: Whether a variable that is not in ``environment`` is surely unset.
        ports: The ports that are known to be listened on in this task.
        ports_sure: Whether the command line itself says so, so that no other port can answer.
        ports_told: Whether the command line or a variable tells a port; else they are only mapped or exposed.
        hosts: Names that mean this container.
        template_names: Parameters of the template around it, which only ``Fn::Sub`` fills in.
        timeout_s: After this time ECS counts the check as failed, seconds.
    """

    contents: Contents
    processes: tuple[Line, ...]
    environment: dict[str, str | None] = field(default_factory=dict)
    environment_known: bool = False
    ports: frozenset[int] = frozenset()
    ports_sure: bool = False
    ports_told: bool = False
    hosts: frozenset[str] = frozenset()
    template_names: frozenset[str] = frozenset()
    timeout_s: int = 5


@dataclass(frozen=True)
class Event:
    """Something that a check's play showed: the id of a fault or of a measurement, and what about it."""

    kind: str
    about: str = ""
    more: str = ""


@dataclass
class World:
    """One imagined moment: the setting, how the service does, and whether what is unknown turns out well."""

    setting: Setting
    service: Service
    favourable: bool
    events: set[Event] = field(default_factory=set)
    own: tuple[Line, ...] = ()

    def note(self, kind: str, about: str = "", more: str = "") -> None:
        """Keep what the play showed."""
        self.events.add(Event(kind, about, more))

    def processes(self) -> tuple[Line, ...]:
        """The process list: the service's, unless it is gone, and the check's own."""
        alive = () if self.service is Service.GONE else self.setting.processes
        return (*alive, *self.own)

    def reached(self, port: int | None) -> bool:
        """Whether something listens on a port of this container; notes a port that nobody is known to use."""
        if self.service is Service.GONE:
            return False
        if port is None or not self.setting.ports or port in self.setting.ports:
            return True
        sure = self.setting.ports_told or port not in LOOKING_PORTS
        known = ", ".join(str(known) for known in sorted(self.setting.ports))
        self.note("wrong_port" if sure else "port_not_named", str(port), known)
        return self.favourable and not self.setting.ports_sure
