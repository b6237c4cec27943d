"""The service scheduler: looks at each service, decides, and does it, again and again."""

import threading
import time
import traceback
from collections.abc import Mapping
from typing import Any, Protocol

from local_cloud.aws.clock import Clock
from local_cloud.aws.fargate.health import health_check
from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.services.planning import (
    HEALTHY,
    UNHEALTHY,
    UNKNOWN,
    Plan,
    ServiceFacts,
    TaskFact,
    breaker_threshold,
    is_complete,
    next_plan,
)
from local_cloud.aws.services.service import Deployment, Service

COUNTS_AS_HEALTHY_AFTER_S = 40.0  # a task without a health check, of the rolling update's description
LONGEST_WAIT_S = 900.0  # between tries to start what does not start
FIRST_WAIT_S = 10.0
MANY_START_FAILURES = 3
LOOK_EVERY_S = 5.0
SHORTEST_LOOK_S = 0.05
SCHEDULER = "ServiceSchedulerInitiated"
UNHEALTHY_REASON = "Task failed container health checks"
BREAKER = "ECS deployment circuit breaker: "


class Tasks(Protocol):
    """What starts and stops tasks."""

    def start_for_service(self, params: Mapping[str, Any], place: Place) -> TaskRecord:
        """Start one task."""

    def stop(self, arn: str, code: str, reason: str) -> None:
        """Ask a task to stop."""


class Scheduler(threading.Thread):
    """Keeps services as they shall be; whoever changes one holds `lock`.

    Args:
        tasks: what starts and stops tasks.
        clock: the present moment.
        time_scale: how many seconds one second of the scheduler's timers takes.
    """

    def __init__(self, tasks: Tasks, clock: Clock, time_scale: float) -> None:
        super().__init__(name="service-scheduler", daemon=True)
        self.lock = threading.RLock()
        self.services: dict[str, Service] = {}
        self._tasks = tasks
        self._clock = clock
        self._scale = time_scale
        self._wake = threading.Event()

    def wake(self) -> None:
        """Look at once."""
        self._wake.set()

    def forget(self) -> None:
        """Forget all services; their tasks are somebody else's to end."""
        with self.lock:
            self.services.clear()

    def run(self) -> None:
        """Look at the services for ever."""
        pause_s = min(1.0, max(SHORTEST_LOOK_S, LOOK_EVERY_S * self._scale))
        while True:
            self._wake.wait(pause_s if self.services else None)
            self._wake.clear()
            with self.lock:
                for service in list(self.services.values()):
                    try:
                        self.look(service)
                    except Exception:  # noqa: BLE001 - one service's trouble is not the others'
                        traceback.print_exc()

    def look(self, service: Service) -> None:
        """Look at one service and do what is next."""
        self._note_ends(service)
        if service.status == "DRAINING" and not service.tasks:
            service.status = "INACTIVE"
        if service.status == "INACTIVE":
            return
        self._trip(service)
        facts = self._facts(service)
        self._carry_out(service, next_plan(facts), facts)
        if is_complete(facts) and service.status == "ACTIVE":
            self._complete(service)
        else:
            service.steady = False

    def _note_ends(self, service: Service) -> None:
        ended = [item for item in service.tasks if item[0].last_status == "STOPPED" or item[0].vanished]
        service.tasks = [item for item in service.tasks if item not in ended]
        for record, deployment_id in ended:
            deployment = service.deployment(deployment_id)
            if deployment is None or record.get("stopCode") == SCHEDULER:
                continue
            if record.get("startedAt") is None:
                self._note_start_failure(service, deployment, str(record.get("stoppedReason")))
            if deployment.rollout == "IN_PROGRESS" and record.get("stopCode") != "UserInitiated":
                deployment.counted.add(record.arn)

    def _note_start_failure(self, service: Service, deployment: Deployment, reason: str) -> None:
        deployment.start_failures += 1
        wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (deployment.start_failures - 1))
        deployment.waits_until = time.monotonic() + wait_s * self._scale
        service.say(f"was unable to place a task. Reason: {reason.rstrip('.')}.", self._clock())
        if deployment.start_failures == MANY_START_FAILURES:
            service.say("is unable to consistently start tasks successfully.", self._clock())

    def _facts(self, service: Service) -> ServiceFacts:
        percents, desired, primary = service.configuration, service.desired, service.primary
        settled = [item.id for item in service.deployments[1:] if item.settled]
        return ServiceFacts(
            desired=desired,
            lower=-(-desired * int(percents["minimumHealthyPercent"]) // 100),
            upper=desired * int(percents["maximumPercent"]) // 100,
            primary=primary.id,
            tasks=tuple(self._fact(record, owner) for record, owner in service.tasks),
            may_start=primary.rollout != "FAILED" and primary.waits_until <= time.monotonic(),
            fallback=settled[0] if settled else None,
        )

    def _fact(self, record: TaskRecord, deployment_id: str) -> TaskFact:
        return TaskFact(record.arn, deployment_id, self._health(record), record.desired_status == "RUNNING")

    def _health(self, record: TaskRecord) -> str:
        if record.last_status != "RUNNING":
            return UNKNOWN
        if any(health_check(item) for item in record.request.definition.containers):
            status = str(record.get("healthStatus"))
            return status if status in {HEALTHY, UNHEALTHY} else UNKNOWN
        ran_s = self._clock().timestamp() - float(record.get("startedAt"))
        return HEALTHY if ran_s >= COUNTS_AS_HEALTHY_AFTER_S * self._scale else UNKNOWN

    def _carry_out(self, service: Service, plan: Plan, facts: ServiceFacts) -> None:
        started: list[str] = []
        for deployment_id, count in plan.start.items():
            deployment = service.deployment(deployment_id)
            started += [arn for _ in range(count) if deployment and (arn := self._start(service, deployment))]
        if started:
            service.say(f"has started {len(started)} tasks: {_named(started)}.", self._clock())
        for arn in plan.unhealthy:
            service.say(f"(task {_id(arn)}) failed container health checks.", self._clock())
            self._tasks.stop(arn, SCHEDULER, UNHEALTHY_REASON)
        for arn in plan.scaled_in:
            self._tasks.stop(arn, SCHEDULER, f"Scaling activity initiated by (deployment {facts.primary})")
        if stopped := [*plan.unhealthy, *plan.scaled_in]:
            service.say(f"has stopped {len(stopped)} running tasks: {_named(stopped)}.", self._clock())
        if plan.stuck:
            service.say(
                "was unable to stop or start tasks during a deployment because of the service deployment "
                "configuration. Update the minimumHealthyPercent or maximumPercent value and try again.",
                self._clock(),
            )

    def _start(self, service: Service, deployment: Deployment) -> str | None:
        try:
            record = self._tasks.start_for_service(deployment.launch, service.place)
        except RefusedError as refusal:
            self._note_start_failure(service, deployment, refusal.message)
            return None
        service.tasks.append((record, deployment.id))
        return record.arn

    def _complete(self, service: Service) -> None:
        deployment, now = service.primary, self._clock()
        if deployment.rollout == "IN_PROGRESS":
            deployment.enter("COMPLETED", f"ECS deployment {deployment.id} completed.", now)
            service.say(f"(deployment {deployment.id}) deployment completed.", now)
        service.deployments = [deployment]
        deployment.start_failures = 0
        if not service.steady:
            service.steady = True
            service.say("has reached a steady state.", now)

    def _trip(self, service: Service) -> None:
        deployment, breaker, now = service.primary, service.configuration["deploymentCircuitBreaker"], self._clock()
        if deployment.rollout != "IN_PROGRESS":
            return
        deployment.counted |= {
            record.arn
            for record, owner in service.tasks
            if owner == deployment.id and self._health(record) == UNHEALTHY
        }
        if not breaker["enable"] or len(deployment.counted) < breaker_threshold(service.desired):
            return
        deployment.enter("FAILED", f"{BREAKER}tasks failed to start.", now)
        service.say(f"(deployment {deployment.id}) deployment failed: tasks failed to start.", now)
        last_good = next((item for item in service.deployments[1:] if item.settled), None)
        if breaker["rollback"] and last_good:
            service.say(f"rolling back to deployment {last_good.id}.", now)
            last_good.enter("IN_PROGRESS", f"{BREAKER}rolling back to deploymentId {last_good.id}.", now)
            last_good.counted.clear()
            rest = [item for item in service.deployments if item is not last_good]
            service.deployments = [last_good, *rest]
            service.params["taskDefinition"] = last_good.definition_arn


def _id(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _named(arns: list[str]) -> str:
    return " ".join(f"(task {_id(arn)})" for arn in arns)
