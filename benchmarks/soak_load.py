"""What a soak does to the stack, each in a thread of its own until it is told to end."""

import itertools
import json
import secrets
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
import snowflake.connector
from botocore.exceptions import BotoCoreError, ClientError
from snowflake.connector.errors import Error

from benchmarks.snowflake_load import Client
from executor.cli.local_stack import Stack

BUCKET = "soak-objects"
OBJECT_BYTES = 100_000
ENDED = frozenset(("SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED", "DUPLICATE"))
# What the product, or its clients, must get over; one order at a time, in turn.
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("aws", {"op": "RunTask", "kind": "throttle", "times": 2}),
    ("snowflake", {"op": "MERGE", "kind": "unavailable", "times": 1}),
    ("aws", {"op": "PutObject", "kind": "error_500", "times": 1}),
    ("snowflake", {"op": "SELECT", "kind": "slow", "times": 3, "seconds": 0.5}),
    ("aws", {"op": "task", "kind": "spot", "times": 1}),
    ("aws", {"op": "DescribeTasks", "kind": "error_500", "times": 1}),
    ("snowflake", {"op": "INSERT", "kind": "reply_lost", "times": 1, "answers": 1}),
)


class Load:
    """Jobs, statements, objects and faults; counts what was done and what went wrong, by kind."""

    def __init__(self, stack: Stack, pace: dict[str, float]) -> None:
        """Work on `stack`; `pace` says how many seconds lie between two of each kind."""
        self.done: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()
        self.open_jobs: list[str] = []
        self._stack = stack
        self._reports: Any = s3_client(stack)
        self._ended = threading.Event()
        self._clients = [Client(endpoint_of(stack), seed) for seed in range(2)]
        kinds: dict[str, Callable[[], None]] = {
            "job": self._job(),
            "statement": self._clients[0].step,
            "other statement": self._clients[1].step,
            "object": self._object(),
            "fault": self._fault(),
        }
        self._threads = [
            threading.Thread(target=self._repeat, args=(kind, act, pace[kind.removeprefix("other ")]), daemon=True)
            for kind, act in kinds.items()
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop asking for more, and count what the clients saw."""
        self._ended.set()
        for thread in self._threads:
            thread.join(60)
        for client in self._clients:
            client.close()
            self.errors += client.errors

    def _repeat(self, kind: str, act: Callable[[], None], every_s: float) -> None:
        while not self._ended.wait(every_s):
            try:
                act()
                self.done[kind.removeprefix("other ")] += 1
            except (Error, ClientError, BotoCoreError, OSError) as error:
                self.errors[f"{kind}: {type(error).__name__} {getattr(error, 'errno', '')}"] += 1

    def _job(self) -> Callable[[], None]:
        cursor: Any = product_connection(self._stack).cursor()

        def act() -> None:
            (answer,) = cursor.execute("CALL reporting.generate_report('SALES_REPORT')").fetchone() or ("{}",)
            self.open_jobs.append(json.loads(str(answer))["job_id"])
            self._look(cursor)

        return act

    def _look(self, cursor: Any) -> None:
        for job_id in list(self.open_jobs):
            asked = "SELECT status, result_uri FROM reporting.jobs WHERE job_id = ?"
            found = cursor.execute(asked, (job_id,)).fetchall()
            status, result_uri = found[0] if found else ("LOST", None)
            if status in ENDED or status == "LOST":
                self.open_jobs.remove(job_id)
                self._expire(result_uri)
                self.done[f"job {status}"] += 1
                if status != "SUCCEEDED":
                    self.errors[f"job {status}"] += 1

    def _expire(self, result_uri: str | None) -> None:
        # What a bucket's lifecycle does in the end, to results and to what the lease and others were before: what is
        # kept is kept in memory, and would look like a leak.
        if result_uri is not None:
            bucket, _, prefix = result_uri.removeprefix("s3://").partition("/")
            listed = self._reports.list_object_versions(Bucket=bucket).get("Versions", [])
            for item in [one for one in listed if one["Key"].startswith(prefix) or not one["IsLatest"]]:
                self._reports.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])

    def settle(self, within_s: float) -> None:
        """Wait for the open jobs; those still open then are errors."""
        cursor = product_connection(self._stack).cursor()
        waits = threading.Event()
        for _ in range(int(within_s)):
            self._look(cursor)
            if not self.open_jobs:
                return
            waits.wait(1.0)
        self.errors["job not ended"] += len(self.open_jobs)

    def _object(self) -> Callable[[], None]:
        s3: Any = s3_client(self._stack)
        s3.create_bucket(Bucket=BUCKET)
        numbers = itertools.cycle(range(50))

        def act() -> None:
            key, body = f"object-{next(numbers)}", secrets.token_bytes(OBJECT_BYTES)
            s3.put_object(Bucket=BUCKET, Key=key, Body=body)
            if s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() != body:
                self.errors["object: other content"] += 1
            s3.delete_object(Bucket=BUCKET, Key=key)

        return act

    def _fault(self) -> Callable[[], None]:
        where = {"aws": self._stack.environment["AWS_ENDPOINT_URL"], "snowflake": endpoint_of(self._stack)["endpoint"]}
        orders = itertools.cycle(FAULTS)

        def act() -> None:
            cloud, order = next(orders)
            body = json.dumps([order]).encode()
            request = urllib.request.Request(f"{where[cloud]}/local-cloud/faults", body, method="POST")  # noqa: S310  our own server
            request.add_header("Content-Type", "application/json")
            urllib.request.urlopen(request, timeout=30).close()  # noqa: S310  see above

        return act


def endpoint_of(stack: Stack) -> dict[str, Any]:
    """Where the stack's Snowflake answers, and to whom."""
    host, port = stack.environment["SNOWFLAKE_HOST"], int(stack.environment["SNOWFLAKE_PORT"])
    user = stack.environment["SNOWFLAKE_USER"]
    return {"host": host, "port": port, "endpoint": f"http://{host}:{port}", "user": user}


def product_connection(stack: Stack) -> snowflake.connector.SnowflakeConnection:
    """A connection to the product's own schema."""
    names = ("account", "user", "password", "host", "port", "protocol", "database", "schema", "warehouse")
    arguments: dict[str, Any] = {name: stack.environment[f"SNOWFLAKE_{name.upper()}"] for name in names}
    return snowflake.connector.connect(**arguments, paramstyle="qmark")


def rows_kept(stack: Stack) -> tuple[int, int]:
    """How many jobs the product's tables hold, and the bytes of all that they keep of them, written as JSON."""
    with product_connection(stack) as connection:
        cursor: Any = connection.cursor()
        jobs = written = 0
        for table in ("job_intake", "job_state", "job_results", "job_events"):
            sql = f"SELECT COUNT(*), SUM(LENGTH(TO_JSON(OBJECT_CONSTRUCT_KEEP_NULL(*)))) FROM reporting.{table}"  # noqa: S608  names of our own
            (rows, size) = cursor.execute(sql).fetchone()
            jobs, written = jobs or int(rows), written + int(size or 0)
    return jobs, written


def s3_client(stack: Stack) -> Any:
    """An S3 client of the stack's AWS."""
    where = stack.environment
    return boto3.client(
        "s3",
        endpoint_url=where["AWS_ENDPOINT_URL"],
        region_name=where["AWS_REGION"],
        aws_access_key_id=where["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=where["AWS_SECRET_ACCESS_KEY"],
    )
