"""An ECS in memory: client tokens with their replays and conflicts, failures, throttles, lives by the clock."""

import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from executor.core.launch_answers import Accepted, Errored, LaunchAnswer, Refused, Throttled, Unknown
from executor.core.tasks import ContainerView, TaskView
from executor.port_errors import ThrottledError
from executor.testing.account import Account
from executor.testing.task_life import Ending, FakeTask

TOKEN_LIFE: Final = timedelta(hours=24)
TOKEN_LIFE_AFTER_STOP: Final = timedelta(hours=1)
"""How long ECS keeps a client token: whichever ends first (ECS developer guide, "Ensuring idempotency")."""

Program = Callable[[str, Mapping[str, Any]], Ending]


@dataclass(frozen=True, slots=True)
class _Call:
    request: str
    answer: Refused | None
    arn: str | None
    at: datetime


class FakeLauncher:
    """The ``Launcher`` port without AWS.

    ``program`` is what every container runs: it is given the task's ARN and the RunTask request, and says how and
    when the task will end.
    """

    def __init__(self, now: Callable[[], datetime], program: Program) -> None:
        """An account in which nothing runs."""
        self._now = now
        self._program = program
        self._calls: dict[str, _Call] = {}
        self._next: deque[LaunchAnswer] = deque()
        self._lose_replies = 0
        self._lose_stops = 0
        self.stops: list[tuple[str, str]] = []
        self.account: Account | None = None
        self.tasks: dict[str, FakeTask] = {}
        self.requests: list[dict[str, Any]] = []

    def answer_next(self, answer: Refused | Throttled | Unknown | Errored, times: int = 1) -> None:
        """The next launches are not carried out, and this is the answer; a refusal stays with its token."""
        self._next.extend([answer] * times)

    def lose_replies(self, times: int = 1) -> None:
        """The next launches are carried out, but nobody hears of it."""
        self._lose_replies += times

    def forget(self, arn: str) -> None:
        """ECS no longer knows a task."""
        self.tasks[arn].forgotten = True

    @property
    def running(self) -> list[FakeTask]:
        """Tasks that have not stopped at this moment."""
        return [task for task in self.tasks.values() if not task.view(self._now()).stopped]

    async def run(self, request: Mapping[str, Any]) -> LaunchAnswer:
        """One RunTask with count 1."""
        self.requests.append(dict(request))
        answer = (self.account.call() if self.account else None) or self._run(request)
        if self._lose_replies:
            self._lose_replies -= 1
            return Unknown("the connection broke before the answer")
        return answer

    def _run(self, request: Mapping[str, Any]) -> LaunchAnswer:
        token, text = str(request["clientToken"]), json.dumps(request, sort_keys=True)
        known = self._calls.get(token)
        if known is not None and self._lives(known) and (known.request == text or known.arn):
            # The same parameters: the first answer again. Others: a conflict, which names the task that exists.
            return known.answer if known.answer is not None else Accepted(self.tasks[str(known.arn)].view(self._now()))
        planned = self._next.popleft() if self._next else None
        if planned is None and self.account is not None:
            planned = self.account.place(len(self.running))
        if isinstance(planned, Refused):
            self._calls[token] = _Call(text, planned, None, self._now())
        if planned is not None:
            return planned
        task = self._start(request)
        self._calls[token] = _Call(text, None, task.arn, self._now())
        return Accepted(task.view(self._now()))

    def _lives(self, call: _Call) -> bool:
        stopped_at = self.tasks[call.arn].view(self._now()).stopped_at if call.arn else None
        ends = [call.at + TOKEN_LIFE] + ([stopped_at + TOKEN_LIFE_AFTER_STOP] if stopped_at else [])
        return self._now() < min(ends)

    def _start(self, request: Mapping[str, Any]) -> FakeTask:
        arn = f"arn:aws:ecs:us-east-1:123456789012:task/{request['cluster']}/{len(self.tasks):032x}"
        container = request["overrides"]["containerOverrides"][0]["name"]
        provider = request["capacityProviderStrategy"][0]["capacityProvider"]
        ending = self._program(arn, request)
        task = FakeTask(arn, str(request["startedBy"]), container, provider, self._now(), ending)
        self.tasks[arn] = task
        return task

    async def describe(self, cluster: str, arns: Sequence[str]) -> dict[str, TaskView]:
        """The tasks that ECS knows, by ARN."""
        if len(arns) > 100:
            raise ValueError("DescribeTasks takes at most 100 tasks")
        known = {arn: self.tasks[arn] for arn in arns if arn in self.tasks and f"task/{cluster}/" in arn}
        now = self._now()
        views = [task.view(now) for task in known.values() if not task.forgotten]
        return {view.arn: replace(view, seen_at=now) if view.stopped else view for view in views}

    async def list_running(self, cluster: str, page: str | None = None) -> tuple[list[str], str | None]:
        """One page of the ARNs of a cluster's tasks that shall run; pages are of a hundred."""
        known = [task for task in self.tasks.values() if f"task/{cluster}/" in task.arn and not task.forgotten]
        arns = [task.arn for task in known if not task.view(self._now()).stopped]
        start = int(page or 0)
        return arns[start : start + 100], str(start + 100) if len(arns) > start + 100 else None

    async def find(self, cluster: str, started_by: str) -> list[TaskView]:
        """Tasks of one attempt, running and stopped."""
        found = [task.arn for task in self.tasks.values() if task.started_by == started_by]
        views = (await self.describe(cluster, found)).values()
        return sorted(views, key=lambda view: view.stopped)

    async def stop_task(self, cluster: str, arn: str, reason: str) -> None:
        """Tell a task to stop; its program says how long it takes, and ECS kills it after 30 s."""
        if self.account and self.account.call():
            raise ThrottledError("StopTask: Rate exceeded")
        self.stops.append((arn, reason))
        if self._lose_stops:
            self._lose_stops -= 1
        elif arn in self.tasks and f"task/{cluster}/" in arn:
            self.tasks[arn].ask_to_stop(self._now(), reason)

    def lose_stops(self, times: int = 1) -> None:
        """The next orders to stop are answered and not carried out."""
        self._lose_stops += times

    def stop(self, arn: str, *, stop_code: str, reason: str, exit_code: int | None = 143) -> None:
        """A task ends now, before its program is done: somebody stopped it, or Spot took it."""
        self.tasks[arn].stop(self._now(), stop_code, reason, ContainerView(self.tasks[arn].container, exit_code))
