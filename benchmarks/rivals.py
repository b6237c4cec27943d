"""The local cloud and what it is built on, side by side: the same clients, the same requests."""

import json
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3

from benchmarks.processes import ENDS_WITHIN_S, connected, served, with_warehouse

ANSWERS_WITHIN_S = 30.0
IMAGE = "program:bench"
START_DELAY_S = 3_600.0  # no process starts while requests are measured
_MERGE = """MERGE INTO bench.public.things t USING (SELECT ? AS id, ? AS name) s ON t.id = s.id
WHEN MATCHED THEN UPDATE SET name = s.name WHEN NOT MATCHED THEN INSERT (id, name) VALUES (s.id, s.name)"""


def _plain(running: ExitStack, *arguments: str) -> dict[str, Any]:
    """Another project's server on a free port; ready when it takes connections."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    running.callback(process.wait, ENDS_WITHIN_S)
    running.callback(process.terminate)
    until_s = time.monotonic() + ANSWERS_WITHIN_S
    while process.poll() is None and time.monotonic() < until_s:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return {"host": "127.0.0.1", "port": port, "endpoint": f"http://127.0.0.1:{port}"}
        time.sleep(0.05)
    raise SystemExit(f"python -m {' '.join(arguments)} {port} did not answer within {ANSWERS_WITHIN_S:.0f} s")


class Sql:
    """One Snowflake with a table of a thousand rows."""

    def __init__(self, endpoint: dict[str, Any]) -> None:
        """Make the table."""
        self._cursor: Any = connected(endpoint).cursor()
        self._cursor.execute("CREATE DATABASE bench")
        self._cursor.execute("CREATE SCHEMA IF NOT EXISTS bench.public")
        self._cursor.execute("CREATE TABLE bench.public.things (id INTEGER, name VARCHAR)")
        rows = ", ".join(f"({number}, 'thing {number}')" for number in range(1_000))
        self._cursor.execute(f"INSERT INTO bench.public.things VALUES {rows}")  # noqa: S608  numbers of our own

    def insert(self, number: int) -> None:
        """One row."""
        self._cursor.execute("INSERT INTO bench.public.things VALUES (?, ?)", (2_000 + number, "new"))

    def select(self, number: int) -> None:
        """One row by its key."""
        found = self._cursor.execute("SELECT id, name FROM bench.public.things WHERE id = ?", (number,)).fetchall()
        if found[0][0] != number:
            raise SystemExit(f"the answer to a SELECT of {number} is {found}")

    def merge(self, number: int) -> None:
        """One row changed."""
        self._cursor.execute(_MERGE, (number, f"merged {number}"))


def sql_pair(running: ExitStack) -> dict[str, Sql]:
    """Ours, which keeps everything on disk, and plain fakesnow, which keeps it in memory."""
    folder = running.enter_context(tempfile.TemporaryDirectory())
    ours = running.enter_context(served("local_cloud.snowflake", "--data-dir", folder))
    with_warehouse(ours.endpoint)
    return {"ours": Sql(ours.endpoint), "plain": Sql(_plain(running, "fakesnow", "-s", "--port"))}


class Ecs:
    """One ECS with a cluster and a task definition."""

    def __init__(self, endpoint: str) -> None:
        """Make them."""
        session = boto3.Session("AKIALOCALCLOUDBENCH0", "local", region_name="us-east-1")
        self._ecs: Any = session.client("ecs", endpoint_url=endpoint)
        ec2: Any = session.client("ec2", endpoint_url=endpoint)
        self._subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        self._group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        self._ecs.create_cluster(clusterName="bench")
        self._ecs.register_task_definition(
            family="bench",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "program", "image": IMAGE, "cpu": 256, "memory": 512}],
        )

    def run(self) -> str:
        """Launch a task; answers with its ARN."""
        answer = self._ecs.run_task(
            cluster="bench",
            taskDefinition="bench",
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": [self._subnet], "securityGroups": [self._group]}},
        )
        return str(answer["tasks"][0]["taskArn"])

    def describe(self, arns: list[str]) -> None:
        """Describe tasks, at most a hundred."""
        told = self._ecs.describe_tasks(cluster="bench", tasks=arns)["tasks"]
        if len(told) != len(arns):
            raise SystemExit(f"{len(told)} of {len(arns)} tasks were described")


def ecs_pair(running: ExitStack) -> dict[str, Ecs]:
    """Ours, and plain moto."""
    folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
    images = folder / "images.json"
    images.write_text(json.dumps({IMAGE: {"command": ["/bin/true"]}}), encoding="utf-8")
    options = ("--data-dir", str(folder / "aws"), "--images", str(images), "--start-delay-s", str(START_DELAY_S))
    ours = running.enter_context(served("local_cloud.aws", *options))
    return {
        "ours": Ecs(ours.endpoint["endpoint"]),
        "plain": Ecs(_plain(running, "moto.server", "-H", "127.0.0.1", "-p")["endpoint"]),
    }
