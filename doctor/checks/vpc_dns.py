"""The check of names: the VPC answers who asks for the address of a name."""

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place
from doctor.checks.routes import subnets_of
from doctor.checks.way_out import LOCAL


class VpcDns:
    """The resolver of the subnets' VPC."""

    id = "vpc_dns"
    question = "The VPC of the subnets resolves names"
    severity = Severity.ERROR
    reads = ("ec2:DescribeVpcAttribute", "ec2:DescribeSubnets")
    theory = (
        "Fargate asks the VPC's own resolver: without it no registry, no bucket and no Snowflake has an address, and"
        " it looks as if the network were down."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask EC2 for the attribute of each VPC."""
        if place.is_local:
            raise NotAskedError(LOCAL)
        found: list[Fault] = []
        for vpc in sorted({str(subnet["VpcId"]) for subnet in subnets_of(place.aws, place.settings.subnets)}):
            answer = place.aws("ec2", "describe_vpc_attribute", VpcId=vpc, Attribute="enableDnsSupport")
            if answer.get("EnableDnsSupport", {}).get("Value") is False:
                command = f"aws ec2 modify-vpc-attribute --vpc-id {vpc} --enable-dns-support"
                found.append(Fault(f"enableDnsSupport of {vpc} is off: no name resolves there", command))
        return found
