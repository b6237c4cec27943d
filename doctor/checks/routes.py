"""Routes of subnets, as EC2 tells them: which table a subnet has, and where its default route leads."""

from collections.abc import Callable
from typing import Any, Final

EVERYWHERE: Final = "0.0.0.0/0"
Ask = Callable[..., dict[str, Any]]
"""``ask("ec2", "describe_subnets", …)``: AWS's answer; one that was denied may be empty."""
_TARGETS: Final = {
    "NatGatewayId": "NAT gateway", "GatewayId": "gateway", "TransitGatewayId": "transit gateway",
    "NetworkInterfaceId": "network interface", "VpcPeeringConnectionId": "peering connection",
}  # fmt: skip


def subnets_of(ask: Ask, names: tuple[str, ...]) -> list[dict[str, Any]]:
    """Subnets by their ids."""
    return list(ask("ec2", "describe_subnets", SubnetIds=list(names)).get("Subnets", []))


def tables_of(ask: Ask, subnet: dict[str, Any]) -> list[dict[str, Any]]:
    """The route table of a subnet: its own, else the main one of its VPC, where that is known."""

    def found(*filters: tuple[str, str]) -> list[dict[str, Any]]:
        wanted = [{"Name": name, "Values": [value]} for name, value in filters]
        return list(ask("ec2", "describe_route_tables", Filters=wanted).get("RouteTables", []))

    of_vpc = [("vpc-id", str(subnet["VpcId"]))] if "VpcId" in subnet else []
    own = found(("association.subnet-id", subnet["SubnetId"]), *of_vpc)
    return own or (found(("association.main", "true"), *of_vpc) if of_vpc else [])


def default_routes(ask: Ask, subnet: dict[str, Any]) -> list[dict[str, Any]]:
    """The routes of a subnet to everywhere, those that lead into nothing included."""
    return defaults(tables_of(ask, subnet))


def defaults(tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The routes to everywhere in route tables."""
    routes = [route for table in tables for route in table.get("Routes") or []]
    return [route for route in routes if route.get("DestinationCidrBlock") == EVERYWHERE]


def leads(route: dict[str, Any]) -> bool:
    """Whether a route's target is there: that of a gateway which was deleted is a black hole."""
    return route.get("State") != "blackhole"


def gateway(route: dict[str, Any]) -> str:
    """The id of an internet gateway that a route leads to; empty when it leads elsewhere."""
    name = str(route.get("GatewayId") or "")
    return name if name.startswith("igw-") else ""


def leads_out(route: dict[str, Any], *, public: bool) -> bool:
    """Whether tasks reach the world by a default route; ``public``: they have public addresses.

    An internet gateway serves only these, and what comes over a peering connection goes no further.
    """
    return leads(route) and not route.get("VpcPeeringConnectionId") and (public or not gateway(route))


def target(route: dict[str, Any]) -> tuple[str, str]:
    """What a route leads to: its kind in words, and its id."""
    if gateway(route):
        return "internet gateway", gateway(route)
    key = next((key for key in _TARGETS if route.get(key)), "")
    return (_TARGETS[key], str(route[key])) if key else ("other", "nothing")
