"""Routes of subnets, as EC2 tells them: which table a subnet has, and where its default route leads."""

from typing import Any, Final

from doctor.checks.place import Place

EVERYWHERE: Final = "0.0.0.0/0"


def subnets_of(place: Place) -> list[dict[str, Any]]:
    """The subnets of the settings."""
    return list(place.aws("ec2", "describe_subnets", SubnetIds=list(place.settings.subnets))["Subnets"])


def tables_of(place: Place, subnet: dict[str, Any]) -> list[dict[str, Any]]:
    """The route table of a subnet: its own, else the main one of its VPC."""

    def found(name: str, value: str) -> list[dict[str, Any]]:
        filters = [{"Name": name, "Values": [value]}, {"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
        return list(place.aws("ec2", "describe_route_tables", Filters=filters)["RouteTables"])

    return found("association.subnet-id", subnet["SubnetId"]) or found("association.main", "true")


def default_routes(place: Place, subnet: dict[str, Any]) -> list[dict[str, Any]]:
    """The routes of a subnet to everywhere, those that lead into nothing included."""
    return [
        route
        for table in tables_of(place, subnet)
        for route in table.get("Routes", [])
        if route.get("DestinationCidrBlock") == EVERYWHERE
    ]


def leads(route: dict[str, Any]) -> bool:
    """Whether a route's target is there: that of a gateway which was deleted is a black hole."""
    return route.get("State") != "blackhole"


def gateway(route: dict[str, Any]) -> str:
    """The id of an internet gateway that a route leads to; empty when it leads elsewhere."""
    name = str(route.get("GatewayId") or "")
    return name if name.startswith("igw-") else ""
