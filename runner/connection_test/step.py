"""What a step of the test is, and what the steps tell each other on the way."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from contract.outcome import ExitCode
from contract.task_spec import TaskSpec

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

    from runner.connection_test.place import Place
    from runner.source import Source


class BrokenError(Exception):
    """A step does not work: what was seen, and what to do where that is more than the step's own advice."""

    def __init__(self, detail: str, remedy: str | None = None) -> None:
        """Keep both as one line each."""
        self.detail = " ".join(detail.split())
        self.remedy = remedy
        super().__init__(self.detail)


class NotTriedError(Exception):
    """A step has nothing to go by; the message says what it lacks."""


@dataclass(slots=True)
class Trip:
    """What the steps are given, and what earlier ones found for later ones; ``now`` is the container's clock, UTC."""

    environment: Mapping[str, str]
    spec: TaskSpec
    s3: "S3Client"
    now: Callable[[], datetime]
    arguments: dict[str, Any] = field(default_factory=dict)
    place: "Place | None" = None
    source: "Source | None" = None
    clock_offsets_s: dict[str, float] = field(default_factory=dict)

    def snowflake(self) -> "Place":
        """Where Snowflake is.

        Raises:
            BrokenError: no step has found out yet.
        """
        if self.place is None:
            raise BrokenError("it is not known where Snowflake is")
        return self.place

    def session(self) -> "Source":
        """The session in Snowflake.

        Raises:
            BrokenError: nobody has signed in yet.
        """
        if self.source is None:
            raise BrokenError("there is no session in Snowflake")
        return self.source


class Step(ABC):
    """One thing to try.

    Attributes:
        name: its stable name.
        title: what it tries, for a person.
        needs: names of the steps without which it cannot be tried.
        limit_s: seconds after which it counts as broken.
        exit_code: how the run ends when it is the first broken one.
        remedy: what to do when it is broken, in general.
        vital: whether a report fails without it.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    needs: ClassVar[tuple[str, ...]] = ()
    limit_s: ClassVar[float]
    exit_code: ClassVar[ExitCode] = ExitCode.SNOWFLAKE_UNREACHABLE
    remedy: ClassVar[str]
    vital: ClassVar[bool] = True

    @abstractmethod
    def take(self, trip: Trip) -> str:
        """Try it; what was seen, in a few words.

        Raises:
            BrokenError: it does not work.
            NotTriedError: there is nothing to go by.
        """
