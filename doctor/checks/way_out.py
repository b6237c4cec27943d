"""The check of the way out: routes, NAT gateways, public addresses, and endpoints where there is no route."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.endpoints import endpoints_of, missing_services
from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError
from doctor.checks.routes import default_routes, gateway, leads, subnets_of, target

LOCAL: Final = "tasks of the local cloud are processes of this machine"


class WayOut:
    """The routes of the subnets."""

    id = "way_out"
    question = "Each subnet has a way out: a NAT gateway, an internet gateway with public addresses, or all endpoints"
    severity = Severity.ERROR
    reads = (
        "ec2:DescribeRouteTables",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeNatGateways",
    )
    theory = "Without it images are not pulled, secrets not read, and Snowflake does not answer."

    def look(self, place: Place) -> list[Fault]:
        """Ask EC2 for routes, and where there are none for endpoints."""
        if place.is_local:
            raise NotAskedError(LOCAL)
        return [
            fault for subnet in subnets_of(place.aws, place.settings.subnets) for fault in _of_subnet(place, subnet)
        ]


def _of_subnet(place: Place, subnet: dict[str, Any]) -> Iterator[Fault]:
    name = subnet["SubnetId"]
    routes = default_routes(place.aws, subnet)
    there = [route for route in routes if leads(route)]
    if not there:
        gone = f" (its default route leads to {target(routes[0])[1]}, which is gone)" if routes else ""
        yield from _without_route(place, subnet, gone)
        return
    route = there[0]
    if gateway(route) and not place.settings.assign_public_ip:
        says = f"subnet {name} leads to an internet gateway, but tasks have no public address"
        yield Fault(says, "Set REPORTING_ASSIGN_PUBLIC_IP=true, or take subnets behind a NAT gateway.")
    elif route.get("NatGatewayId"):
        yield from _of_nat(place, name, str(route["NatGatewayId"]))
    elif route.get("VpcPeeringConnectionId"):
        says = f"the default route of subnet {name} leads to a peering connection, which does not lead on to the world"
        yield Fault(says, "Route 0.0.0.0/0 to a NAT gateway or a transit gateway.")


def _without_route(place: Place, subnet: dict[str, Any], gone: str) -> Iterator[Fault]:
    name, endpoints = subnet["SubnetId"], endpoints_of(place, subnet["VpcId"])
    missing = missing_services(place, endpoints)
    if missing:
        says = f"subnet {name} has no default route{gone} and lacks endpoints for {', '.join(missing)}"
        yield Fault(says, "Add a NAT gateway or them.")
    elif not any("vpce-svc" in str(one.get("ServiceName")) for one in endpoints):
        says = f"subnet {name} has no default route{gone} and no endpoint of a private link to Snowflake"
        remedy = "Add a NAT gateway, or the private link: SELECT SYSTEM$GET_PRIVATELINK_CONFIG() names its service."
        yield Fault(says, remedy)


def _of_nat(place: Place, name: str, nat_id: str) -> Iterator[Fault]:
    """A NAT gateway serves only when it is available, public, and itself leads to an internet gateway."""
    try:
        found = place.aws("ec2", "describe_nat_gateways", NatGatewayIds=[nat_id])["NatGateways"]
    except RefusedError as error:
        yield Fault(f"subnet {name} leads to NAT gateway {nat_id}: {error.code}", "Make one, and route to it.")
        return
    nat = found[0] if found else {"State": "not there"}
    if nat.get("State") != "available":
        yield Fault(f"subnet {name} leads to NAT gateway {nat_id}, which is {nat['State']}", "Make one anew.")
    elif nat.get("ConnectivityType") == "private":
        says = f"subnet {name} leads to NAT gateway {nat_id}, which is a private one and has no public address"
        yield Fault(says, "Make a public one, and route to it.")
    else:
        own = {"SubnetId": nat["SubnetId"], "VpcId": nat["VpcId"]}
        if not any(gateway(route) and leads(route) for route in default_routes(place.aws, own)):
            says = f"NAT gateway {nat_id} stands in subnet {nat['SubnetId']}, which leads to no internet gateway"
            yield Fault(says, "Put it into a public subnet: one whose 0.0.0.0/0 leads to an internet gateway.")
