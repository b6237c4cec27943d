"""Checks of where tasks run: subnets, security groups, a way out."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError

_NEEDED: Final = ("s3", "logs", "ecr.api", "ecr.dkr", "secretsmanager")
_EVERYWHERE: Final = frozenset({"0.0.0.0/0", "::/0"})


class Subnets:
    """The subnets of the settings."""

    id = "subnets"
    question = "The subnets are there, in one VPC, in two zones, with addresses for as many tasks as may run"
    severity = Severity.ERROR
    reads = ("ec2:DescribeSubnets",)
    theory = "Ids of another account or region do not exist here; each task takes one address."

    def look(self, place: Place) -> list[Fault]:
        """Ask EC2 for them."""
        wanted = list(place.settings.subnets)
        try:
            found = place.aws("ec2", "describe_subnets", SubnetIds=wanted)["Subnets"]
        except RefusedError as error:
            return [Fault(f"REPORTING_SUBNETS: {error} (region {place.region})", "Correct the ids, account or region.")]
        return list(_of_subnets(place, found))


def _of_subnets(place: Place, found: list[dict[str, Any]]) -> Iterator[Fault]:
    vpcs = {subnet["VpcId"] for subnet in found}
    if len(vpcs) > 1:
        yield Fault(f"REPORTING_SUBNETS lie in {len(vpcs)} VPCs: {', '.join(sorted(vpcs))}", "Take all from one VPC.")
    free = sum(int(subnet.get("AvailableIpAddressCount", 0)) for subnet in found)
    if free < place.settings.max_running:
        says = f"{free} free addresses for REPORTING_MAX_RUNNING {place.settings.max_running}"
        yield Fault(says, "Add subnets, or lower the cap.", Severity.WARNING)
    if len({subnet.get("AvailabilityZone") for subnet in found}) < 2 and not place.is_local:
        yield Fault("all subnets lie in one availability zone", "Add one in another zone.", Severity.WARNING)


class SecurityGroups:
    """The security groups of the settings."""

    id = "security_groups"
    question = "The security groups are there, in the subnets' VPC, let 443 out and nothing in"
    severity = Severity.ERROR
    reads = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets")
    theory = "Tasks only call out: 443 for AWS and Snowflake, 80 for its certificate checks. Nothing ever calls them."

    def look(self, place: Place) -> list[Fault]:
        """Ask EC2 for them."""
        wanted = list(place.settings.security_groups)
        if not wanted:
            raise NotAskedError("REPORTING_SECURITY_GROUPS is empty: the VPC's default group is used")
        try:
            groups = place.aws("ec2", "describe_security_groups", GroupIds=wanted)["SecurityGroups"]
            subnets = place.aws("ec2", "describe_subnets", SubnetIds=list(place.settings.subnets))["Subnets"]
        except RefusedError as error:
            return [Fault(f"REPORTING_SECURITY_GROUPS: {error}", "Correct the ids, account or region.")]
        vpcs = {subnet["VpcId"] for subnet in subnets}
        found = [
            Fault(
                f"{group['GroupId']} is of {group['VpcId']}, the subnets of {', '.join(vpcs)}", "Take all from one VPC."
            )
            for group in groups
            if group["VpcId"] not in vpcs
        ]
        if not any(_lets_out(rule, 443) for group in groups for rule in group.get("IpPermissionsEgress", [])):
            found.append(
                Fault("no security group lets TCP 443 out", "Allow outbound 443, and 80 for certificate checks.")
            )
        for group in groups if not place.is_local else ():
            if any(rule.get("IpRanges") or rule.get("Ipv6Ranges") for rule in group.get("IpPermissions", [])):
                says = f"{group['GroupId']} lets traffic in"
                found.append(Fault(says, "Take the inbound rules away: nothing listens.", Severity.WARNING))
        return found


def _lets_out(rule: dict[str, Any], port: int) -> bool:
    if rule.get("IpProtocol") == "-1":
        return True
    return rule.get("IpProtocol") == "tcp" and int(rule.get("FromPort", 0)) <= port <= int(rule.get("ToPort", 65535))


class WayOut:
    """The routes of the subnets."""

    id = "way_out"
    question = "Each subnet has a way out: a NAT gateway, an internet gateway with public addresses, or all endpoints"
    severity = Severity.ERROR
    reads = ("ec2:DescribeRouteTables", "ec2:DescribeSubnets", "ec2:DescribeVpcEndpoints")
    theory = "Without it images are not pulled, secrets not read, and Snowflake does not answer."

    def look(self, place: Place) -> list[Fault]:
        """Ask EC2 for routes, and where there are none for endpoints."""
        if place.is_local:
            raise NotAskedError("tasks of the local cloud are processes of this machine")
        subnets = place.aws("ec2", "describe_subnets", SubnetIds=list(place.settings.subnets))["Subnets"]
        found: list[Fault] = []
        for subnet in subnets:
            routes = self._routes(place, subnet)
            says, remedy = self._wrong(place, subnet, routes)
            found += [Fault(says, remedy)] if says else []
        return found

    def _routes(self, place: Place, subnet: dict[str, Any]) -> list[dict[str, Any]]:
        def tables(name: str, value: str) -> list[dict[str, Any]]:
            filters = [{"Name": name, "Values": [value]}, {"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
            return list(place.aws("ec2", "describe_route_tables", Filters=filters)["RouteTables"])

        own = tables("association.subnet-id", subnet["SubnetId"]) or tables("association.main", "true")
        return [route for table in own for route in table.get("Routes", [])]

    def _wrong(self, place: Place, subnet: dict[str, Any], routes: list[dict[str, Any]]) -> tuple[str, str]:
        name = subnet["SubnetId"]
        leads = [route for route in routes if route.get("DestinationCidrBlock") in _EVERYWHERE]
        leads = [route for route in leads if route.get("State") != "blackhole"]
        gateways = [str(route.get("GatewayId") or "") for route in leads]
        if leads and all(gateway.startswith("igw-") for gateway in gateways):
            if place.settings.assign_public_ip:
                return "", ""
            says = f"subnet {name} leads to an internet gateway, but tasks have no public address"
            return says, "Set REPORTING_ASSIGN_PUBLIC_IP=true, or take subnets behind a NAT gateway."
        if leads:
            return "", ""
        filters = [{"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
        endpoints = place.aws("ec2", "describe_vpc_endpoints", Filters=filters)["VpcEndpoints"]
        there = {one["ServiceName"].partition(f".{place.region}.")[2] for one in endpoints}
        missing = [service for service in _NEEDED if service not in there]
        if not missing:
            return "", ""
        return (
            f"subnet {name} has no default route and lacks endpoints for {', '.join(missing)}",
            "Add a NAT gateway or them.",
        )
