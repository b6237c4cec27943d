"""A local AWS with a stack on it, and the fakes in the same words, so that one suite can ask both."""

import asyncio
import base64
import hashlib
import json
import urllib.request
from collections.abc import Mapping
from typing import Any, Protocol

from contract.outcome import ExitCode
from executor.adapters.ecs_launcher import EcsLauncher
from executor.core.tasks import TaskView
from executor.ports import Launcher, Logs
from executor.testing.fake_launcher import FakeLauncher
from executor.testing.memory_logs import MemoryLogs
from executor.testing.task_life import Ending
from executor.testing.virtual_clock import VirtualClock
from local_cloud.aws.bootstrap import StackOutputs

IMAGE = "python:ports"
DONE = "print('done')"
FAILS = "import sys; sys.exit(12)"
STAYS = "import time; time.sleep(60)"
TALKS = "[print(f'line {n}', flush=True) for n in range(50)]"

_PATIENCE_S = 60.0


def order_trouble(endpoint: str, *faults: dict[str, Any]) -> None:
    """Let the next calls of a local AWS fail."""
    body, headers = json.dumps(faults).encode(), {"Content-Type": "application/json"}
    with urllib.request.urlopen(
        urllib.request.Request(f"{endpoint}/local-cloud/faults", body, headers), timeout=_PATIENCE_S
    ) as answer:
        answer.read()


class Fargate(Protocol):
    """A launcher, the logs of its tasks, and their time."""

    launcher: Launcher
    logs: Logs
    cluster: str

    def request(self, code: str, token: str, started_by: str) -> dict[str, Any]: ...

    async def until_stopped(self, arn: str) -> TaskView: ...

    async def until_running(self, arn: str) -> TaskView: ...


def _request(stack: Mapping[str, Any], code: str, token: str, started_by: str) -> dict[str, Any]:
    return {
        "cluster": stack["cluster"],
        "taskDefinition": stack["task_definition"],
        "count": 1,
        "clientToken": token,
        "startedBy": started_by,
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": list(stack["subnets"])}},
        "overrides": {"containerOverrides": [{"name": "report", "command": ["-c", code]}]},
    }


class FakeFargate:
    """The shipped fake: tasks end by virtual time."""

    cluster = "reporting"

    def __init__(self) -> None:
        self._clock, self._said = VirtualClock(), MemoryLogs()
        self._tasks = FakeLauncher(self._clock.now, self._program)
        self.launcher: Launcher = self._tasks
        self.logs: Logs = self._said

    def _program(self, arn: str, request: Mapping[str, Any]) -> Ending:
        code = request["overrides"]["containerOverrides"][0]["command"][1]
        lines = {DONE: ["done"], TALKS: [f"line {number}" for number in range(50)]}.get(code, [])

        def say() -> None:
            for line in lines:
                self._said.say(arn, line)

        exit_code = ExitCode.QUERY_FAILED if code == FAILS else ExitCode.DONE
        return Ending(exit_code=exit_code, runs_for_s=60.0 if code == STAYS else 1.0, leaves=say)

    def request(self, code: str, token: str, started_by: str) -> dict[str, Any]:
        stack = {"cluster": self.cluster, "task_definition": "reporting-job:1", "subnets": ["subnet-1"]}
        return _request(stack, code, token, started_by)

    async def until_stopped(self, arn: str) -> TaskView:
        self._clock.advance(100)
        return (await self.launcher.describe(self.cluster, [arn]))[arn]

    async def until_running(self, arn: str) -> TaskView:
        self._clock.advance(2.5)
        return (await self.launcher.describe(self.cluster, [arn]))[arn]


class LocalFargate:
    """The real adapters over a local AWS: tasks are processes and end by themselves."""

    def __init__(self, stack: StackOutputs, ecs: Any, logs: Logs) -> None:
        self._stack = {"cluster": stack.cluster, "task_definition": stack.task_definition, "subnets": stack.subnets}
        self.cluster = stack.cluster
        self.launcher: Launcher = EcsLauncher(ecs)
        self.logs = logs

    def request(self, code: str, token: str, started_by: str) -> dict[str, Any]:
        return _request(self._stack, code, token, started_by)

    async def until_stopped(self, arn: str) -> TaskView:
        return await self._until(arn, "STOPPED")

    async def until_running(self, arn: str) -> TaskView:
        return await self._until(arn, "RUNNING")

    async def _until(self, arn: str, status: str) -> TaskView:
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                task = (await self.launcher.describe(self.cluster, [arn]))[arn]
                if task.last_status == status:
                    return task
                await asyncio.sleep(0.05)


class Bucket(Protocol):
    """Somebody else who writes into the bucket."""

    async def put(self, key: str, text: str, *, checked: bool = False) -> None:
        """Upload it; ``checked`` with its SHA-256, as the runner does."""

    async def get(self, key: str) -> Any: ...

    async def remove(self, key: str) -> None: ...


class S3Bucket:
    """Through the SDK."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name

    async def put(self, key: str, text: str, *, checked: bool = False) -> None:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        more = {"ChecksumSHA256": digest} if checked else {}
        await self._client.put_object(Bucket=self._name, Key=key, Body=text.encode(), **more)

    async def get(self, key: str) -> Any:
        answer = await self._client.get_object(Bucket=self._name, Key=key)
        return json.loads(await answer["Body"].read())

    async def remove(self, key: str) -> None:
        await self._client.delete_object(Bucket=self._name, Key=key)


class MemoryBucket:
    """In the fake's dictionary."""

    def __init__(self, objects: dict[str, str]) -> None:
        self._objects = objects

    async def put(self, key: str, text: str, *, checked: bool = False) -> None:
        self._objects[key] = text

    async def get(self, key: str) -> Any:
        return json.loads(self._objects[key])

    async def remove(self, key: str) -> None:
        del self._objects[key]
