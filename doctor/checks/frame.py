"""What a check is, and what it answers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from doctor.checks.place import Place


class Severity(StrEnum):
    """What a wrong answer means: jobs fail, or they do not yet."""

    ERROR = "error"
    WARNING = "warning"


class State(StrEnum):
    """How a check ended."""

    WELL = "well"
    FAILED = "failed"
    WARNED = "warned"
    COULD_NOT_LOOK = "could not look"
    NOT_ASKED = "not asked"
    """The question does not arise here."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: what, where; and what to do. ``severity`` None is that of its check."""

    says: str
    remedy: str
    severity: Severity | None = None


class Check(Protocol):
    """One question."""

    @property
    def id(self) -> str:
        """Its stable name."""

    @property
    def question(self) -> str:
        """What it asks, in a sentence that is true when all is well."""

    @property
    def severity(self) -> Severity:
        """What a fault means, unless the fault says otherwise."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The rights that it needs."""

    @property
    def theory(self) -> str:
        """Why it matters."""

    def look(self, place: Place) -> list[Fault]:
        """What is wrong; nothing when all is well.

        Raises:
            CannotLookError: it may not, or cannot, read what it needs.
            NotAskedError: the question does not arise here.
        """


@dataclass(frozen=True)
class Result:
    """How one check ended; ``seconds`` is how long it took."""

    id: str
    question: str
    state: State
    faults: tuple[Fault, ...]
    says: str
    seconds: float
