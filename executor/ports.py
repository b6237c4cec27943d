"""What the executor needs of the world; each has a real adapter and a shipped fake that pass one suite."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contract.commands import Command
from contract.job import JobRow
from contract.manifest import Latest, Manifest, StartMarker
from contract.policy import NO_CAPS, Caps
from contract.report import ReportDefinition
from executor.batches import Batch
from executor.core.breaker import Breaker
from executor.core.files import StoredFile
from executor.core.launch import LaunchProfile
from executor.core.launch_answers import LaunchAnswer
from executor.core.leadership import Leader, LeaseView
from executor.core.reconcile import RowState
from executor.core.tasks import TaskView


@dataclass(frozen=True, slots=True)
class HintMessage:
    """One message of the hints queue, and the receipt by which it is acknowledged."""

    receipt: str
    body: str


@dataclass(frozen=True, slots=True)
class Installed:
    """What the queue in Snowflake was installed for."""

    installation: str
    bucket: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A definition that is there and says what this version does not know: a newer one's, or somebody's by hand."""

    says: str
    """What is not understood, each by its path."""


class Store(Protocol):
    """The queue in Snowflake. Every write carries the fence; a stale one touches nothing."""

    async def installation(self) -> Installed:
        """What this queue was installed for."""

    async def intake_token(self) -> str:
        """A value that differs after every new request; asks for no warehouse."""

    async def fence(self) -> int:
        """The fence of the leader row. Raises StateMissingError without one."""

    async def leader(self) -> Leader:
        """The leader row. Raises StateMissingError without one."""

    async def take_fence(self, known: int, holder: str) -> int | None:
        """Take the next fence if ``known`` is still the current one; None when another was faster."""

    async def restamp(self, fence: int) -> None:
        """Give open rows of earlier leaders to this fence."""

    async def cancel_statements(self, session_id: str) -> None:
        """End what a session of an earlier leader still runs, if it is there and ours to end."""

    async def fold(self, fence: int) -> int:
        """Make one of rows that two claims running at once doubled; answers how many were one too many."""

    async def quiet(self) -> bool:
        """Whether no statement that was sent from here can still be carried out."""

    async def claim(self, fence: int, claim_id: str, slots: int, caps: Caps = NO_CAPS) -> None:
        """Claim up to ``slots`` due jobs under ``claim_id``, within the caps.

        Duplicates and overdue requests end on the way. So does what was cancelled and waits; what was cancelled and
        may have a task becomes CANCELLING. All this also with 0 slots.
        """

    async def claimed(self, claim_id: str) -> list[JobRow]:
        """The jobs that a claim took, and those of earlier claims that it found cancelled; safe to repeat.

        CLAIMED ones are to be launched, of CANCELLING ones the task is to be stopped, CANCELLED ones have ended.
        """

    async def open_jobs(self) -> list[JobRow]:
        """All jobs that were claimed and have not ended."""

    async def waiting(self) -> int:
        """How many jobs nobody claimed yet."""

    async def next_due_s(self) -> float | None:
        """Seconds until a waiting job is due, 0 or less when one is; None when none waits that may be claimed."""

    async def commands(self) -> list[Command]:
        """Orders to prune, and pauses and resumptions that are not noted yet; cancels are the claim's."""

    async def note_pauses(self, fence: int) -> None:
        """Note the last word on each type, so that it outlives its row of the intake."""

    async def prune(self, fence: int, request_id: str, keep_days: int) -> None:
        """Forget jobs that ended more than ``keep_days`` days ago, with results and history, and last the order itself.

        What was asked for goes before the state: a request without state would be a new job.
        """

    async def definitions(
        self, keys: Iterable[tuple[str, int]]
    ) -> dict[tuple[str, int], ReportDefinition | Unreadable]:
        """Report definitions by type and version; those that there are."""

    async def write(self, fence: int, batch: Batch) -> int:
        """Write a batch forward; answers how many state rows moved. Raises RowRefusedError for what a row holds."""

    async def breaker(self) -> Breaker | None:
        """The circuit breaker of launches as the last leader left it, or None."""

    async def write_breaker(self, fence: int, breaker: Breaker) -> None:
        """Keep the circuit breaker of launches; with a stale fence nothing is kept."""

    async def states(self, job_ids: Sequence[str]) -> dict[str, RowState]:
        """What the queue says of each of these jobs at this moment, also of those that it does not have."""

    async def progress(self, request_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
        """How far these rows are, as ``JobRow.progress`` counts it; a row that is gone is left out."""


class Launcher(Protocol):
    """ECS."""

    async def run(self, request: Mapping[str, object]) -> LaunchAnswer:
        """One RunTask with count 1."""

    async def describe(self, cluster: str, arns: Sequence[str]) -> dict[str, TaskView]:
        """The tasks that ECS knows, by ARN; at most 100 at once."""

    async def list_running(self, cluster: str, page: str | None = None) -> tuple[list[str], str | None]:
        """One page of the ARNs of a cluster's tasks that shall run, whoever started them, and how to ask for the next.

        The second value is None with the last page.
        """

    async def find(self, cluster: str, started_by: str) -> list[TaskView]:
        """Tasks of one attempt, running and stopped."""

    async def stop_task(self, cluster: str, arn: str, reason: str) -> None:
        """Tell a task to stop; repeating it does no harm, and one that ECS does not know any more is none to stop.

        Raises:
            CloudUnavailableError: it may not have been told.
        """


class Artifacts(Protocol):
    """The files of jobs in S3."""

    async def manifest(self, result_uri: str) -> Manifest | None:
        """What an attempt left, or None."""

    async def start_marker(self, result_uri: str) -> StartMarker | None:
        """Which task began to work on an attempt, or None."""

    async def stored(self, result_uri: str, name: str) -> StoredFile | None:
        """What S3 says of a file of an attempt, or None when it is not there."""

    async def put_spec(self, key: str, spec_json: str) -> None:
        """Lay down a task spec that is too long for the environment."""

    async def put_latest(self, latest: Latest) -> None:
        """Point the type's ``latest.json`` at this result, unless it points at a newer one."""

    async def put_profile(self, profile: LaunchProfile) -> None:
        """Keep a launch profile under its name."""

    async def profile(self, name: str) -> LaunchProfile:
        """A launch profile by its name."""


class Logs(Protocol):
    """The container's log lines."""

    async def tail(self, task_arn: str, container: str) -> str | None:
        """The last lines of a task's container, or None when there are none."""


class Hints(Protocol):
    """Doorbells and task events, each at least once, in any order."""

    async def receive(self, wait_s: int) -> list[HintMessage]:
        """Messages that are there, or come within so many seconds; what is not acknowledged comes again later.

        Raises:
            CloudUnavailableError: the queue cannot be asked, or refuses.
        """

    async def done(self, receipts: Sequence[str]) -> None:
        """Acknowledge messages: they do not come again.

        Raises:
            CloudUnavailableError: they may come again.
        """


class Lease(Protocol):
    """The object in S3 that says which executor may try to lead."""

    async def read(self) -> LeaseView | None:
        """The lease as it stands."""

    async def write(self, holder: str, over: LeaseView | None) -> bool:
        """Take or renew it over the version that was read; False when another was faster."""

    async def release(self, holder: str) -> None:
        """Let it go, if it is ours, so that the next one need not wait."""


class Clock(Protocol):
    """Time and dice."""

    def now(self) -> datetime:
        """The present, UTC."""

    def monotonic_s(self) -> float:
        """Seconds that only ever grow."""

    def dice(self) -> float:
        """A random number in [0, 1)."""
