"""Tasks that fire: their runs, the graph that follows a root, and what TASK_HISTORY tells of them."""

import datetime as dt
import secrets
import threading
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from local_cloud.snowflake.errors import translate
from local_cloud.snowflake.faults import OF_REQUESTS, statement_class
from local_cloud.snowflake.schedule import next_due
from local_cloud.snowflake.session import Login, Session
from local_cloud.snowflake.sql_text import Reader, comma_separated

if TYPE_CHECKING:
    from local_cloud.snowflake.instance import LocalSnowflake

KIND: Final = "TASK"
_LOOK_S: Final = 0.5
_KEPT_RUNS: Final = 10_000  # as many as TASK_HISTORY can show
_SUSPENDED_AFTER_FAILURES: Final = 10
Task = dict[str, Any]


@dataclass
class Run:
    """One run of one task; `state` is a state of TASK_HISTORY."""

    task: Task
    scheduled_at: dt.datetime
    started_at: dt.datetime
    cause: str
    graph_run_id: str
    query_id: str
    state: str = "EXECUTING"
    error_code: str | None = None
    error_message: str | None = None
    completed_at: dt.datetime | None = None


class TaskRuns:
    """Fires what is due; `now_s` is the clock, in seconds since 1970."""

    def __init__(self, server: "LocalSnowflake", now_s: Callable[[], float]) -> None:
        """Nothing runs yet."""
        self._server = server
        self._now_s = now_s
        self._guard = threading.Lock()
        self._busy: dict[tuple[str, str, str], threading.Lock] = {}
        self.history: deque[Run] = deque(maxlen=_KEPT_RUNS)

    def now(self) -> dt.datetime:
        """The present by the clock that was given."""
        return dt.datetime.fromtimestamp(self._now_s(), tz=dt.UTC)

    def watch(self, ended: threading.Event) -> None:
        """Fire what is due until `ended`."""
        while not ended.wait(_LOOK_S):
            self.tick()

    def tick(self) -> list[threading.Thread]:
        """One round: every root that is due starts once, however many of its times have passed.

        A root whose last graph still runs is left out until its next time.
        """
        now, started = self.now(), list[threading.Thread]()
        for task in self._server.catalog.all(KIND):
            if task["state"] != "started" or not task["options"].get("SCHEDULE"):
                continue
            due = due_at(task, now)
            if due > now:
                continue
            self._change(task, last_due_s=self._now_s())
            turn = self._lock_of(task)
            if turn.acquire(blocking=False):  # here and not in its thread, so that no second round finds it free
                started.append(self._beside(task, due, "SCHEDULE", has_turn=True))
        return started

    def start(self, task: Task, scheduled_at: dt.datetime, cause: str) -> threading.Thread:
        """Run a task and what comes after it, beside whoever asks, once its last graph has ended."""
        return self._beside(task, scheduled_at, cause, has_turn=False)

    def _beside(self, task: Task, scheduled_at: dt.datetime, cause: str, *, has_turn: bool) -> threading.Thread:
        """The thread of a graph, which gives back the root's lock, taken by itself unless it `has_turn` already."""

        def go() -> None:
            turn = self._lock_of(task)
            if not has_turn:
                turn.acquire()
            try:
                self._graph(task, scheduled_at, cause)
            finally:
                turn.release()

        thread = threading.Thread(target=go, name=f"task {task['name']}", daemon=True)
        thread.start()
        return thread

    def _lock_of(self, task: Task) -> threading.Lock:
        with self._guard:
            return self._busy.setdefault((task["database"], task["schema"], task["name"]), threading.Lock())

    def _graph(self, root: Task, scheduled_at: dt.datetime, cause: str) -> None:
        graph_run_id = str(uuid.uuid4())
        succeeded, tried, ready = set[str](), set[str](), [root]
        while ready:
            for task in ready:
                tried.add(task["name"])
                if self._run(task, scheduled_at, cause, graph_run_id):
                    succeeded.add(task["name"])
            waiting = self._server.catalog.all(KIND, root["database"], root["schema"])
            ready = [t for t in waiting if t["name"] not in tried and _follows(t, succeeded)]

    def _run(self, task: Task, scheduled_at: dt.datetime, cause: str, graph_run_id: str) -> bool:
        run = Run(task, scheduled_at, self.now(), cause, graph_run_id, str(uuid.uuid4()))
        self.history.append(run)
        options = task["options"]
        login = Login(task["user"], task["owner"], options.get("WAREHOUSE"), task["database"], task["schema"])
        session = self._server.open_session(login)
        session.use_secondary(())  # a task has its owner's role and no other
        session.serverless = "WAREHOUSE" not in options
        token = f"task {secrets.token_urlsafe(24)}"  # nobody's client; by it the session can be seen and stopped
        self._server.sessions[token] = session
        try:
            if self._condition(session, options.get("WHEN")):
                _as_a_clients(session, task["definition"], run)
                run.state = "SUCCEEDED"
            else:
                run.state, run.error_code = "SKIPPED", "0040003"
                run.error_message = "Conditional expression for task evaluated to false."
        except Exception as error:  # noqa: BLE001  whatever it was, the run has ended and its graph goes on
            told = translate(error)
            run.state, run.error_code = "FAILED", f"{told.errno or 0:06d}"
            run.error_message = str(told.raw_msg or told.msg)
        finally:
            run.completed_at = self.now()
            if self._server.sessions.pop(token, None):  # an aborted session has ended already
                session.end()
        self._count(task, run)
        return run.state == "SUCCEEDED"

    def _condition(self, session: Session, condition: str | None) -> bool:
        from local_cloud.snowflake.dispatch import run  # noqa: PLC0415  which knows CREATE TASK, and that us

        return condition is None or bool(run(session, f"SELECT ({condition})").rows()[0][0])

    def _count(self, task: Task, run: Run) -> None:
        if run.state != "SKIPPED":
            where = (task["database"], task["schema"])
            self._server.catalog.update(KIND, where, task["name"], lambda kept: _counted(kept, run))

    def _change(self, task: Task, **changed: Any) -> None:
        self._server.catalog.update(KIND, (task["database"], task["schema"]), task["name"], lambda kept: kept | changed)


def _counted(kept: Task, run: Run) -> Task:
    """The task with one more run in its count of failures; too many of them suspend it."""
    failures = kept.get("failures", 0) + 1 if run.state == "FAILED" else 0
    limit = int(kept["options"].get("SUSPEND_TASK_AFTER_NUM_FAILURES", _SUSPENDED_AFTER_FAILURES))
    if limit and failures >= limit and kept["state"] == "started":
        run.state = "FAILED_AND_AUTO_SUSPENDED"
        return kept | {"state": "suspended", "failures": 0}
    return kept | {"failures": failures}


def _as_a_clients(session: Session, sql: str, run: Run) -> None:
    """Run a task's text as a client's: time limits, faults, QUERY_HISTORY and SYSTEM$CANCEL_… reach it."""
    from local_cloud.snowflake.fault_effects import struck  # noqa: PLC0415  which knows the server, and that us

    fault = session.server.faults.take(statement_class(sql), sql, without=OF_REQUESTS)
    statement = struck(fault, session, threading.Lock(), (sql, []))
    run.query_id = statement.query_id
    thread = threading.Thread(target=statement.run, name=f"statement {statement.query_id}", daemon=True)
    thread.start()
    thread.join()
    statement.done.result()


def due_at(task: Task, now: dt.datetime) -> dt.datetime:
    """When a resumed task is due: the first time after its last one, or after it was resumed."""
    resumed = dt.datetime.fromtimestamp(task.get("resumed_s", now.timestamp()), tz=dt.UTC)
    last = dt.datetime.fromtimestamp(task.get("last_due_s", resumed.timestamp()), tz=dt.UTC)
    return next_due(task["options"]["SCHEDULE"], resumed, max(last, resumed))


def predecessors(task: Task) -> list[str]:
    """The names of the tasks after which this one runs."""
    return [Reader(text).name()[-1] for text in comma_separated(task["options"].get("AFTER", ""))]


def _follows(task: Task, succeeded: set[str]) -> bool:
    before = predecessors(task)
    return task["state"] == "started" and bool(before) and succeeded.issuperset(before)
