"""The life of one task, as one thread that walks through it.

PROVISIONING, PENDING, ACTIVATING and RUNNING come in this order; a request to stop is looked at between
any two of them. Everything that fails before RUNNING is `TaskFailedToStart`. From RUNNING on, the first
essential container to end, or StopTask, leads through DEACTIVATING, STOPPING and DEPROVISIONING to STOPPED.
"""

import shutil
import signal
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local_cloud.aws.clock import Clock
from local_cloud.aws.fargate.awslogs import OutputPump
from local_cloud.aws.fargate.container import Container
from local_cloud.aws.fargate.container_plan import LogTarget, Surroundings, is_essential, stop_timeout_s
from local_cloud.aws.fargate.health import HealthWatch, health_check, task_health
from local_cloud.aws.fargate.images import ImageMap
from local_cloud.aws.fargate.mishaps import Mishap
from local_cloud.aws.fargate.preparation import ContainerPlan, log_place, prepare, pull
from local_cloud.aws.fargate.processes import Process, ProcessHost, SpawnRefusedError
from local_cloud.aws.fargate.record import ESSENTIAL_EXITED, TaskRecord
from local_cloud.aws.fargate.start_failures import StartFailedError, command_not_started
from local_cloud.aws.fargate.world import Place, World
from local_cloud.aws.faults.orders import FaultBook

STATES_BEFORE_RUNNING = 3
OUTPUT_DRAIN_S = 2.0  # for output held open by processes that left the container's group


@dataclass(frozen=True, slots=True)
class Platform:
    """What the supervisors of all tasks share.

    Attributes:
        around: answers with what a container finds around it, by container id and place.
        faults: the trouble that was ordered.
        watch: told of every change of a task.
        time_scale: how many seconds one second of the health checks' timers takes.
    """

    world: World
    host: ProcessHost
    images: ImageMap
    clock: Clock
    start_delay_s: float
    around: Callable[[str, Place], Surroundings]
    faults: FaultBook
    watch: Callable[[TaskRecord], None]
    time_scale: float


class Supervisor(threading.Thread):
    """Brings one task to life and to its end; started when its first pause is over.

    Args:
        record: the task.
        container_ids: one id per container of the definition.
        platform: what it shares with the others.
        mishap: what the task suffers.
        launched_with: the call that it comes from, as text.
    """

    def __init__(
        self, record: TaskRecord, container_ids: list[str], platform: Platform, mishap: Mishap, launched_with: str
    ) -> None:
        super().__init__(name=f"task-{record.task_id[:8]}", daemon=True)
        self.containers: dict[str, Container] = {}
        self.launched_with = launched_with
        self._record = record
        self._container_ids = container_ids
        self._platform = platform
        self._mishap = mishap
        self._healths: dict[str, str] = {}
        self._volumes: Path | None = None
        self._changed = threading.Event()
        self._killed = threading.Event()
        self.hurry: Callable[[], None] = lambda: None  # for one that still waits to be started

    @property
    def first_pause_s(self) -> float:
        """How long the task is PROVISIONING before this thread is needed."""
        return self._platform.start_delay_s / STATES_BEFORE_RUNNING + self._mishap.start_delay_s

    @property
    def shall_stop(self) -> bool:
        """Whether the task was told to stop."""
        return self._record.desired_status == "STOPPED"

    def stop(self, code: str, reason: str) -> None:
        """Ask the task to stop, with a stop code and reason of ECS; the first ones given stay."""
        self._record.want_stopped(code, reason, self._platform.clock())
        self._changed.set()
        self.hurry()

    def strike(self, mishap: Mishap) -> None:
        """Let the running task suffer something; returns at once."""
        processes = [(name, container.process) for name, container in self.containers.items()]
        mishap.strike(self._record, processes, self.stop)

    def kill(self) -> None:
        """End the task at once, without the courtesy of SIGTERM."""
        self._killed.set()
        self.stop("TerminationNotice", "The local cloud was reset.")
        for container in list(self.containers.values()):
            container.process.signal(signal.SIGKILL)

    def run(self) -> None:
        """Walk through the task's life; whatever happens, it ends STOPPED."""
        try:
            if self._start():
                self._watch()
        except StartFailedError as failure:
            self._fail(str(failure), failure.container)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not leave a task for ever pending
            traceback.print_exc()
            self._fail(f"InternalError: {error}", None)
        self._wind_up()
        # ECS tells of the task for an hour; nobody can do anything to it any more, and processes take much room.
        self.containers, self.launched_with, self.hurry = {}, "", lambda: None

    def _start(self) -> bool:
        record, clock = self._record, self._platform.clock
        if self.shall_stop:
            return False
        self._mishap.fail_at("eni")
        record.change("PENDING", connectivity="CONNECTED", at={"connectivityAt": clock()})
        if self._pause():
            return False
        record.change("ACTIVATING", at={"pullStartedAt": clock()})
        self._mishap.fail_at("pull", record.request.definition.containers[0]["name"])
        images = pull(record, self._platform.images)
        for definition, image in zip(record.request.definition.containers, images, strict=True):
            record.change_container(definition["name"], imageDigest=image.digest)
        record.change(at={"pullStoppedAt": clock()})
        self._mishap.fail_at("secrets")
        plans = prepare(record, images, self._container_ids, self._platform)
        if self._pause():
            return False
        self._volumes = plans[0].volumes
        for plan in plans:
            self._launch(plan)
        self._attach_network()
        record.change("RUNNING", at={"startedAt": clock()})
        return True

    def _pause(self) -> bool:
        self._changed.wait(self._platform.start_delay_s / STATES_BEFORE_RUNNING)
        return self.shall_stop

    def _launch(self, plan: ContainerPlan) -> None:
        name, command = plan.definition["name"], self._mishap.instead_of(plan.command)
        if not command.argv:
            raise StartFailedError("CannotStartContainerError: no command specified", name)
        pump = OutputPump(lambda lines: self._emit(plan.target, lines))
        pump.start()
        try:
            process = self._platform.host.spawn(command, pump.write_fd, self._changed.set)
        except SpawnRefusedError as error:
            raise command_not_started(error, command.argv[0], name) from error
        self.containers[name] = Container(plan.definition, process, pump)
        number = len(self.containers)
        self._watch_health(plan, process)
        self._record.change_container(name, lastStatus="RUNNING", runtimeId=f"{self._record.task_id}-{number:010d}")

    def _watch_health(self, plan: ContainerPlan, process: Process) -> None:
        check = health_check(plan.definition, self._platform.time_scale)
        if check is None:
            return

        def tell(status: str) -> None:
            name = plan.definition["name"]
            self._record.change_container(name, healthStatus=status)
            if is_essential(plan.definition):
                self._healths[name] = status
                self._record.change(healthStatus=task_health(self._healths))

        if is_essential(plan.definition):
            self._healths[plan.definition["name"]] = "UNKNOWN"
        HealthWatch(check, plan.command, process, self._platform.host, tell).start()

    def _emit(self, target: LogTarget | None, lines: list[str]) -> None:
        if target:
            now_ms = int(self._platform.clock().timestamp() * 1000)
            self._platform.world.append_log(
                log_place(self._record, target), target.group, target.stream, [(now_ms, line) for line in lines]
            )

    def _attach_network(self) -> None:
        attachments = [{**item, "status": "ATTACHED"} for item in self._record.get("attachments")]
        for item in attachments:
            details = {detail["name"]: detail["value"] for detail in item["details"]}
            interface = {"attachmentId": item["id"], "privateIpv4Address": details["privateIPv4Address"]}
            for name in self.containers:
                self._record.change_container(name, networkInterfaces=[interface])
        self._record.change(attachments=attachments)

    def _watch(self) -> None:
        self.strike(self._mishap)
        while self._record.desired_status != "STOPPED":
            self._changed.wait()
            self._changed.clear()
            self._note_ends()
            if any(self._ended(item) for item in self.containers.values() if is_essential(item.definition)):
                self._record.want_stopped("EssentialContainerExited", ESSENTIAL_EXITED, self._platform.clock())

    def _ended(self, container: Container) -> bool:
        return container.process.exit_code is not None

    def _note_ends(self) -> None:
        for name, container in self.containers.items():
            if self._ended(container) and self._record.container(name)["lastStatus"] != "STOPPED":
                container.pump.finish(OUTPUT_DRAIN_S)
                self._record.change_container(name, lastStatus="STOPPED", exitCode=container.process.exit_code)

    def _fail(self, reason: str, container: str | None) -> None:
        self._record.want_stopped("TaskFailedToStart", reason, self._platform.clock())
        if container:
            self._record.change_container(container, reason=reason)

    def _wind_up(self) -> None:
        clock = self._platform.clock
        if self.containers:
            self._record.change("DEACTIVATING")
            self._record.change("STOPPING")
            self._stop_containers()
            self._note_ends()
            self._record.change(at={"executionStoppedAt": clock()})
        self._record.change("DEPROVISIONING")
        if self._volumes:
            shutil.rmtree(self._volumes, ignore_errors=True)
        self._record.finish(clock())

    def _stop_containers(self) -> None:
        first_signal = signal.SIGKILL if self._killed.is_set() else signal.SIGTERM
        if first_signal == signal.SIGKILL or not self._mishap.swallows_sigterm:
            for container in self.containers.values():
                container.process.signal(first_signal)
        began = time.monotonic()
        for container in sorted(self.containers.values(), key=lambda item: stop_timeout_s(item.definition)):
            left_s = stop_timeout_s(container.definition) - (time.monotonic() - began)
            if container.process.wait(max(0.0, left_s)) is None:
                container.process.signal(signal.SIGKILL)
                container.process.wait()
