"""The check of the executor's own ECS service."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError
from doctor.checks.tasks_of_aws import described
from doctor.health_checks.checks import of_task_definition
from doctor.health_checks.judge import judge

_CYCLE: Final = 3
_WITHIN: Final = timedelta(minutes=30)
_HEALTH: Final = "failed container health checks"


class ExecutorService:
    """The service that runs the executor."""

    id = "executor_service"
    question = "The executor's service runs what it should, replaces itself safely, and its health check is sound"
    severity = Severity.ERROR
    reads = ("ecs:DescribeServices", "ecs:DescribeTaskDefinition")
    theory = (
        "A service whose tasks are ended for their health is started again for ever, and without a circuit breaker a"
        " deployment that cannot succeed goes on for hours."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask ECS for the service and what it runs."""
        name = f"reporting-{place.settings.installation}-executor"
        try:
            answer = place.aws("ecs", "describe_services", cluster=place.settings.cluster, services=[name])
        except RefusedError as error:
            raise NotAskedError(f"no service {name}: {error.code}") from error
        services = [one for one in answer.get("services") or [] if one.get("status") == "ACTIVE"]
        if not services:
            raise NotAskedError(f"the cluster has no service {name}: the executor runs elsewhere, or by the hour")
        found = services[0]
        asked_at = (answer.get("ResponseMetadata") or {}).get("asked_at")
        return [
            *_of_running(place.settings.cluster, found, asked_at),
            *_of_deployment(name, found),
            *_of_health(place, found),
        ]


def _of_running(cluster: str, service: dict[str, Any], asked_at: datetime | None) -> Iterator[Fault]:
    name = str(service["serviceName"])
    wanted, running = int(service.get("desiredCount") or 0), int(service.get("runningCount") or 0)
    events = service.get("events") or []
    last = f"; ECS says: {events[0]['message']}" if events else ""
    explain = f"reporting explain service {name} --cluster {cluster} tells why."
    failed = [
        event
        for event in events
        if _HEALTH in str(event.get("message")) and (asked_at is None or asked_at - event["createdAt"] < _WITHIN)
    ]
    if len(failed) >= _CYCLE:
        says = (
            f"{name}: {len(failed)} tasks were ended for failed health checks within 30 minutes, and replaced each time"
        )
        yield Fault(says, explain)
    if running < wanted:
        yield Fault(f"{name}: {running} of {wanted} tasks run{last}", explain)
    if wanted == 0 and running:
        says = f"{name} is stopped (0 wanted), and {running} of its tasks still run"
        yield Fault(says, "They end within two minutes; if not, stop them: aws ecs stop-task.", Severity.WARNING)
    for deployment in service.get("deployments") or []:
        if deployment.get("rolloutState") == "FAILED":
            reason = deployment.get("rolloutStateReason") or "without a reason"
            yield Fault(f"{name}: the deployment of {deployment.get('taskDefinition')} failed: {reason}", explain)


def _of_deployment(name: str, service: dict[str, Any]) -> Iterator[Fault]:
    told = service.get("deploymentConfiguration") or {}
    breaker = told.get("deploymentCircuitBreaker") or {}
    if not (breaker.get("enable") and breaker.get("rollback")):
        command = f"aws ecs update-service --service {name} --deployment-configuration"
        remedy = f"{command} 'deploymentCircuitBreaker={{enable=true,rollback=true}}', or deploy the stack again."
        yield Fault(f"{name} has no circuit breaker that goes back", remedy, Severity.WARNING)
    least, most = int(told.get("minimumHealthyPercent", 100)), int(told.get("maximumPercent", 200))
    if least >= 100 >= most:
        says = f"{name} can never be deployed: it may run neither less nor more than {least} % of its tasks"
        yield Fault(says, "Set minimumHealthyPercent 100 and maximumPercent 200.")
    providers = {str(one.get("capacityProvider")) for one in service.get("capacityProviderStrategy") or []}
    if providers == {"FARGATE_SPOT"}:
        says = f"{name} runs on Spot alone: while there is no capacity nobody leads"
        yield Fault(says, "Run it on FARGATE; a quarter of a vCPU costs little.", Severity.WARNING)


def _of_health(place: Place, service: dict[str, Any]) -> Iterator[Fault]:
    reference = str(service.get("taskDefinition") or "")
    if not reference:
        return
    try:
        definition = described(place, reference)
    except RefusedError as error:
        yield Fault(f"{reference}: {error}", "Deploy the stack again.")
        return
    for check in of_task_definition(definition):
        verdict = judge(check)
        for fault in verdict.faults if verdict else ():
            says = f"{reference.rsplit('/', 1)[-1]}, {check.container}: {fault.says}"
            yield Fault(says, "reporting doctor health-check writes a better one for it.", Severity.WARNING)
