"""The local cloud of the chaos suite: one Snowflake, one AWS, and a queue of its own for each lane."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlparse

import boto3
import snowflake.connector

from contract.binding import bound
from executor.cli import local_settings as local
from executor.cli.children import Child
from executor.cli.local_install import only
from executor.deploy import snowflake as snowflake_side
from executor.settings import ObjectNames
from local_cloud.aws.bootstrap import StackOutputs, create_stack
from local_cloud.aws.hints_queue import ensure_hints_queue
from sql import load
from tests.chaos.container import TINY
from tests.chaos.counting import MAX_ATTEMPTS

ROOT = Path(__file__).parents[2]
REAL = "CHAOS_REAL"
DEFINITIONS: dict[str, dict[str, Any]] = {
    TINY: {
        "title": "What the small container is told to do",
        "parameters": {
            "program": {"type": "string", "default": "ok"},
            "seconds": {"type": "number", "default": 0},
            "one": {"type": "string", "maxLength": 4000, "default": ""},
            "other": {"type": "string", "maxLength": 4000, "default": ""},
        },
        "queries": [{"name": "answer", "sql": "SELECT 42 AS answer"}],
        "max_attempts": MAX_ATTEMPTS,
    },
    REAL: {
        "title": "A report by the real runner",
        "queries": [{"name": "answer", "sql": "SELECT 42 AS answer"}],
        "max_attempts": MAX_ATTEMPTS,
    },
}
Side = Literal["aws", "snowflake"]


def client(endpoint: str, service: str) -> Any:
    """A client of the local AWS."""
    return boto3.Session("AKIALOCALCLOUDCHAOS0", "local", region_name=local.REGION).client(
        service,  # type: ignore[call-overload]  # the service's name is a variable
        endpoint_url=endpoint,
    )


@dataclass(frozen=True, slots=True)
class Queue:
    """One installation: the environment of its executors, without the port of their line to Snowflake."""

    installation: str
    bucket: str
    database: str
    environment: dict[str, str]


class Cloud:
    """The two servers, running."""

    def __init__(self, endpoints: Mapping[Side, str]) -> None:
        """``endpoints`` are the servers' URLs."""
        self.endpoints = endpoints

    @property
    def snowflake_port(self) -> int:
        """Where the local Snowflake listens."""
        return int(self._signing_in(local.OPERATOR)["SNOWFLAKE_PORT"])

    def install(self, lane: int, say: Callable[[str], None]) -> Queue:
        """Make the queue of a lane: bucket, task definition, database with all that belongs to it, report types."""
        name = f"chaos-{lane}"
        queue = Queue(name, name, f"CHAOS_{lane}", {})
        inside = {"SNOWFLAKE_DATABASE": queue.database}
        outputs = self._resources(queue, f"{local.FAMILY}-{lane}", self._signing_in(local.RUNNER) | inside)
        names = ObjectNames(database=queue.database, warehouse=local.WAREHOUSE, REPORTING_SCHEMA=local.SCHEMA)
        as_administrator = only(self._signing_in(local.ADMINISTRATOR) | inside)
        snowflake_side.deploy(
            installation=queue.installation,
            bucket=queue.bucket,
            names=names,
            snowflake_settings=as_administrator,
            say=lambda _step: None,
        )
        self._define(as_administrator.connect_arguments(names))
        say(f"queue {queue.installation}: there")
        queue.environment.update(
            self._inherited()
            | local.aws_environment(self.endpoints["aws"])
            | self._signing_in(local.OPERATOR)
            | inside
            | local.reporting_environment(
                outputs.task_definition, outputs.subnets, outputs.security_groups, self._hints_queue(queue)
            )
            | {
                "REPORTING_INSTALLATION": queue.installation,
                "REPORTING_BUCKET": queue.bucket,
                "REPORTING_DATABASE": queue.database,
            }
        )
        return queue

    def _resources(self, queue: Queue, family: str, as_runner: Mapping[str, str]) -> StackOutputs:
        return create_stack(
            self.endpoints["aws"],
            bucket=queue.bucket,
            cluster=local.CLUSTER,
            family=family,
            image=local.IMAGE,
            log_group=local.LOG_GROUP,
            environment={key: value for key, value in as_runner.items() if key != "SNOWFLAKE_PASSWORD"},
            secrets={"SNOWFLAKE_PASSWORD": as_runner["SNOWFLAKE_PASSWORD"]},
            cpu=256,
            memory_mb=512,
            region=local.REGION,
        )

    def _hints_queue(self, queue: Queue) -> str:
        # The cluster is shared, so each queue hears of the neighbours' tasks too; its messages are its own.
        sqs, events, ecs = (client(self.endpoints["aws"], service) for service in ("sqs", "events", "ecs"))
        (shared,) = ecs.describe_clusters(clusters=[local.CLUSTER])["clusters"]
        return ensure_hints_queue(sqs, events, cluster_arn=shared["clusterArn"], name=f"{queue.installation}-hints")

    def _signing_in(self, role: str) -> dict[str, str]:
        return local.snowflake_environment(self.endpoints["snowflake"], role)

    def order(self, side: Side, orders: list[dict[str, Any]]) -> None:
        """Order trouble."""
        self._ask("POST", side, json.dumps(orders))

    def clear(self) -> None:
        """Take back all trouble that has not struck."""
        for side in self.endpoints:
            self._ask("DELETE", side)

    def _ask(self, method: str, side: Side, body: str | None = None) -> None:
        url = urlparse(self.endpoints[side])
        connection = HTTPConnection(str(url.hostname), url.port, timeout=60)
        try:
            connection.request(method, "/local-cloud/faults", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            if answer.status >= 400:
                raise RuntimeError(f"the local {side} refuses {body}: {answer.read()!r}")
        finally:
            connection.close()

    @staticmethod
    def _inherited() -> dict[str, str]:
        ours = ("AWS_", "SNOWFLAKE_", "REPORTING_")
        return {key: value for key, value in os.environ.items() if not key.startswith(ours)} | {"PYTHONPATH": str(ROOT)}

    @staticmethod
    def _define(arguments: dict[str, Any]) -> None:
        with snowflake.connector.connect(**arguments, paramstyle="qmark") as connection:
            for report_type, definition in DEFINITIONS.items():
                values = {"report_type": report_type, "version": 1, "definition": json.dumps(definition)}
                connection.cursor().execute(*bound(load("insert_report_type"), values | {"digest": "chaos"}))


@contextmanager
def cloud(folder: Path) -> Iterator[Cloud]:
    """Start both servers, and end them and all their tasks."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    images = folder / "images.json"
    small = {
        "command": [sys.executable, "-I", "-S", "-E", str(Path(__file__).with_name("container.py"))],
        "environment": {"PYTHONPATH": str(ROOT)},
        "working_dir": str(folder),
    }
    images.write_text(json.dumps({local.IMAGE: small}), encoding="utf-8")
    own = {
        "snowflake": ["--administrators", local.USER],
        # Tasks are counted at the end, by ECS's own list: it must not have forgotten one.
        "aws": ["--images", str(images), "--start-delay-s", "0", "--stopped-retention-s", "86400"],
    }
    children: dict[Side, Child] = {}
    try:
        for side in ("snowflake", "aws"):
            words = [sys.executable, "-m", f"local_cloud.{side}", "--die-with-parent", "--data-dir", str(folder / side)]
            children[side] = Child(f"the local {side}", [*words, *own[side]], folder / "logs" / f"{side}.log")
        yield Cloud({side: str(child.ready()["endpoint"]) for side, child in children.items()})
    finally:
        for child in children.values():
            child.stop()
