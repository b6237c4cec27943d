"""The check of what costs money, or grows, and serves nobody."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import Place, RefusedError
from doctor.checks.tasks_of_aws import named

_PAGE: Final = 100
_SERVICES: Final = 10
_REVISIONS: Final = 50
_OURS: Final = ("reporting/", "ecs-svc/")
_TAG: Final = "reporting:installation"


class Leftovers:
    """Tasks of nobody, services that do not end, gateways without a route, old task definitions, endless logs."""

    id = "leftovers"
    question = "Nothing in the cluster and its network costs money and serves nobody"
    severity = Severity.WARNING
    reads = (
        "ecs:ListTasks", "ecs:DescribeTasks", "ecs:ListServices", "ecs:DescribeServices", "ecs:ListTaskDefinitions",
        "ec2:DescribeSubnets", "ec2:DescribeNatGateways", "ec2:DescribeRouteTables", "logs:DescribeLogGroups",
    )  # fmt: skip
    theory = (
        "What nobody ended runs on: a forgotten task of one vCPU costs about 36 USD a month, a NAT gateway as much."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask ECS, EC2 and CloudWatch Logs."""
        return [
            *_of_services(place), *_of_tasks(place), *_of_definitions(place), *_of_gateways(place), *_of_logs(place),
        ]  # fmt: skip


def _of_tasks(place: Place) -> Iterator[Fault]:
    cluster = place.settings.cluster
    executor = f"reporting-{place.settings.installation}-executor"  # by the hour it carries no tag
    for task, asked_at in _running(place):
        family = str(task.get("taskDefinitionArn")).rsplit("/", 1)[-1].rpartition(":")[0]
        tags = {str(tag.get("key")) for tag in task.get("tags") or []}
        if family == executor or _TAG in tags or str(task.get("startedBy") or "").startswith(_OURS):
            continue
        command = f"aws ecs stop-task --cluster {cluster} --task {task['taskArn']}"
        name = str(task["taskArn"]).rsplit("/", 1)[-1]
        says = f"task {name} runs{_since(task, asked_at)} without a tag, and is no job's"
        yield Fault(says, f"If nobody needs it: {command}")


def _running(place: Place) -> Iterator[tuple[dict[str, Any], datetime | None]]:
    cluster = place.settings.cluster
    for page in _pages(place, "list_tasks", cluster=cluster, desiredStatus="RUNNING", maxResults=_PAGE):
        if arns := page.get("taskArns"):
            answer = place.aws("ecs", "describe_tasks", cluster=cluster, tasks=arns, include=["TAGS"])
            asked_at = (answer.get("ResponseMetadata") or {}).get("asked_at")
            yield from ((task, asked_at) for task in answer["tasks"])


def _pages(place: Place, operation: str, **asked: Any) -> Iterator[dict[str, Any]]:
    page = place.aws("ecs", operation, **asked)
    yield page
    while token := page.get("nextToken"):
        page = place.aws("ecs", operation, **asked, nextToken=token)
        yield page


def _since(task: dict[str, Any], asked_at: datetime | None) -> str:
    started = task.get("startedAt")
    if not isinstance(started, datetime) or asked_at is None:
        return ""
    return f" for {(asked_at - started).total_seconds() / 3600:.1f} hours"


def _of_services(place: Place) -> Iterator[Fault]:
    cluster = place.settings.cluster
    for service in _services(place):
        running = int(service.get("runningCount") or 0)
        over = service.get("status") != "ACTIVE" or int(service.get("desiredCount") or 0) == 0
        if over and running:
            says = f"service {service['serviceName']} is stopped, and {running} of its tasks run"
            command = f"aws ecs list-tasks --cluster {cluster} --service-name {service['serviceName']}"
            yield Fault(says, f"Stop them; {command} lists them.")


def _services(place: Place) -> Iterator[dict[str, Any]]:
    cluster = place.settings.cluster
    for page in _pages(place, "list_services", cluster=cluster, maxResults=_SERVICES):
        if arns := page.get("serviceArns"):
            yield from place.aws("ecs", "describe_services", cluster=cluster, services=arns).get("services") or []


def _of_definitions(place: Place) -> Iterator[Fault]:
    families = {name.rsplit("/", 1)[-1].rpartition(":")[0] for name in named(place)}
    for family in sorted(families):
        where = {"familyPrefix": family, "status": "ACTIVE", "maxResults": _PAGE}
        count = len(place.aws("ecs", "list_task_definitions", **where)["taskDefinitionArns"])
        if count > _REVISIONS:
            says = f"{'over ' if count == _PAGE else ''}{count} revisions of {family} are active"
            yield Fault(says, "Deregister all but those that jobs and a rollback may still name.")


def _of_gateways(place: Place) -> Iterator[Fault]:
    try:
        subnets = place.aws("ec2", "describe_subnets", SubnetIds=list(place.settings.subnets))["Subnets"]
    except RefusedError:
        return  # the check subnets tells it
    filters = [{"Name": "vpc-id", "Values": sorted({str(subnet["VpcId"]) for subnet in subnets})}]
    gateways = place.aws("ec2", "describe_nat_gateways", Filters=filters)["NatGateways"]
    there = {str(one["NatGatewayId"]) for one in gateways if one.get("State") == "available"}
    tables = place.aws("ec2", "describe_route_tables", Filters=filters)["RouteTables"] if there else []
    used = {str(route.get("NatGatewayId")) for table in tables for route in table.get("Routes") or []}
    for gateway in sorted(there - used):
        command = f"aws ec2 delete-nat-gateway --nat-gateway-id {gateway}"
        yield Fault(
            f"NAT gateway {gateway} costs by the hour, and no route leads to it", f"{command}, and its address."
        )


def _of_logs(place: Place) -> Iterator[Fault]:
    prefix = f"/reporting/{place.settings.installation}/"
    for group in place.aws("logs", "describe_log_groups", logGroupNamePrefix=prefix)["logGroups"]:
        name = group["logGroupName"]
        if not group.get("retentionInDays") and name != place.settings.log_group:  # of that one another check tells
            command = f"aws logs put-retention-policy --log-group-name {name} --retention-in-days 30"
            yield Fault(f"log group {name} keeps everything for ever", command)
