"""The two servers, started once, and each port in its two forms: the shipped fake and the real adapter."""

import asyncio
import json
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session

from executor.adapters.cloudwatch_logs import CloudWatchLogs
from executor.adapters.lean_answers import read_quickly
from executor.adapters.lean_aws import lean
from executor.adapters.s3_artifacts import S3Artifacts
from executor.adapters.s3_lease import S3Lease
from executor.adapters.sqs_hints import SqsHints
from executor.deploy.snowflake import deploy
from executor.ports import Artifacts, Hints, Lease
from executor.settings import ObjectNames, SnowflakeSettings
from executor.testing.memory_artifacts import MemoryArtifacts
from executor.testing.memory_hints import MemoryHints
from executor.testing.memory_lease import MemoryLease
from executor.testing.memory_store import MemoryStore
from executor.testing.virtual_clock import VirtualClock
from local_cloud.aws.bootstrap import StackOutputs, create_stack
from local_cloud.aws.process import LocalAwsProcess
from tests.conformance.ports.aws import (
    IMAGE,
    Bucket,
    FakeFargate,
    Fargate,
    LocalFargate,
    MemoryBucket,
    S3Bucket,
)
from tests.conformance.ports.stores import MAX_QUEUE_AGE_S, MemoryQueue, Queue, SnowflakeQueue
from tests.local_stack import served

INSTALLATION = "ports"
BUCKET = "ports-bucket"


@pytest.fixture(scope="session")
def snowflake_arguments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """Connect arguments of a local Snowflake with everything installed by the product's own deployment."""
    folder = tmp_path_factory.mktemp("snowflake")
    with served("local_cloud.snowflake", "--data-dir", str(folder)) as server:
        settings = SnowflakeSettings.model_validate(
            {"account": "local", "user": "tester", "password": "any-password", "protocol": "http"}
            | {"host": server["host"], "port": server["port"]}
        )
        names = ObjectNames()
        deploy(
            installation=INSTALLATION,
            bucket=BUCKET,
            names=names,
            snowflake_settings=settings,
            say=lambda _line: None,
        )
        yield settings.connect_arguments(names)


@pytest.fixture(scope="session")
def snowflake_queue(snowflake_arguments: dict[str, Any]) -> Iterator[SnowflakeQueue]:
    queue = SnowflakeQueue(snowflake_arguments)
    yield queue
    queue.close()


@pytest.fixture(params=["memory", "snowflake"])
async def queue(request: pytest.FixtureRequest) -> AsyncIterator[Queue]:
    """An empty queue whose leader row nobody took yet."""
    if request.param == "memory":
        clock = VirtualClock()
        yield MemoryQueue(MemoryStore(clock.now, installation=INSTALLATION, max_queue_age_s=MAX_QUEUE_AGE_S), clock)
        return
    real: SnowflakeQueue = request.getfixturevalue("snowflake_queue")
    real.empty()
    yield real


@pytest.fixture(scope="session")
def aws_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, StackOutputs]]:
    """Endpoint and resources of a local AWS whose only image is a Python that runs the command it is given."""
    folder = tmp_path_factory.mktemp("aws")
    images = folder / "images.json"
    images.write_text(json.dumps({IMAGE: {"command": [sys.executable, "-I"], "environment": {}}}))
    with LocalAwsProcess(folder / "data", images, start_delay_s=0.0) as server:
        stack = create_stack(
            server.endpoint,
            bucket=BUCKET,
            cluster="reporting",
            family="reporting-job",
            image=IMAGE,
            log_group="/reporting/jobs",
            environment={},
            cpu=256,
            memory_mb=512,
        )
        yield server.endpoint, stack


@dataclass(frozen=True)
class Clients:
    """Clients as the executor has them, and the stack they talk to."""

    ecs: Any
    s3: Any
    logs: Any
    sqs: Any
    stack: StackOutputs
    arguments: dict[str, Any]
    """How one more client is made, for what the executor's cannot do."""


@pytest.fixture(scope="session")
def aws_session() -> AioSession:
    """One for all clients, though each test has its own: a session reads each service's description once."""
    return read_quickly(lean(get_session()))  # as the executor has it


@pytest.fixture
async def clients(aws_session: AioSession, aws_stack: tuple[str, StackOutputs]) -> AsyncIterator[Clients]:
    endpoint, stack = aws_stack
    arguments: dict[str, Any] = {
        "endpoint_url": endpoint,
        "region_name": stack.region,
        "aws_access_key_id": "AKIALOCALCLOUDTESTS0",
        "aws_secret_access_key": "local",
        "config": AioConfig(retries={"total_max_attempts": 1}),
    }
    async with (
        aws_session.create_client("ecs", **arguments) as ecs,
        aws_session.create_client("s3", **arguments) as s3,
        aws_session.create_client("logs", **arguments) as logs,
        aws_session.create_client("sqs", **arguments) as sqs,
    ):
        yield Clients(ecs, s3, logs, sqs, stack, arguments)


@pytest.fixture(params=["memory", "ecs"])
def fargate(request: pytest.FixtureRequest) -> Fargate:
    """A launcher with its logs."""
    if request.param == "memory":
        return FakeFargate()
    clients: Clients = request.getfixturevalue("clients")
    logs = CloudWatchLogs(clients.logs, clients.stack.log_group, "report")
    return LocalFargate(clients.stack, clients.ecs, logs)


@pytest.fixture(params=["memory", "s3"])
def files(request: pytest.FixtureRequest) -> tuple[Artifacts, Bucket]:
    """Artifacts, and somebody else who writes into the same bucket."""
    if request.param == "memory":
        artifacts = MemoryArtifacts(BUCKET, INSTALLATION)
        return artifacts, MemoryBucket(artifacts.objects)
    clients: Clients = request.getfixturevalue("clients")
    return S3Artifacts(clients.s3, BUCKET, INSTALLATION), S3Bucket(clients.s3, BUCKET)


@pytest.fixture(params=["memory", "s3"])
def lease(request: pytest.FixtureRequest) -> Lease:
    """A lease that nobody holds yet."""
    if request.param == "memory":
        return MemoryLease(VirtualClock().monotonic_s)
    clients: Clients = request.getfixturevalue("clients")
    return S3Lease(clients.s3, BUCKET, f"i-{uuid.uuid4().hex[:8]}")


class HintsQueue:
    """A queue of hints whose messages come again after a second, and whoever sends into it."""

    def __init__(
        self, hints: Hints, send: Callable[[str], Awaitable[None]], wait: Callable[[], Awaitable[None]]
    ) -> None:
        self.hints, self.send, self.wait = hints, send, wait


@pytest.fixture(params=["memory", "sqs"])
def hints(request: pytest.FixtureRequest) -> HintsQueue:
    """A queue of hints in which nothing is yet."""
    if request.param == "memory":
        clock = VirtualClock()
        memory = MemoryHints(clock.monotonic_s, visibility_s=1.0)

        async def send(body: str) -> None:
            memory.send(body)

        async def wait() -> None:
            clock.advance(1.5)

        return HintsQueue(memory, send, wait)
    clients: Clients = request.getfixturevalue("clients")
    sqs, url = clients.sqs, f"{clients.stack.hints_queue_url}-{uuid.uuid4().hex[:8]}"

    async def send_by_sqs(body: str) -> None:
        async with get_session().create_client("sqs", **clients.arguments) as whole:
            await whole.create_queue(QueueName=url.rsplit("/", 1)[-1])
            await whole.send_message(QueueUrl=url, MessageBody=body)

    async def wait_a_moment() -> None:
        await asyncio.sleep(0.1)

    return HintsQueue(SqsHints(sqs, url, visibility_s=1), send_by_sqs, wait_a_moment)
