"""A checkout of our own with a local cloud of its own, deployed by its command line as a stranger would."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import snowflake.connector

from executor.deploy import tasks

ROOT = Path(__file__).parents[3]
PARTS = (
    "contract", "sql", "snowpark_procs", "executor", "runner", "doctor", "local_cloud", "infra", ".ci", "Makefile",
    "pyproject.toml", "uv.lock",
)  # fmt: skip
DEADLINE_S = 120.0
LITTLE = {"title": "Little", "queries": [{"name": "one", "sql": "SELECT 1 AS one"}], "formats": ["csv"]}


class Place:
    """One checkout and its environment ``local``."""

    def __init__(self, folder: Path) -> None:
        """Copy what a fresh clone has, as far as a deployment needs it."""
        self.root = folder / "checkout"
        self.root.mkdir()
        for name in PARTS:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.root / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, self.root / name)
        (self.root / ".venv").symlink_to(sys.prefix)
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SNOWFLAKE_"))}
        self.environment = {**kept, "PYTHONPATH": str(self.root)}

    @property
    def cloud(self) -> dict[str, Any]:
        """What runs: processes and endpoints of both servers."""
        found: dict[str, Any] = json.loads((self.root / ".local/deploy/cloud.json").read_text(encoding="utf-8"))
        return found

    def run(self, *words: str, until: str = "", typed: str = "") -> "subprocess.CompletedProcess[str]":
        """Run ``reporting``, to which ``typed`` is typed; with ``until`` it is killed as soon as it says that."""
        command = [sys.executable, "-m", "executor", *words]
        process = subprocess.Popen(
            command, cwd=self.root, env=self.environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(typed and f"{typed}\n")
        process.stdin.close()
        said = []
        for line in process.stdout or ():
            said.append(line)
            if until and until in line:
                process.kill()
                break
        code = process.wait(DEADLINE_S)
        if process.stdout:
            process.stdout.close()
        return subprocess.CompletedProcess(command, code, "".join(said))

    def make(self, target: str, name: str = "local") -> "subprocess.CompletedProcess[str]":
        """Run a target of the Makefile for an environment; the environment for Python is there already."""
        command = ["make", "--assume-old=.venv/.ready", target, f"ENV={name}"]
        return subprocess.run(command, cwd=self.root, env=self.environment, text=True, capture_output=True, check=False)

    def change(self, path: str, text: str = "\n# another version\n") -> Callable[[], None]:
        """Add to a file; answers with what takes it back."""
        file = self.root / path
        before = file.read_text(encoding="utf-8") if file.exists() else None
        file.write_text((before or "") + text, encoding="utf-8")

        def undo() -> None:
            if before is None:
                file.unlink()
            else:
                file.write_text(before, encoding="utf-8")

        return undo

    def aws(self, service: str, region: str = "us-east-1") -> Any:
        session: Any = boto3.Session("AKIALOCALCLOUDTESTS0", "local", region_name=region)
        return session.client(service, endpoint_url=self.cloud["aws"]["endpoint"])

    def at_work(self, name: str = "local", region: str = "us-east-1") -> str:
        """The image that the one executor of an environment runs, when it is up; empty when none is."""
        ecs = self.aws("ecs", region)
        asked = {"cluster": f"reporting-{name}", "services": [f"reporting-{name}-executor"]}
        (service,) = ecs.describe_services(**asked)["services"]
        if service["runningCount"] < 1:
            return ""
        definition = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
        return str(definition["containerDefinitions"][0]["image"])

    def until(self, question: Callable[[], Any], what: str) -> Any:
        """Ask until the answer is true; answers with it."""
        until_s = time.monotonic() + DEADLINE_S
        while time.monotonic() < until_s:
            if answer := question():
                return answer
            time.sleep(0.2)
        raise AssertionError(f"not within {DEADLINE_S} s: {what}")

    def signed_in(self, schema: str = "REPORTING") -> snowflake.connector.SnowflakeConnection:
        """A connection of an administrator, in the schema."""
        _, _, address = self.cloud["snowflake"]["endpoint"].partition("//")
        host, _, port = address.partition(":")
        return snowflake.connector.connect(
            account="local", user="REPORTING", password="any", host=host, port=int(port), protocol="http",
            role="ACCOUNTADMIN", database="ANALYTICS_PLATFORM", schema=schema, warehouse="REPORTS_WH",
            paramstyle="qmark",
        )  # fmt: skip

    def tasks(self, schema: str = "REPORTING") -> set[str]:
        """The tasks in Snowflake that run by their schedule."""
        with self.signed_in(schema) as connection:
            return {name for name, state in tasks.states(connection).items() if state == "started"}

    def report(self, schema: str = "REPORTING") -> list[str]:
        """Ask for a small report by CALL, wait for it; answers with the names of its files in S3."""
        return self.files(self.ask(schema), schema)

    def ask(self, schema: str = "REPORTING") -> str:
        """Ask for a small report by CALL; answers with its job."""
        with self.signed_in(schema) as connection:
            cursor = connection.cursor()
            cursor.execute("CALL define_report('LITTLE', PARSE_JSON(?)::OBJECT)", (json.dumps(LITTLE),))
            cursor.execute("CALL generate_report('LITTLE')")
            asked: Any = cursor.fetchone()
            return str(json.loads(asked[0])["job_id"])

    def status(self, job_id: str, schema: str = "REPORTING") -> tuple[str, str]:
        """A job's status, and where its files are."""
        with self.signed_in(schema) as connection:
            cursor = connection.cursor()
            cursor.execute("SELECT status, result_uri FROM jobs WHERE job_id = ?", (job_id,))
            row: Any = cursor.fetchone()
            return (str(row[0]), str(row[1])) if row else ("", "")

    def files(self, job_id: str, schema: str = "REPORTING") -> list[str]:
        """Wait for a job's end; answers with the names of its files in S3."""

        def end() -> str:
            status, uri = self.status(job_id, schema)
            assert status != "FAILED", job_id
            return uri if status == "SUCCEEDED" else ""

        uri = str(self.until(end, f"{job_id} has ended"))
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        found = self.aws("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)["Contents"]
        return sorted(item["Key"].rpartition("/")[2] for item in found)

    def order(self, server: str, *orders: dict[str, Any]) -> None:
        """Order trouble at one of the servers, in the place of what was ordered before."""
        where = f"{self.cloud[server]['endpoint']}/local-cloud/faults"
        headers = {"Content-Type": "application/json"}
        urllib.request.urlopen(urllib.request.Request(where, method="DELETE"), timeout=10).close()
        body = json.dumps(orders).encode()
        urllib.request.urlopen(urllib.request.Request(where, body, headers), timeout=10).close()

    def end(self) -> None:
        """End the servers, whatever happened."""
        try:
            servers = self.cloud.values()
        except FileNotFoundError:
            return
        for server in servers:
            try:
                os.kill(server["pid"], signal.SIGTERM)
            except ProcessLookupError:
                continue
