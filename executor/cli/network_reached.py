"""Where a network leads, in words that can be compared across accounts, whose ids always differ."""

from collections.abc import Callable, Iterator
from typing import Any, Final

Told = Callable[..., dict[str, Any]]
"""``told("ec2", "describe_subnets", …)``: the answer; empty where it was denied."""
_EVERYWHERE: Final = ("0.0.0.0/0", "::/0")


def reached(configuration: dict[str, Any], told: Told) -> dict[str, Any]:
    """The ways out of the subnets and what the security groups let through; nothing that could not be asked."""
    subnets, groups = configuration.get("subnets") or [], configuration.get("securityGroups") or []
    found: dict[str, Any] = {"subnetCount": len(subnets), "securityGroupCount": len(groups)}
    answer = told("ec2", "describe_subnets", SubnetIds=subnets) if subnets else {}
    vpcs = {one["VpcId"] for one in answer.get("Subnets", [])}
    if answer:
        found["zones"] = len({one.get("AvailabilityZone") for one in answer["Subnets"]})
        ways = [_way(told, one) for one in answer["Subnets"]]
        found["waysOut"] = ", ".join(sorted({way for way in ways if way}))
    if vpcs:
        asked = told("ec2", "describe_vpc_endpoints", Filters=[{"Name": "vpc-id", "Values": sorted(vpcs)}])
        names = {".".join(one["ServiceName"].split(".")[3:]) for one in asked.get("VpcEndpoints", [])}
        found["endpoints"] = ", ".join(sorted(names))
    listed = told("ec2", "describe_security_groups", GroupIds=groups).get("SecurityGroups", []) if groups else []
    for name, key in (("letOut", "IpPermissionsEgress"), ("letIn", "IpPermissions")):
        found[name] = ", ".join(
            sorted({text for group in listed for rule in group.get(key, []) for text in _rule(rule)})
        )
    return {name: value for name, value in found.items() if value != ""}


def _way(told: Told, subnet: dict[str, Any]) -> str:
    def tables(name: str, value: str) -> list[dict[str, Any]]:
        filters = [{"Name": name, "Values": [value]}, {"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
        return list(told("ec2", "describe_route_tables", Filters=filters).get("RouteTables", []))

    own = tables("association.subnet-id", subnet["SubnetId"]) or tables("association.main", "true")
    for table in own:
        for route in table.get("Routes", []):
            if route.get("DestinationCidrBlock") in _EVERYWHERE and route.get("State") != "blackhole":
                return (
                    "internet gateway"
                    if str(route.get("GatewayId") or "").startswith("igw-")
                    else "NAT gateway or other"
                )
    return "none" if own else ""


def _rule(rule: dict[str, Any]) -> Iterator[str]:
    protocol = "all" if rule.get("IpProtocol") == "-1" else str(rule.get("IpProtocol"))
    ports = "" if rule.get("FromPort") is None else f" {rule['FromPort']}-{rule.get('ToPort')}"
    for each in rule.get("IpRanges", []):
        yield f"{protocol}{ports} {each['CidrIp']}"
    if rule.get("UserIdGroupPairs"):
        yield f"{protocol}{ports} groups"
