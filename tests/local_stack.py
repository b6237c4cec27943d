"""A local Snowflake and a local AWS as processes, and the runner as a process on top of them."""

import json
import os
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import boto3
import snowflake.connector
from botocore.config import Config

from contract.ids import result_prefix
from contract.manifest import PROGRESS_NAME, Manifest
from contract.report import Scalar
from tests.forking import Forked

DATABASE = "ANALYTICS_PLATFORM"
WAREHOUSE = "TEST_WH"
BUCKET = "report-files"
READY_WITHIN_S = 120.0
ENDS_WITHIN_S = 150.0
BUSINESS_DATE = date(2026, 11, 21)

_AWS_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIALOCALCLOUDTESTS0",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@contextmanager
def served(module: str, *arguments: str) -> Iterator[dict[str, Any]]:
    """A server of ours as a child process; answers with what it says when it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, "--port", "0", *arguments, "--die-with-parent"], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        watchdog = threading.Timer(READY_WITHIN_S, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        watchdog.cancel()
        yield json.loads(line)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(READY_WITHIN_S)
        if process.stdout is not None:
            process.stdout.close()


class RunningReport:
    """A runner process whose log lines can be waited for."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.process = Forked(["runner"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines: list[dict[str, Any]] = []
        self._watchdog = threading.Timer(ENDS_WITHIN_S, self.process.kill)
        self._watchdog.start()

    def await_action(self, action: str) -> dict[str, Any]:
        """Read the log up to a line with this action."""
        assert self.process.stdout is not None
        for text in self.process.stdout:
            self.lines.append(json.loads(text))
            if self.lines[-1]["action"] == action:
                return self.lines[-1]
        raise AssertionError(f"no line {action!r} in {self.lines}")

    def finish(self) -> int:
        """Read the log to its end; answers with the exit code."""
        out, self.stderr = self.process.communicate()
        self.lines += [json.loads(text) for text in out.splitlines()]
        self._watchdog.cancel()
        return self.process.returncode

    def actions(self) -> list[str]:
        return [line["action"] for line in self.lines]


class Attempt:
    """One attempt at one report: its order, its environment, what it leaves."""

    def __init__(self, stack: "LocalStack", spec: dict[str, Any]) -> None:
        self.stack = stack
        self.spec = spec
        self.environment = {**stack.environment, "REPORTING_TASK_SPEC": json.dumps(spec)}

    def start(self, **environment: str) -> RunningReport:
        return RunningReport({**self.environment, **environment})

    def run(self, **environment: str) -> RunningReport:
        """Run to the end."""
        report = self.start(**environment)
        report.finish()
        return report

    def names(self) -> list[str]:
        """What lies under the prefix, but for how far the run was, which only one of more than five seconds leaves."""
        return sorted(set(self.all_names()) - {PROGRESS_NAME})

    def all_names(self) -> list[str]:
        """Whatever lies under the prefix."""
        prefix = self.spec["prefix"]
        listed = self.stack.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return [entry["Key"].removeprefix(prefix) for entry in listed]

    def read(self, name: str) -> bytes:
        body: bytes = self.stack.s3.get_object(Bucket=BUCKET, Key=self.spec["prefix"] + name)["Body"].read()
        return body

    def manifest(self) -> Manifest:
        return Manifest.model_validate_json(self.read("manifest.json"))

    def failure(self) -> Manifest:
        """Why there is no report, and that nobody could think that there is one."""
        assert "manifest.json" not in self.names()
        return Manifest.model_validate_json(self.read("failure.json"))


class LocalStack:
    """Both clouds, a bucket and a database."""

    def __init__(self, snowflake_port: int, aws_endpoint: str) -> None:
        self.environment = {
            **_AWS_ENVIRONMENT,
            "PATH": os.environ["PATH"],
            "AWS_ENDPOINT_URL": aws_endpoint,
            "SNOWFLAKE_ACCOUNT": "local",
            "SNOWFLAKE_USER": "report_runner",
            "SNOWFLAKE_PASSWORD": "canary-of-a-password",
            "SNOWFLAKE_HOST": "127.0.0.1",
            "SNOWFLAKE_PORT": str(snowflake_port),
            "SNOWFLAKE_PROTOCOL": "http",
            "SNOWFLAKE_DATABASE": DATABASE,
            "SNOWFLAKE_SCHEMA": "PUBLIC",
            "SNOWFLAKE_WAREHOUSE": WAREHOUSE,
            "REPORTING_SNOWFLAKE_LOGIN_TIMEOUT_S": "3",
        }
        self.s3: Any = boto3.client(
            "s3",
            endpoint_url=aws_endpoint,
            region_name="us-east-1",
            aws_access_key_id=_AWS_ENVIRONMENT["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=_AWS_ENVIRONMENT["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 1}),
        )
        self.s3.create_bucket(Bucket=BUCKET)
        self.connection = snowflake.connector.connect(
            account="local",
            user="owner",
            password="any",
            host="127.0.0.1",
            port=snowflake_port,
            protocol="http",
            paramstyle="qmark",
            platform_detection_timeout_seconds=0,  # it would first ask cloud metadata services where it runs
        )
        with self.connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS {DATABASE}")
            cursor.execute(f"CREATE WAREHOUSE IF NOT EXISTS {WAREHOUSE} INITIALLY_SUSPENDED = TRUE")

    def attempt(
        self,
        definition: dict[str, Any],
        params: dict[str, Scalar] | None = None,
        *,
        report_type: str = "SALES_REPORT",
        job_id: str | None = None,
    ) -> Attempt:
        """An order for a new job of this definition."""
        job_id = job_id or f"job-{uuid.uuid4().hex[:12]}"
        return Attempt(
            self,
            {
                "installation": "local",
                "job_id": job_id,
                "attempt": 1,
                "report_type": report_type,
                "report_version": 1,
                "business_date": BUSINESS_DATE.isoformat(),
                "params": params or {},
                "definition": definition,
                "bucket": BUCKET,
                "prefix": result_prefix(report_type, BUSINESS_DATE, job_id, 1),
                "trace_id": "0af7651916cd43dd8448eb211c80319c",
                "requested_by": "ANALYST",
            },
        )


@contextmanager
def local_stack(folder: Path) -> Iterator[LocalStack]:
    """Both servers, started and ended."""
    images = folder / "images.json"
    images.write_text("{}")
    aws = ("--data-dir", str(folder / "aws"), "--images", str(images))
    with served("local_cloud.aws", *aws) as aws_server, served(
        "local_cloud.snowflake",
        "--data-dir", str(folder / "snowflake"), "--aws-endpoint-url", aws_server["endpoint"],
    ) as snowflake_server:  # fmt: skip
        stack = LocalStack(snowflake_server["port"], aws_server["endpoint"])
        yield stack
        stack.connection.close()
