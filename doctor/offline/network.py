"""The theory that tasks have no network, or no way out of it."""

import re
from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Documents, Resource, Stack, items, known, objects, part, text
from doctor.offline.frame import FileCheck

_IDS: Final = {
    "subnets": (re.compile(r"^subnet-([0-9a-f]{8}|[0-9a-f]{17})$"), 16),
    "securityGroups": (re.compile(r"^sg-([0-9a-f]{8}|[0-9a-f]{17})$"), 5),
}
_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")
_GATEWAYS: Final = ("NatGatewayId", "TransitGatewayId", "NetworkInterfaceId", "InstanceId")
_NEEDED: Final = ("ecr.api", "ecr.dkr", "logs", "s3")


def _look(documents: Documents) -> Iterator[Fault]:
    for service in documents.services:
        if not service.on_fargate:
            continue
        yield from _of_launch(service.where, service.data, service.source.get("NetworkConfiguration"), service.stack)
    for launch in documents.launches:
        if launch.data.get("launchType") == "FARGATE" or "networkConfiguration" in launch.data:
            yield from _of_launch(launch.where, launch.data, None, None)
    for stack in documents.stacks:
        yield from _of_groups(stack)


def _of_launch(where: str, data: dict[str, Any], source: Any, stack: Stack | None) -> Iterator[Fault]:
    network = part(data, "networkConfiguration")
    given = part(network, "awsvpcConfiguration")
    if not given and not known((data.get("networkConfiguration"), network.get("awsvpcConfiguration"))):
        return
    if not given.get("subnets"):
        says = f"{where}: no subnets in networkConfiguration.awsvpcConfiguration, which Fargate wants"
        yield Fault(says, "Name subnets with a way out.")
    yield from _of_ids(where, given)
    public = text(given.get("assignPublicIp") or "DISABLED")
    if known(public) and public not in {"ENABLED", "DISABLED"}:
        yield Fault(f"{where}: assignPublicIp {public} is none", "ENABLED or DISABLED.")
    elif stack is not None and isinstance(source, dict):
        for value in items(part(source, "AwsvpcConfiguration").get("Subnets")):
            subnet = stack.named(value)
            if subnet is not None and subnet.kind == "AWS::EC2::Subnet":
                yield from _way_out(where, stack, subnet, public)


def _of_ids(where: str, given: dict[str, Any]) -> Iterator[Fault]:
    for name, (form, most) in _IDS.items():
        values = [text(value) for value in items(given.get(name))]
        # A name without a hyphen is that of a resource of the same template.
        wrong = [value for value in values if known(value) and "-" in value and not form.match(value)]
        if wrong:
            yield Fault(f"{where}: {name} {', '.join(wrong)} are no such ids", "Correct them.")
        if len(values) > most and known(values):
            yield Fault(f"{where}: {len(values)} {name}, of which ECS takes {most}", "Name fewer.")


def _way_out(where: str, stack: Stack, subnet: Resource, public: str) -> Iterator[Fault]:
    """Whether a subnet of the same template leads out; one without routes of its own may be led elsewhere."""
    tables = [
        stack.named(one.source.get("RouteTableId"))
        for one in stack.of("AWS::EC2::SubnetRouteTableAssociation")
        if stack.named(one.source.get("SubnetId")) is subnet
    ]
    if not tables or None in tables:
        return
    told = [(one.properties.get("RouteTableId"), one.properties.get("DestinationCidrBlock")) for one in _routes(stack)]
    if not known(told):
        return
    routes = [route for route in _routes(stack) if stack.named(route.source.get("RouteTableId")) in tables]
    # What comes over a peering connection goes no further than the other network.
    leads = [
        route for route in routes if _everywhere(route.properties) and "VpcPeeringConnectionId" not in route.properties
    ]
    if any(name in route.properties for route in leads for name in _GATEWAYS):
        return
    if leads:
        if public == "DISABLED":
            says = f"{where}: subnet {subnet.name} leads to an internet gateway, but tasks have no public address"
            yield Fault(says, "Set AssignPublicIp to ENABLED, or take subnets behind a NAT gateway.")
        return
    there = {text(one.properties.get("ServiceName")) for one in stack.of("AWS::EC2::VPCEndpoint")}
    missing = [name for name in _NEEDED if not any(service.endswith(f".{name}") for service in there)]
    if missing:
        says = f"{where}: subnet {subnet.name} has no default route out, and no endpoints for {', '.join(missing)}"
        yield Fault(says, "Add a route to a NAT gateway, or the endpoints.")


def _routes(stack: Stack) -> list[Resource]:
    return stack.of("AWS::EC2::Route")


def _everywhere(properties: dict[str, Any]) -> bool:
    return text(properties.get("DestinationCidrBlock")) in _EVERYWHERE


def _of_groups(stack: Stack) -> Iterator[Fault]:
    used = {
        id(group)
        for service in stack.of("AWS::ECS::Service")
        for value in items(_awsvpc(service.source).get("SecurityGroups"))
        if (group := stack.named(value)) is not None
    }
    for group in stack.of("AWS::EC2::SecurityGroup"):
        out = group.properties.get("SecurityGroupEgress")
        rules = objects(out)
        apart = any(
            stack.named(one.source.get("GroupId")) is group for one in stack.of("AWS::EC2::SecurityGroupEgress")
        )
        where = f"{stack.where}: {group.name}"
        if id(group) in used and out is not None and known(out) and not apart and not any(map(_lets_out, rules)):
            yield Fault(f"{where}: lets no TCP 443 out", "Allow 443 outbound, and 80 for certificate checks.")
        let_in = objects(group.properties.get("SecurityGroupIngress"))
        everybody = any({text(rule.get("CidrIp")), text(rule.get("CidrIpv6"))} & {*_EVERYWHERE} for rule in let_in)
        if everybody and id(group) in used and not _balanced(stack):
            says = f"{where}: everybody may reach the tasks' ports, and no load balancer stands before them"
            yield Fault(says, "Take the inbound rule away: nothing has to listen.", Severity.WARNING)


def _awsvpc(source: dict[str, Any]) -> dict[str, Any]:
    network = source.get("NetworkConfiguration")
    found = network.get("AwsvpcConfiguration") if isinstance(network, dict) else None
    return found if isinstance(found, dict) else {}


def _lets_out(rule: dict[str, Any]) -> bool:
    protocol = text(rule.get("IpProtocol"))
    if protocol == "-1":
        return True
    low, high = rule.get("FromPort", 0), rule.get("ToPort", 65535)
    return protocol in {"tcp", "6"} and int(low) <= 443 <= int(high)


def _balanced(stack: Stack) -> bool:
    return any(service.properties.get("LoadBalancers") for service in stack.of("AWS::ECS::Service"))


NETWORK: Final = FileCheck(
    "network",
    "Every service and launch names subnets that lead out, and groups that let 443 out",
    Severity.ERROR,
    ("services", "launches", "stacks"),
    "Without a way out images are not pulled, secrets not read, logs not written, and Snowflake does not answer.",
    _look,
)
