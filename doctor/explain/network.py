"""The theory that the tasks have no way out of their subnets, or a security group that lets nothing out."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.routes import defaults, leads_out
from doctor.checks.traffic import ANSWERED, CALLED, acl_lets, covers
from doctor.explain.connection import tested
from doctor.explain.facts import Facts
from doctor.explain.theory import Certainty, Theory, Verdict, open_, refuted

ID: Final = "network"
TITLE: Final = "The tasks have no way out of their subnets"


def network(facts: Facts) -> Theory:
    """A connection test, routes and security groups where they are in the evidence, else what a start proves."""
    if by_test := tested(facts, ID, TITLE):
        return by_test
    closed = [
        *(f"security group {group} lets nothing out" for group in _closed_groups(facts)),
        *(f"network ACL {acl} {what}" for acl, what in (() if facts.started else _closed_acls(facts))),
    ]
    if closed:
        return Theory(
            ID, TITLE, Verdict.SUPPORTED, Certainty.LIKELY, "egress_closed", tuple(closed),
            settles=_settles(facts), remedy="Allow outbound TCP 443, and the ports of brokers and databases; a network"
            " ACL must let the answers in as well, TCP 1024-65535.",
        )  # fmt: skip
    stranded = _stranded_subnets(facts) if not facts.started else []
    if stranded:
        return Theory(
            ID, TITLE, Verdict.SUPPORTED, Certainty.LIKELY, "no_route_out",
            tuple(f"subnet {subnet} has no default route that the tasks could use" for subnet in stranded),
            settles=_settles(facts), remedy="Add a NAT gateway or the endpoints, or assign public addresses.",
        )  # fmt: skip
    if facts.started:
        pulled = sum(task.pulled is not None for task in facts.started)
        how = f"{pulled} of them pulled their image" if pulled else "which needs the registry"
        return refuted(
            ID, TITLE,
            f"{len(facts.started)} tasks started from these subnets, {how}: registry, log and secret endpoints answer"
            " there; brokers, caches and tables are a theory of their own",
        )  # fmt: skip
    if facts.unhealthy:
        return refuted(ID, TITLE, "tasks ran until a health check failed, so they could pull their image from there")
    says = "neither routes, a connection test nor a started task are in the evidence"
    return open_(ID, TITLE, says, settles=_settles(facts))


def _configuration(facts: Facts) -> dict[str, Any]:
    service = facts.subject.service or {}
    found = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    return found if isinstance(found, dict) else {}


def _closed_groups(facts: Facts) -> list[str]:
    wanted = set(_configuration(facts).get("securityGroups") or [])
    groups = [
        group
        for group in facts.subject.whole.network.get("SecurityGroups", [])
        if (not wanted or group.get("GroupId") in wanted) and "IpPermissionsEgress" in group
    ]
    if wanted and any(
        covers(rule, port) for group in groups for rule in group["IpPermissionsEgress"] for port in CALLED
    ):
        return []  # what one of a task's groups lets out goes out
    return [str(group["GroupId"]) for group in groups if not group["IpPermissionsEgress"]]


def _closed_acls(facts: Facts) -> Iterator[tuple[str, str]]:
    """ACLs of the tasks' subnets that keep calls or their answers from passing."""
    subnets = set(map(str, _configuration(facts).get("subnets") or []))
    for acl in facts.subject.whole.network.get("NetworkAcls", []):
        of = {str(one.get("SubnetId")) for one in acl.get("Associations") or []}
        entries = acl.get("Entries")
        if not entries or not (of & subnets or not subnets):
            continue
        if not acl_lets(entries, out=True, ports=CALLED, world=False):
            yield str(acl.get("NetworkAclId")), "does not let TCP 443 out"
        elif not acl_lets(entries, out=False, ports=ANSWERED, world=False):
            yield str(acl.get("NetworkAclId")), "does not let the answers in"


def _stranded_subnets(facts: Facts) -> list[str]:
    """Subnets without a default route that serves tasks: an internet gateway needs public addresses."""
    tables = facts.subject.whole.network.get("RouteTables", [])
    public = _configuration(facts).get("assignPublicIp") == "ENABLED"
    found: list[str] = []
    for subnet in _configuration(facts).get("subnets") or []:
        own = [t for t in tables if any(a.get("SubnetId") == subnet for a in t.get("Associations") or [])]
        own = own or [t for t in tables if any(a.get("Main") for a in t.get("Associations") or [])]
        if own and not any(leads_out(route, public=public) for route in defaults(own)):
            found.append(str(subnet))
    return found


def _settles(facts: Facts) -> str:
    subnets = ",".join(map(str, _configuration(facts).get("subnets") or [])) or "SUBNETS"
    return f"aws ec2 describe-route-tables --filters Name=association.subnet-id,Values={subnets}"
