"""How often the executor wakes the warehouse: an idle hour, and a lone job of five minutes, in virtual time."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

import looptime
import structlog

from benchmarks.executor.queue_stub import request_of, sales_report
from benchmarks.executor.rows import VIRTUAL, Row
from contract.states import JobState
from executor.core.metrics import Measure, Metric
from executor.observed import Gauge, observed
from executor.settings import ExecutorSettings
from executor.testing.fake_launcher import FakeLauncher
from executor.testing.memory_artifacts import MemoryArtifacts
from executor.testing.memory_lease import MemoryLease
from executor.testing.memory_logs import MemoryLogs
from executor.testing.memory_store import MemoryStore
from executor.testing.programs import manifest_of, result_uri, spec_of
from executor.testing.task_life import Ending
from executor.testing.virtual_clock import VirtualClock
from executor.wiring import Ports, assemble

HOUR_S = 3600.0
JOB_S = 300.0


def wakes() -> list[Row]:
    """An hour without a request, then one request."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    loop = looptime.new_event_loop()
    idle, lone = loop.run_until_complete(_two_hours())
    loop.close()
    return [
        Row("an idle hour: wakes of the warehouse", idle, "", 0, VIRTUAL),
        Row("a lone 5-minute job: wakes of the warehouse by the executor", lone, "", 2, VIRTUAL),
    ]


async def _two_hours() -> tuple[int, int]:
    measured: list[Measure] = []
    clock = VirtualClock(asyncio.get_running_loop().time)
    gauge, store = Gauge(clock, measured.append), MemoryStore(clock.now, installation="bench")
    store.define("SALES_REPORT", 1, sales_report())
    artifacts = MemoryArtifacts()

    def program(arn: str, request: Mapping[str, Any]) -> Ending:
        spec = spec_of(request, artifacts)
        manifest = manifest_of(spec, arn, clock.now())
        return Ending(runs_for_s=JOB_S, leaves=lambda: artifacts.leave(result_uri(spec), manifest))

    ports = Ports(
        store=observed(store, gauge.store),
        launcher=FakeLauncher(clock.now, program),
        artifacts=artifacts,
        logs=MemoryLogs(),
        lease=MemoryLease(clock.monotonic_s),
        clock=clock,
    )
    settings = ExecutorSettings(
        installation="bench", bucket="reports-bucket", cluster="reporting", task_definition="job:1", subnets=("s",)
    )
    stop = asyncio.Event()
    service = asyncio.create_task(assemble(ports, settings, "one").run(stop))
    await asyncio.sleep(60)
    counts = []
    for asked in (None, request_of(1)):
        measured.clear()
        if asked is not None:
            store.enqueue(asked)
        await asyncio.sleep(HOUR_S)
        counts.append(sum(measure.metric is Metric.WAREHOUSE_WAKES for measure in measured))
    ended = store.state[request_of(1).request_id].job
    if ended.status is not JobState.SUCCEEDED:
        raise SystemExit(f"the lone job is {ended.status}")
    stop.set()
    await service
    return counts[0], counts[1]
