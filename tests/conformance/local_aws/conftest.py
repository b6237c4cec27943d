"""One local AWS for all of these tests, with a stack on it, and the handful of verbs they need."""

import json
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local_cloud.aws.bootstrap import StackOutputs, create_stack
from local_cloud.aws.process import LocalAwsProcess
from tests.conformance.local_aws.timing import TRUST
from tests.field import live

DEADLINE_S = 60.0
IMAGE = "python:test"
NO_RETRIES = Config(retries={"total_max_attempts": 1}, signature_version="s3v4")

_SESSION = boto3.Session("AKIALOCALCLOUDTESTS0", "local", region_name="us-east-1")
"""One for all clients: a session reads each service's description once."""


class Cloud:
    """A client's view of one local AWS with one stack."""

    def __init__(self, endpoint: str, stack: StackOutputs) -> None:
        self.endpoint = endpoint
        self.stack = stack
        self.session = _SESSION
        self.ecs = self.client("ecs")
        self.logs = self.client("logs")
        self.s3 = self.client("s3")

    def elsewhere(self, endpoint: str) -> "Cloud":
        """The same stack on another server."""
        return Cloud(endpoint, make_stack(endpoint))

    def client(self, service: str) -> Any:
        session: Any = self.session
        return session.client(service, endpoint_url=self.endpoint, config=NO_RETRIES)

    def launch(self, code: str = "", **parameters: Any) -> dict[str, Any]:
        """RunTask of a Python program with everything a Fargate task needs; answers with the call's answer."""
        request: dict[str, Any] = {
            "cluster": self.stack.cluster,
            "taskDefinition": self.stack.task_definition,
            "networkConfiguration": {"awsvpcConfiguration": {"subnets": list(self.stack.subnets)}},
            "overrides": {"containerOverrides": [{"name": "report", "command": ["-c", code]}]},
        }
        answer: dict[str, Any] = self.ecs.run_task(**{**request, **parameters})
        return answer

    def run(self, code: str = "", **parameters: Any) -> str:
        """Launch one task; answers with its ARN."""
        return str(self.launch(code, **parameters)["tasks"][0]["taskArn"])

    def describe(self, arn: str, **parameters: Any) -> dict[str, Any]:
        answer = self.ecs.describe_tasks(cluster=self.stack.cluster, tasks=[arn], **parameters)
        task: dict[str, Any] = answer["tasks"][0]
        return task

    def until(self, question: Callable[[], Any], what: str) -> Any:
        """Ask until the answer is true; answers with it."""
        deadline = time.monotonic() + DEADLINE_S
        while time.monotonic() < deadline:
            if answer := question():
                return answer
            time.sleep(0.05)
        raise AssertionError(f"not within {DEADLINE_S} s: {what}")

    def await_status(self, arn: str, status: str) -> dict[str, Any]:
        """Poll until the task has a status."""

        def task_with_status() -> dict[str, Any] | None:
            task = self.describe(arn)
            return task if task["lastStatus"] == status else None

        task: dict[str, Any] = self.until(task_with_status, f"{arn} is {status}")
        return task

    def finish(self, code: str = "", **parameters: Any) -> dict[str, Any]:
        """Run a program to its end; answers with the stopped task."""
        return self.await_status(self.run(code, **parameters), "STOPPED")

    def lines(self, arn: str, container: str = "report") -> list[str]:
        """The log of one container of a task."""
        stream = f"report/{container}/{arn.rsplit('/', 1)[-1]}"
        events = self.logs.get_log_events(logGroupName=self.stack.log_group, logStreamName=stream, startFromHead=True)[
            "events"
        ]
        return [event["message"] for event in events]

    def await_line(self, arn: str, line: str) -> None:
        """Poll until a line is in the task's log."""

        def is_there() -> bool:
            try:
                return line in self.lines(arn)
            except self.logs.exceptions.ResourceNotFoundException:
                return False  # the stream comes with the container

        self.until(is_there, f"{line!r} is in the log of {arn}")

    def order(self, *faults: dict[str, Any], method: str = "POST") -> Any:
        """Order trouble; answers with what is left of all orders."""
        request = urllib.request.Request(
            f"{self.endpoint}/local-cloud/faults",
            json.dumps(faults).encode() if method == "POST" else None,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=DEADLINE_S) as answer:
            return json.load(answer)

    def register(self, *containers: dict[str, Any], **parameters: Any) -> str:
        """Register a definition of containers (name and what differs); answers with family:revision."""
        defaults = {"image": IMAGE, "logConfiguration": self.log_configuration()}
        answer = self.ecs.register_task_definition(
            **{
                "family": f"f-{uuid.uuid4().hex[:8]}",
                "networkMode": "awsvpc",
                "requiresCompatibilities": ["FARGATE"],
                "cpu": "256",
                "memory": "512",
                "containerDefinitions": [{**defaults, **container} for container in containers],
                **parameters,
            }
        )["taskDefinition"]
        return f"{answer['family']}:{answer['revision']}"

    def log_configuration(self, **options: str) -> dict[str, Any]:
        defaults = {
            "awslogs-group": self.stack.log_group,
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "report",
        }
        return {"logDriver": "awslogs", "options": {**defaults, **options}}


def make_stack(endpoint: str) -> StackOutputs:
    return create_stack(
        endpoint,
        bucket="local-aws-tests",
        cluster="reporting",
        family="reporting-job",
        image=IMAGE,
        log_group="/reporting/jobs",
        environment={"FROM_DEFINITION": "definition"},
        cpu=256,
        memory_mb=512,
    )


@pytest.fixture(scope="session")
def images_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("images") / "images.json"
    image = {"command": [sys.executable, "-I"], "environment": {"FROM_IMAGE": "image"}}
    path.write_text(json.dumps({IMAGE: image, "sh:test": {"command": ["/bin/sh"]}}))
    return path


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local-aws")


@pytest.fixture(scope="session")
def cloud(data_dir: Path, images_file: Path) -> Iterator[Cloud]:
    with LocalAwsProcess(data_dir, images_file, start_delay_s=0.0) as server:
        yield Cloud(server.endpoint, make_stack(server.endpoint))


@pytest.fixture
def trouble(cloud: Cloud) -> Iterator[Cloud]:
    """The local AWS for a test that orders trouble; what did not strike is taken back."""
    yield cloud
    cloud.order(method="DELETE")


@pytest.fixture
def make_cloud(images_file: Path, tmp_path: Path) -> Iterator[Any]:
    """Start servers of one's own: `make_cloud(**settings)` answers with (server, Cloud)."""
    started: list[LocalAwsProcess] = []

    def make(**settings: Any) -> tuple[LocalAwsProcess, Cloud]:
        server = LocalAwsProcess(tmp_path / "data", images_file, **{"start_delay_s": 0.0, **settings})
        started.append(server)
        return server, Cloud(server.endpoint, make_stack(server.endpoint))

    yield make
    for server in started:
        server.stop()


@pytest.fixture
def is_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Cloud, str], None]:
    """Asks ``reporting explain`` for the cause of a service that never gets healthy."""
    return lambda cloud, name: live.is_explained(cloud, name, monkeypatch, tmp_path / "incident.json")


@pytest.fixture(scope="session")
def role(cloud: Cloud) -> str:
    """A role that EventBridge Scheduler may take on."""
    policy = json.dumps({"Statement": [TRUST]})
    made = cloud.client("iam").create_role(RoleName="starts-tasks", AssumeRolePolicyDocument=policy)
    return str(made["Role"]["Arn"])
