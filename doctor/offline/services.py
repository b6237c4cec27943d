"""The theory that a service cannot be deployed, or that nobody notices when it fails."""

import re
from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Documents, Service, known, number, objects, part, text
from doctor.offline.frame import FileCheck

_PLATFORM: Final = re.compile(r"^(LATEST|1\.[4-9]\.\d+|1\.0\.0)$")
_STRATEGY: Final = ("FARGATE", "FARGATE_SPOT")


def _look(documents: Documents) -> Iterator[Fault]:
    for service in documents.services:
        yield from _of_deployment(service)
        yield from _of_capacity(service)
        yield from _of_balancer(service)


def _of_deployment(service: Service) -> Iterator[Fault]:
    where, data = service.where, service.data
    how = part(data, "deploymentConfiguration")
    controller = text(part(data, "deploymentController").get("type") or "ECS")
    if controller != "ECS" or data.get("schedulingStrategy") == "DAEMON":
        return
    breaker = part(how, "deploymentCircuitBreaker")
    told = (data.get("deploymentConfiguration"), breaker)
    if text(breaker.get("enable")).lower() != "true" and known(told) and not how.get("alarms"):
        says = f"{where}: no deployment circuit breaker, so a deployment that fails goes on for hours"
        yield Fault(says, "Set deploymentCircuitBreaker with enable and rollback.", Severity.WARNING)
    elif text(breaker.get("rollback")).lower() == "false":
        says = f"{where}: the deployment circuit breaker does not roll back"
        yield Fault(says, "Set its rollback to true.", Severity.WARNING)
    least, most = number(how.get("minimumHealthyPercent", 100)), number(how.get("maximumPercent", 200))
    wanted = number(data.get("desiredCount", 1))
    if least is None or most is None or wanted is None:
        return
    may_run, must_run = wanted * most // 100, -(-wanted * least // 100)
    if wanted and may_run <= wanted <= must_run:
        says = f"{where}: {least} to {most} % of {wanted} tasks lets ECS neither stop an old one nor start a new one"
        yield Fault(says, "Raise maximumPercent to 200, or lower minimumHealthyPercent.")
    if most <= 100 and text(data.get("availabilityZoneRebalancing")) == "ENABLED":
        says = f"{where}: availabilityZoneRebalancing is not allowed with maximumPercent {most}"
        yield Fault(says, "Disable it, or raise maximumPercent.")


def _of_capacity(service: Service) -> Iterator[Fault]:
    where, data = service.where, service.data
    strategy = objects(data.get("capacityProviderStrategy"))
    if data.get("launchType") and strategy:
        yield Fault(f"{where}: launchType and capacityProviderStrategy exclude each other", "Leave one out.")
    if (
        strategy
        and known(strategy)
        and not any(number(one.get("weight")) or number(one.get("base")) for one in strategy)
    ):
        yield Fault(f"{where}: every capacity provider has weight 0", "Give one a weight.")
    if sum(1 for one in strategy if number(one.get("base"))) > 1:
        yield Fault(f"{where}: two capacity providers have a base", "Only one may.")
    version = text(data.get("platformVersion") or "LATEST")
    if known(version) and not _PLATFORM.match(version):
        says = f"{where}: platformVersion {version} lacks EFS, larger sizes and keys of secrets"
        yield Fault(says, "Take LATEST, or 1.4.0.")
    if number(data.get("desiredCount", 1)) == 1 and {text(one.get("capacityProvider")) for one in strategy} == {
        "FARGATE_SPOT"
    }:
        says = f"{where}: its only task runs on Spot, and is away whenever Spot is"
        yield Fault(says, "Take FARGATE for it, or run two.", Severity.WARNING)


def _of_balancer(service: Service) -> Iterator[Fault]:
    where, data = service.where, service.data
    balancers = objects(data.get("loadBalancers"))
    if number(data.get("healthCheckGracePeriodSeconds")) and not balancers and not data.get("serviceRegistries"):
        says = f"{where}: healthCheckGracePeriodSeconds without a load balancer, which ECS has refused"
        yield Fault(says, "Set startPeriod of the health check instead.", Severity.WARNING)
    if service.definition is None:
        return
    there = {
        text(entry.get("name")): {number(one.get("containerPort")) for one in objects(entry.get("portMappings"))}
        for entry in service.definition.containers
    }
    for one in balancers:
        name, port = text(one.get("containerName")), number(one.get("containerPort"))
        yield from _of_target(where, there, name, port, one)


def _of_target(
    where: str, there: dict[str, set[int | None]], name: str, port: int | None, one: dict[str, Any]
) -> Iterator[Fault]:
    if not known((name, one.get("containerPort"))) or not name:
        return
    if name not in there:
        yield Fault(f"{where}: the load balancer leads to {name}, which is no container of the task", "Correct it.")
    elif port is not None and port not in there[name] and None not in there[name]:
        says = (
            f"{where}: the load balancer leads to port {port} of {name}, which maps {sorted(filter(None, there[name]))}"
        )
        yield Fault(says, "Map the port, or correct the load balancer's.")


SERVICES: Final = FileCheck(
    "services",
    "Every service can be deployed, rolls back by itself when it fails, and is not left to Spot alone",
    Severity.ERROR,
    ("services",),
    "Without a circuit breaker CloudFormation waits for hours on tasks that never get healthy.",
    _look,
)
