"""What the local cloud answers itself, in front of moto: health, orders of trouble, the clock, task metadata."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from local_cloud.aws.fargate.engine import FargateEngine
from local_cloud.aws.fargate.metadata import container_metadata, container_stats, task_metadata
from local_cloud.aws.fargate.roster import Roster
from local_cloud.aws.faults.orders import FaultBook
from local_cloud.aws.faults.routes import FAULTS_PATH, answer
from local_cloud.aws.schedules.clockwork import Clockwork
from local_cloud.aws.schedules.routes import SCHEDULES_PATH
from local_cloud.aws.schedules.routes import answer as clock_answer

HEALTH_PATH = "/local-cloud/health"
METADATA_PREFIX = "/v4/"  # no S3 bucket can be called so: names have three characters or more

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class OwnRoutes:
    """A WSGI application that answers our paths and hands all others on.

    Args:
        engine: the Fargate whose running tasks can be struck.
        roster: the tasks that are asked about.
        faults: the trouble that was ordered.
        clockwork: the clock of schedules.
        rest: what answers every other path.
    """

    def __init__(
        self, engine: FargateEngine, roster: Roster, faults: FaultBook, clockwork: Clockwork, rest: WsgiApp
    ) -> None:
        self._engine = engine
        self._roster = roster
        self._faults = faults
        self._clockwork = clockwork
        self._rest = rest

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        path = str(environ.get("PATH_INFO", ""))
        if path == FAULTS_PATH:
            return _send(*answer(self._faults, environ, self._engine.strike_running), start_response)
        if path == SCHEDULES_PATH:
            return _send(*clock_answer(self._clockwork, environ), start_response)
        if path == HEALTH_PATH:
            document: dict[str, Any] | None = {
                "service": "aws",
                "status": "ok",
                "tasks": self._roster.count_by_status(),
            }
        elif path.startswith(METADATA_PREFIX):
            document = self._metadata(path.removeprefix(METADATA_PREFIX).rstrip("/"))
        else:
            return self._rest(_with_body_as_it_is(environ), start_response)
        if document is None:
            return _send("404 Not Found", {"message": "not found"}, start_response)
        return _send("200 OK", document, start_response)

    def _metadata(self, rest: str) -> dict[str, Any] | None:
        container_id, _, question = rest.partition("/")
        found = self._roster.container(container_id)
        if found is None:
            return None
        record, name, pid = found
        if question == "":
            return container_metadata(record, name, container_id)
        if question == "task":
            return task_metadata(record, self._roster.container_ids(record))
        if question == "stats":
            return container_stats(record, name, pid)
        if question == "task/stats":
            ids = self._roster.container_ids(record)
            pids = {item: self._roster.container(item) for item in ids.values()}
            return {item: container_stats(*entry) for item, entry in pids.items() if entry}
        return None


def _with_body_as_it_is(environ: dict[str, Any]) -> dict[str, Any]:
    """Keep moto from reading the bytes of an upload as a form, because of a client's default content type."""
    is_form = str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded")
    if is_form and environ.get("REQUEST_METHOD") == "PUT":
        return {**environ, "CONTENT_TYPE": "binary/octet-stream"}
    return environ


def _send(status: str, document: Any, start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = json.dumps(document).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
