"""Checks of where tasks run: subnets and security groups."""

from collections.abc import Iterator
from typing import Any

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import Place, RefusedError
from doctor.checks.traffic import covers, sources


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
    for subnet in found:
        if not int(subnet.get("AvailableIpAddressCount", 1)):
            says = f"subnet {subnet['SubnetId']} has no free address: launches into it fail"
            yield Fault(says, "Take it out of REPORTING_SUBNETS, or take a larger one.", Severity.WARNING)
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
        """Ask EC2 for them; where none is named, for those that tasks are given then."""
        wanted = list(place.settings.security_groups)
        try:
            subnets = place.aws("ec2", "describe_subnets", SubnetIds=list(place.settings.subnets))["Subnets"]
            vpcs = sorted({str(subnet["VpcId"]) for subnet in subnets})
            default = [{"Name": "vpc-id", "Values": vpcs}, {"Name": "group-name", "Values": ["default"]}]
            which: dict[str, Any] = {"GroupIds": wanted} if wanted else {"Filters": default}
            groups = place.aws("ec2", "describe_security_groups", **which)["SecurityGroups"]
        except RefusedError as error:
            return [Fault(f"REPORTING_SECURITY_GROUPS: {error}", "Correct the ids, account or region.")]
        return list(_of_groups(place, groups, vpcs))


def _of_groups(place: Place, groups: list[dict[str, Any]], vpcs: list[str]) -> Iterator[Fault]:
    for group in groups:
        if group["VpcId"] not in vpcs:
            says = f"{group['GroupId']} is of {group['VpcId']}, the subnets of {', '.join(vpcs)}"
            yield Fault(says, "Take all from one VPC.")
    if not any(covers(rule, 443) for group in groups for rule in group.get("IpPermissionsEgress", [])):
        yield Fault("no security group lets TCP 443 out", "Allow outbound 443, and 80 for certificate checks.")
    for group in groups if not place.is_local else ():
        rules = group.get("IpPermissions", [])
        within = sorted({one for rule in rules for one in sources(rule, str(group["GroupId"]))})
        if within:
            says = f"{group['GroupId']} lets traffic in from {', '.join(within)}"
            yield Fault(says, "Take the inbound rules away: nothing listens.", Severity.WARNING)
