"""A running system as the tests of the field drive it: executors that end and start, jobs, faults, task definitions."""

import json
from pathlib import Path
from typing import Any

import boto3

from tests.acceptance.system.driving import Analyst, Running, Stack

USUAL = "reporting-runner"


class Executors:
    """The one executor of these tests, which may be ended and started again."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self._stack, self._folder = stack, folder
        self.running: Running | None = None

    def start(self) -> None:
        if self.running is None:
            self.running = self._stack.start_executor(self._folder)
            self.running.wait_for(lambda line: '"action": "lead"' in line)

    def end(self) -> None:
        running, self.running = self.running, None
        assert running is None or running.stop() == 0


def health(analyst: Analyst) -> dict[str, Any]:
    return analyst.rows("SELECT * FROM reporting.queue_health")[0]


def attempts(analyst: Analyst, job_id: str) -> list[dict[str, Any]]:
    return analyst.rows("SELECT * FROM reporting.job_attempts WHERE job_id = ? ORDER BY attempt", job_id)


def asked(analyst: Analyst, report_type: str, attempts: int = 1) -> str:
    call = "CALL reporting.generate_report(?, OBJECT_CONSTRUCT(), PARSE_JSON(?)::OBJECT)"
    return str(analyst.call(call, report_type, json.dumps({"max_attempts": attempts}))["job_id"])


def explained(stack: Stack, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stack.reporting("explain", "job", job_id, "--json").stdout)[0]
    return found


def fault(stack: Stack, *words: str) -> None:
    stack.reporting("local", "fault", "add", *words, "--dir", str(stack.folder))


def ecs(stack: Stack) -> Any:
    session: Any = boto3.Session("x", "x", region_name="us-east-1")
    return session.client("ecs", endpoint_url=stack.settings["AWS_ENDPOINT_URL"])


def register(stack: Stack, family: str, code: str = "", **environment: str) -> None:
    """A family that runs a line of Python in place of the runner, or the runner with another environment."""
    client = ecs(stack)
    usual = client.describe_task_definition(taskDefinition=USUAL)["taskDefinition"]
    container = usual["containerDefinitions"][0]
    kept = [pair for pair in container["environment"] if pair["name"] not in environment]
    container["environment"] = kept + [{"name": name, "value": value} for name, value in environment.items()]
    container |= {"command": ["-c", code], "entryPoint": ["python"]} if code else {}
    same = ("networkMode", "cpu", "memory", "executionRoleArn", "taskRoleArn", "requiresCompatibilities")
    client.register_task_definition(
        family=family, containerDefinitions=[container], **{name: usual[name] for name in same if name in usual}
    )
