"""Where a network leads, in words that can be compared across accounts, whose ids always differ."""

from collections.abc import Iterator
from typing import Any

from doctor.checks.routes import Ask, defaults, leads, subnets_of, tables_of, target


def reached(configuration: dict[str, Any], told: Ask) -> dict[str, Any]:
    """The ways out of the subnets and what the security groups let through; nothing that could not be asked."""
    subnets, groups = configuration.get("subnets") or [], configuration.get("securityGroups") or []
    found: dict[str, Any] = {"subnetCount": len(subnets), "securityGroupCount": len(groups)}
    there = subnets_of(told, tuple(subnets)) if subnets else None
    if there:
        found["zones"] = len({one.get("AvailabilityZone") for one in there})
        found["waysOut"] = _listed({_way(told, one) for one in there} - {""})
        vpcs = sorted({one["VpcId"] for one in there})
        asked = told("ec2", "describe_vpc_endpoints", Filters=[{"Name": "vpc-id", "Values": vpcs}]).get("VpcEndpoints")
        if asked is not None:
            found["endpoints"] = _listed({".".join(one["ServiceName"].split(".")[3:]) for one in asked})
    listed = told("ec2", "describe_security_groups", GroupIds=groups).get("SecurityGroups") if groups else None
    if listed is not None:
        for name, key in (("letOut", "IpPermissionsEgress"), ("letIn", "IpPermissions")):
            found[name] = _listed({text for group in listed for rule in group.get(key, []) for text in _rule(rule)})
    return found


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _way(told: Ask, subnet: dict[str, Any]) -> str:
    tables = tables_of(told, subnet)
    ways = [target(route)[0] for route in defaults(tables) if leads(route)]
    return (ways or ["none"])[0] if tables else ""


def _rule(rule: dict[str, Any]) -> Iterator[str]:
    protocol = "all" if rule.get("IpProtocol") == "-1" else str(rule.get("IpProtocol"))
    ports = "" if rule.get("FromPort") is None else f" {rule['FromPort']}-{rule.get('ToPort')}"
    for key, name in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")):
        for each in rule.get(key, []):
            yield f"{protocol}{ports} {each[name]}"
    if rule.get("PrefixListIds"):
        yield f"{protocol}{ports} prefix lists"
    if rule.get("UserIdGroupPairs"):
        yield f"{protocol}{ports} groups"
