"""Puts the executor together: settings in, a service out."""

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields, replace
from typing import Any

from aiobotocore.config import AioConfig

from contract.job import JobRow
from executor import causes, crash_points, prices
from executor.adapters.cloudwatch_logs import CloudWatchLogs
from executor.adapters.ecs_launcher import EcsLauncher
from executor.adapters.heartbeat_file import HeartbeatFile
from executor.adapters.lean_answers import read_quickly
from executor.adapters.lean_aws import lean
from executor.adapters.lean_calls import frugal_session, remember_places
from executor.adapters.lean_tls import one_tls_context
from executor.adapters.metrics import EmbeddedMetrics
from executor.adapters.s3_artifacts import S3Artifacts
from executor.adapters.s3_lease import S3Lease
from executor.adapters.snowflake_session import SnowflakeSession
from executor.adapters.snowflake_store import SnowflakeStore
from executor.adapters.sqs_hints import SqsHints
from executor.adapters.system_clock import SystemClock
from executor.board import Board
from executor.breakers import Breakers
from executor.budgets import Budgets
from executor.core.metrics import of_step
from executor.definitions import Definitions
from executor.loops.cancel import Cancel
from executor.loops.claim import Claim
from executor.loops.commands import Commands
from executor.loops.flush import Flush
from executor.loops.hints import Listen
from executor.loops.launch import Launch
from executor.loops.lead import Lead
from executor.loops.reconcile import Reconcile
from executor.loops.settle import Settle
from executor.loops.vitals import Vitals
from executor.loops.watch import Pauses, Watch
from executor.means import Means
from executor.observed import Gauge, observed
from executor.ports import Artifacts, Clock, Hints, Launcher, Lease, Logs, Store
from executor.profiles import Profiles
from executor.pulse import Pulse
from executor.service import Loops, Rhythm, Service
from executor.settings import ExecutorSettings, ObjectNames, SettingsError, SnowflakeSettings
from executor.telemetry_ports import Heartbeat, Metrics
from executor.writer import Writer

# RunTask is sent once per round and replayed by the executor with the same bytes; everything else may be retried
# by the SDK as it likes.
_ECS_CONFIG = AioConfig(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 1}, max_pool_connections=20)
_CONFIG = AioConfig(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})


def holder_name() -> str:
    """A name for this process that no other executor has, now or later."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class Ports:
    """The world as one executor is given it: the real one, or the shipped fakes."""

    store: Store
    launcher: Launcher
    artifacts: Artifacts
    logs: Logs
    lease: Lease
    clock: Clock
    hints: Hints | None = None
    heartbeat: Heartbeat | None = None
    metrics: Metrics | None = None


_NO_STEPS = {"clock", "heartbeat", "metrics"}


def watched(ports: Ports, passing: Callable[[str], None]) -> Ports:
    """The same world, with somebody told of every crash point that is passed on the way to it."""
    reached = {one.name: getattr(ports, one.name) for one in fields(ports) if one.name not in _NO_STEPS}
    wrapped: dict[str, Any] = {
        name: crash_points.Watched(port, name, passing) for name, port in reached.items() if port is not None
    }
    return replace(ports, **wrapped)


def assemble(ports: Ports, settings: ExecutorSettings, holder: str) -> Service:
    """An executor over these ports; ``holder`` is its name among all executors."""
    if settings.crash_at is not None:
        ports = watched(ports, crash_points.at(*crash_points.parsed(settings.crash_at)))
    clock, pulse = ports.clock, Pulse(ports.clock)
    board, ports = _alive(ports, pulse)
    writer = Writer(ports.store, lambda: board.may_send(clock.monotonic_s()), board.lose)
    rhythm = Rhythm(settings.poll_interval_s, settings.watch_interval_s, settings.flush_interval_s)
    return Service(_loops(ports, settings, board, writer, pulse, holder), board, rhythm, pulse)


def _means(ports: Ports, settings: ExecutorSettings, board: Board, writer: Writer) -> Means:
    return Means(
        definitions=Definitions(ports.store),
        profiles=Profiles(ports.artifacts, settings.launch_profile(), settings.task_definition_documents),
        budgets=Budgets(ports.clock, settings.launch_rate(), settings.read_rate()),
        breakers=Breakers(ports.store, board, writer, ports.clock, settings.task_definition),
        catalogue=causes.load(settings.causes_file),
    )


def _loops(ports: Ports, settings: ExecutorSettings, board: Board, writer: Writer, pulse: Pulse, holder: str) -> Loops:
    store, launcher, artifacts, clock = ports.store, ports.launcher, ports.artifacts, ports.clock
    means = _means(ports, settings, board, writer)
    launches, limits, poll_s = means.budgets.launches, settings.limits(), settings.poll_interval_s
    pauses = Pauses(settings.watch_interval_s, settings.watch_interval_max_s)
    policy, own_prices = settings.retry_policy(), prices.load().with_own(settings.prices)
    identity = (settings.installation, settings.reconcile_interval_s)
    return Loops(
        lead=Lead(ports.lease, store, board, writer, clock, holder),
        claim=Claim(store, board, clock, limits, launches, means.breakers, poll_s),
        launch=Launch(launcher, artifacts, means, board, writer, clock, settings),
        watch=Watch(launcher, means, board, writer, clock, pauses),
        settle=Settle(artifacts, ports.logs, means, board, writer, clock, policy, own_prices),
        cancel=Cancel(launcher, means, board, writer, clock, settings.installation),
        commands=Commands(store, board, clock),
        reconcile=Reconcile(store, launcher, means, board, writer, clock, identity),
        flush=Flush(writer, board, clock, settings.status_freshness_s),
        vitals=Vitals(pulse, board, clock, ports.heartbeat, ports.metrics),
        listen=None if ports.hints is None else Listen(ports.hints, board, writer, clock),
    )


def _alive(ports: Ports, pulse: Pulse) -> tuple[Board, Ports]:
    # Every answer is a sign of life of the loop that asked for it; what is measured costs nothing when nobody asks.
    def alive(_method: str, _values: tuple[Any, ...], _answer: object) -> None:
        pulse.answered()

    store, launcher, board = observed(ports.store, alive), observed(ports.launcher, alive), Board()
    if ports.metrics is not None:
        add = ports.metrics.add
        gauge = Gauge(ports.clock, add)
        store, launcher = observed(store, gauge.store), observed(launcher, gauge.launcher)

        def on_step(before: JobRow | None, job: JobRow) -> None:
            for measure in of_step(before, job):
                add(measure)

        board = Board(on_step)
    return board, replace(
        ports,
        store=store,
        launcher=launcher,
        artifacts=observed(ports.artifacts, alive),
        logs=observed(ports.logs, alive),
        lease=observed(ports.lease, alive),
    )


@asynccontextmanager
async def service(
    settings: ExecutorSettings, names: ObjectNames, snowflake: SnowflakeSettings
) -> AsyncIterator[Service]:
    """An executor ready to run, with its connections open until the block ends.

    Raises:
        SettingsError: the queue in Snowflake belongs to another installation.
    """
    arguments = snowflake.connect_arguments(names)
    async with AsyncExitStack() as stack:
        # The probe has no warehouse: if what it asks ever needed one, it would fail instead of keeping one awake.
        without = {name: value for name, value in arguments.items() if name != "warehouse"}
        session = SnowflakeSession(arguments, "executor", role=settings.executor_role)
        probe = SnowflakeSession(without, "probe", role=settings.probe_role, alone=settings.probe_role is not None)
        stack.push_async_callback(session.close)
        stack.push_async_callback(probe.close)
        aws = one_tls_context(read_quickly(lean(frugal_session())))
        ecs = await stack.enter_async_context(aws.create_client("ecs", config=_ECS_CONFIG))
        s3 = await stack.enter_async_context(aws.create_client("s3", config=_CONFIG))
        logs = await stack.enter_async_context(aws.create_client("logs", config=_CONFIG))
        sqs = await stack.enter_async_context(aws.create_client("sqs", config=_CONFIG))
        for client in (ecs, s3, logs, sqs):
            remember_places(client)
        store = SnowflakeStore(session, probe, settings.max_queue_age_s)
        installed = await store.installation()
        for name, here, there in (
            ("REPORTING_INSTALLATION", settings.installation, installed.installation),
            ("REPORTING_BUCKET", settings.bucket, installed.bucket),
        ):
            if here != there:
                raise SettingsError(f"{name} is {here}, but this queue was installed as {there}")
        yield assemble(
            Ports(
                store=store,
                launcher=EcsLauncher(ecs),
                artifacts=S3Artifacts(s3, settings.bucket, settings.installation),
                logs=CloudWatchLogs(logs, settings.log_group, settings.log_stream_prefix),
                lease=S3Lease(s3, settings.bucket, settings.installation),
                clock=SystemClock(),
                hints=SqsHints(sqs, settings.hints_queue_url) if settings.hints_queue_url else None,
                heartbeat=HeartbeatFile(settings.heartbeat_file) if settings.heartbeat_file else None,
                metrics=EmbeddedMetrics(settings.installation) if settings.metrics == "emf" else None,
            ),
            settings,
            holder_name(),
        )
