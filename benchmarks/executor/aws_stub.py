"""A stub of AWS for benchmarks, no more: ECS with AWS's token buckets, S3 with conditional writes, hints, no logs.

It knows the calls of the executor and what they answer at real size, checks nothing, and keeps everything in memory.
A task's manifest and its file are there once the task has stopped. It runs in a process of its own; ``GET /stub`` tells
what it counted.
"""

import argparse
import asyncio
import hashlib
import json
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

from aiohttp import web

from benchmarks.executor.buckets import Buckets
from benchmarks.executor.hints_stub import HintsStub
from benchmarks.executor.stub_task import StubTask
from contract.manifest import MANIFEST_NAME, ReportFile
from contract.report import ReportFormat
from contract.task_spec import SPEC_ENV, TaskSpec
from executor.testing.programs import manifest_of

FORGETS_S = 600.0
"""Stopped tasks are forgotten after so long; ECS says an hour, which the long benchmarks have no memory for."""
FILE_BYTES = 2048
PAGE = 100


@dataclass(frozen=True, slots=True)
class Manner:
    """How the stub behaves: seconds of an answer to RunTask, until a task runs, and for how long it does."""

    answer_s: float
    starts_s: float
    runs_s: float


class AwsStub:
    """ECS and S3 in one place."""

    def __init__(self, manner: Manner, buckets: Buckets) -> None:
        """An empty cluster, an empty bucket."""
        self._manner, self._buckets = manner, buckets
        self._tasks: dict[str, StubTask] = {}
        self._by_token: dict[str, StubTask] = {}
        self._by_tag: dict[str, StubTask] = {}
        self._by_prefix: dict[str, StubTask] = {}
        self._objects: dict[str, tuple[bytes, str, float]] = {}
        self._calls: Counter[str] = Counter()
        self._throttled: Counter[str] = Counter()
        self._launched_s: list[float] = []
        self._asked_s: dict[str, float] = {}
        self._hints = HintsStub()

    async def answer(self, request: web.Request) -> web.Response:
        """Answer any request."""
        if request.path == "/stub":
            return web.json_response(self._told())
        if request.path == "/stub/preload":
            return web.json_response(self._preload(int(request.query["tasks"])))
        if request.path == "/stub/ring":
            self._hints.ring()
            return web.json_response({})
        target = request.headers.get("X-Amz-Target", "")
        body = await request.read()
        if not target:
            return self._s3(request, body)
        call = target.rpartition(".")[2]
        self._calls[call] += 1
        if call == "RunTask":
            self._asked_s.setdefault(json.loads(body)["startedBy"].split("/")[2], time.time())  # noqa: TID251 - a clock
        if not self._buckets.take(call):
            self._throttled[call] += 1
            return _json({"__type": "ThrottlingException", "message": "Rate exceeded"}, 400)
        return await getattr(self, f"_{call}", self._nothing)(json.loads(body))

    async def _nothing(self, _asked: dict[str, Any]) -> web.Response:
        return _json({"events": []})

    async def _RunTask(self, asked: dict[str, Any]) -> web.Response:  # noqa: N802 - named as the call is
        task = self._by_token.get(asked["clientToken"]) or self._new(asked)
        await asyncio.sleep(self._manner.answer_s)
        return _text(f'{{"failures":[],"tasks":[{task.told(_now_s())}]}}')

    def _new(self, asked: dict[str, Any]) -> StubTask:
        now_s, manner = _now_s(), self._manner
        starts_s = now_s + manner.answer_s + manner.starts_s
        containers = asked["overrides"]["containerOverrides"]
        task = StubTask(asked["startedBy"], containers, now_s, starts_s, starts_s + manner.runs_s)
        self._launched_s.append(time.monotonic())
        self._by_token[asked["clientToken"]] = self._by_tag[task.started_by] = self._keep(task)
        return task

    def _keep(self, task: StubTask) -> StubTask:
        self._tasks[task.arn] = task
        environment = {pair["name"]: pair["value"] for pair in task.containers[0]["environment"]}
        if SPEC_ENV in environment:
            self._by_prefix[json.loads(environment[SPEC_ENV])["prefix"]] = task
        self._forget()
        return task

    def _forget(self) -> None:
        # Tasks end in about the order in which they were launched.
        now_s = _now_s()
        while (oldest := next(iter(self._tasks.values()))).stops_s + FORGETS_S < now_s:
            del self._tasks[oldest.arn]

    async def _DescribeTasks(self, asked: dict[str, Any]) -> web.Response:  # noqa: N802 - named as the call is
        now_s, found = _now_s(), [self._tasks[arn] for arn in asked["tasks"] if arn in self._tasks]
        missing = [{"arn": arn, "reason": "MISSING"} for arn in asked["tasks"] if arn not in self._tasks]
        told = ",".join(task.told(now_s) for task in found)
        return _text(f'{{"failures":{json.dumps(missing)},"tasks":[{told}]}}')

    async def _ListTasks(self, asked: dict[str, Any]) -> web.Response:  # noqa: N802 - named as the call is
        now_s, stopped = _now_s(), asked.get("desiredStatus") == "STOPPED"
        tag = asked.get("startedBy")
        tasks = [self._by_tag[tag]] if tag in self._by_tag else [] if tag else list(self._tasks.values())
        arns = [task.arn for task in tasks if task.stopped(now_s) is stopped]
        begin = int(asked.get("nextToken") or 0)
        more = {"nextToken": str(begin + PAGE)} if begin + PAGE < len(arns) else {}
        return _json({"taskArns": arns[begin : begin + PAGE], **more})

    async def _StopTask(self, asked: dict[str, Any]) -> web.Response:  # noqa: N802 - named as the call is
        task = self._tasks[asked["task"]]
        task.stops_s = min(task.stops_s, _now_s())
        return _text(f'{{"task":{task.told(_now_s())}}}')

    async def _ReceiveMessage(self, asked: dict[str, Any]) -> web.Response:  # noqa: N802 - named as the call is
        return _json(await self._hints.receive(asked))

    async def _DeleteMessageBatch(self, asked: dict[str, Any]) -> web.Response:  # noqa: N802 - named as the call is
        return _json(await self._hints.delete(asked))

    def _s3(self, request: web.Request, body: bytes) -> web.Response:
        self._calls[f"S3 {request.method}"] += 1
        key = request.path.removeprefix("/").partition("/")[2]
        if key.endswith(MANIFEST_NAME) and key not in self._objects:
            self._leave(key)
        known = self._objects.get(key)
        if request.method == "PUT":
            return self._put(request, key, known, body)
        if known is None:
            return web.Response(status=404, body=b"<Error><Code>NoSuchKey</Code></Error>")
        headers = {"ETag": known[1], "Last-Modified": formatdate(known[2], usegmt=True)}
        return web.Response(body=known[0], headers=headers)

    def _put(self, request: web.Request, key: str, known: tuple[bytes, str, float] | None, body: bytes) -> web.Response:
        wanted, none = request.headers.get("If-Match"), request.headers.get("If-None-Match")
        if (wanted and (known is None or known[1] != wanted)) or (none and known is not None):
            return web.Response(status=412, body=b"<Error><Code>PreconditionFailed</Code></Error>")
        etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
        self._objects[key] = (body, etag, _now_s())
        return web.Response(headers={"ETag": etag})

    def _leave(self, key: str) -> None:
        task = self._by_prefix.get(key.removesuffix(MANIFEST_NAME))
        if task is None or not task.stopped(_now_s()):
            return
        environment = {pair["name"]: pair["value"] for pair in task.containers[0]["environment"]}
        spec = TaskSpec.model_validate_json(environment[SPEC_ENV])
        name, folder = "top.csv", key.removesuffix(MANIFEST_NAME)
        file = ReportFile(
            name=name,
            uri=f"s3://{spec.bucket}/{folder}{name}",
            format=ReportFormat.CSV,
            query="top",
            bytes=FILE_BYTES,
            rows=20,
            sha256="0" * 64,
            content_type="text/csv",
        )
        manifest = manifest_of(spec, task.arn, datetime.fromtimestamp(task.stops_s, UTC))
        manifest = manifest.model_copy(update={"files": (file,)})
        self._objects[folder + name] = (b"x" * FILE_BYTES, '"file"', task.stops_s)
        self._objects[key] = (manifest.model_dump_json().encode(), '"manifest"', task.stops_s)

    def _preload(self, count: int) -> list[str]:
        # Tasks that run already, as an executor finds them that takes over. Their orders are of the usual length.
        now_s = _now_s()
        environment = [{"name": "REPORTING_TASK_SPEC_NOTE", "value": "x" * 1200}]
        for number in range(count):
            containers = [{"name": "report", "environment": environment}]
            tag = f"reporting/bench/job-{number:06d}/1"
            self._keep(StubTask(tag, containers, now_s - 60, now_s - 30, now_s + 86_400))
        return [task.arn for task in self._tasks.values()]

    def _told(self) -> dict[str, Any]:
        now_s = _now_s()
        return {
            "calls": dict(self._calls),
            "throttled": dict(self._throttled),
            "launched_s": self._launched_s,
            "asked_s": self._asked_s,
            "tasks": len(self._by_token),
            "running": sum(task.runs(now_s) for task in self._tasks.values()),
        }


def _now_s() -> float:
    return time.time()  # noqa: TID251 - a server of its own has a clock of its own


def _json(what: object, status: int = 200) -> web.Response:
    return web.json_response(what, status=status, content_type="application/x-amz-json-1.1")


def _text(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/x-amz-json-1.1")


async def _serve(stub: AwsStub) -> None:
    application = web.Application(client_max_size=1 << 22)
    application.router.add_route("*", "/{path:.*}", stub.answer)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    sys.stdout.write(json.dumps({"endpoint": f"http://127.0.0.1:{port}"}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answer-s", type=float, default=0.3)
    parser.add_argument("--starts-s", type=float, default=5.0)
    parser.add_argument("--runs-s", type=float, default=300.0)
    parser.add_argument("--unlimited", action="store_true")
    given = parser.parse_args()
    manner = Manner(given.answer_s, given.starts_s, given.runs_s)
    asyncio.run(_serve(AwsStub(manner, Buckets(unlimited=given.unlimited))))


if __name__ == "__main__":
    main()
