"""The check of the network ACLs: a subnet's rules that know nothing of connections."""

from collections.abc import Iterator
from typing import Any

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place
from doctor.checks.routes import default_routes, leads, subnets_of
from doctor.checks.traffic import ANSWERED, CALLED, acl_lets
from doctor.checks.way_out import LOCAL


class NetworkAcls:
    """The network ACLs of the subnets."""

    id = "network_acls"
    question = "The subnets' network ACLs let 443 out, and the answers in"
    severity = Severity.ERROR
    reads = ("ec2:DescribeNetworkAcls", "ec2:DescribeSubnets", "ec2:DescribeRouteTables")
    theory = (
        "Unlike a security group an ACL does not know that a packet is an answer: without inbound 1024-65535 every"
        " call times out, as if there were no route."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask EC2 for the ACL of each subnet."""
        if place.is_local:
            raise NotAskedError(LOCAL)
        return [
            fault for subnet in subnets_of(place.aws, place.settings.subnets) for fault in _of_subnet(place, subnet)
        ]


def _of_subnet(place: Place, subnet: dict[str, Any]) -> Iterator[Fault]:
    filters = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
    world = any(leads(route) for route in default_routes(place.aws, subnet))
    for acl in place.aws("ec2", "describe_network_acls", Filters=filters)["NetworkAcls"]:
        entries: list[dict[str, Any]] = acl.get("Entries") or []
        name = f"network ACL {acl['NetworkAclId']} of subnet {subnet['SubnetId']}"
        if not acl_lets(entries, out=True, ports=CALLED, world=world):
            yield Fault(f"{name} does not let TCP 443 out", _allow(acl, "--egress", 443, 443))
        if not acl_lets(entries, out=False, ports=ANSWERED, world=world):
            says = f"{name} does not let the answers in: TCP 1024-65535 inbound"
            yield Fault(says, _allow(acl, "--ingress", 1024, 65_535))


def _allow(acl: dict[str, Any], direction: str, first: int, last: int) -> str:
    taken = {int(one["RuleNumber"]) for one in acl.get("Entries") or []}
    number = next(n for n in range(90, 0, -1) if n not in taken or n == 1)
    return (
        f"aws ec2 create-network-acl-entry --network-acl-id {acl['NetworkAclId']} {direction} --rule-number {number}"
        f" --protocol tcp --port-range From={first},To={last} --cidr-block 0.0.0.0/0 --rule-action allow"
    )
