"""Rules of security groups and network ACLs: whether they let TCP to a port through."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network
from typing import Any, Final

CALLED: Final = (443,)
"""The port of everything that a task calls."""
ANSWERED: Final = (32_768, 46_000, 60_999)
"""The first, the last and a middle one of the ports to which Linux has its calls answered."""
_ALL: Final = "-1"
_TCP: Final = frozenset({"tcp", "6"})
_EVERYWHERE: Final = IPv4Network("0.0.0.0/0")


def covers(rule: dict[str, Any], port: int) -> bool:
    """Whether a rule of a security group is about TCP to a port, whoever it is from or to."""
    if str(rule.get("IpProtocol")) == _ALL:
        return True
    first, last = int(rule.get("FromPort") or 0), int(rule.get("ToPort") or 65_535)
    return str(rule.get("IpProtocol")) in _TCP and first <= port <= last


def sources(rule: dict[str, Any], own_group: str) -> list[str]:
    """From whom a rule of a security group lets traffic in; its own group, which is only ours, is left out."""
    found = [str(one["CidrIp"]) for one in rule.get("IpRanges") or []]
    found += [str(one["CidrIpv6"]) for one in rule.get("Ipv6Ranges") or []]
    found += [str(one["PrefixListId"]) for one in rule.get("PrefixListIds") or []]
    found += [str(one["GroupId"]) for one in rule.get("UserIdGroupPairs") or [] if one.get("GroupId") != own_group]
    return found


def admits(group: dict[str, Any], port: int, groups: Iterable[str], networks: Iterable[str]) -> bool:
    """Whether a security group lets TCP in at a port, from one of these groups or from all of these networks."""
    rules = [rule for rule in group.get("IpPermissions") or [] if covers(rule, port)]
    named = {str(one.get("GroupId")) for rule in rules for one in rule.get("UserIdGroupPairs") or []}
    ranges = [IPv4Network(one["CidrIp"], strict=False) for rule in rules for one in rule.get("IpRanges") or []]
    if named & set(groups) or any(rule.get("PrefixListIds") for rule in rules):
        return True  # what a prefix list holds is not asked
    wanted = [IPv4Network(one, strict=False) for one in networks]
    return bool(wanted) and all(any(one.subnet_of(range_) for range_ in ranges) for one in wanted)


def acl_lets(entries: Sequence[dict[str, Any]], *, out: bool, ports: Sequence[int], world: bool) -> bool:
    """Whether a network ACL lets TCP at all of these ports through.

    The first rule that fits decides. One that is about a part of the addresses counts when it lets them through, as
    for endpoints and proxies, and not when it keeps them out.

    Args:
        entries: the rules of the ACL, as EC2 tells them.
        out: the rules for what goes out; else those for what comes in.
        ports: each must be let through.
        world: rules for private addresses do not count, because the world is meant.
    """
    rules = sorted((one for one in entries if bool(one.get("Egress")) is out), key=lambda one: int(one["RuleNumber"]))
    return all(_lets(rules, port, world=world) for port in ports)


def _lets(rules: Iterable[dict[str, Any]], port: int, *, world: bool) -> bool:
    for rule in rules:
        if rule.get("CidrBlock") is None or not _is_about(rule, port):
            continue
        network = IPv4Network(str(rule["CidrBlock"]), strict=False)
        if rule.get("RuleAction") == "allow" and not (world and network.is_private):
            return True
        if rule.get("RuleAction") == "deny" and network == _EVERYWHERE:
            return False
    return False


def _is_about(rule: dict[str, Any], port: int) -> bool:
    protocol = str(rule.get("Protocol"))
    if protocol == _ALL:
        return True
    asked = rule.get("PortRange") or {}
    return protocol in _TCP and int(asked.get("From", 0)) <= port <= int(asked.get("To", 65_535))
