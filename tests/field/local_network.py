"""The network of our template, made for real on the EC2 of a local cloud, so that it can be broken."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.unit.infra.template import REGION, made, raw

NETWORK = Path("infra/network.yaml")
PRIVATE_LINK = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123456789abcdef0"
GROUP = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
"""What the template's group of tasks lets out, and nothing in."""


class LocalNetwork:
    """One VPC with its parts, by the names that they have in the template; what is asked for is their real id."""

    def __init__(self, ec2: Any, way_out: str, cidr: str) -> None:
        self.ec2, self.ids, self.is_public = ec2, dict[str, str](), way_out == "public"
        given = {"WayOut": way_out, "Cidr": cidr, "SnowflakePrivateLinkService": PRIVATE_LINK}
        self._resources = made(raw(NETWORK), **given)
        for name in self._in_order():
            resource = self._resources[name]
            kind = resource["Type"].removeprefix("AWS::EC2::")
            if kind in _MAKE:
                self.ids[name] = _MAKE[kind](ec2, self._real(resource["Properties"])) or name
        self.tasks = _group(ec2, {"VpcId": self["Vpc"], "SecurityGroupEgress": [GROUP]})

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    @property
    def settings(self) -> dict[str, str]:
        """What an executor is told of it."""
        return {
            "REPORTING_SUBNETS": f"{self['SubnetA']},{self['SubnetB']}",
            "REPORTING_SECURITY_GROUPS": self.tasks,
            "REPORTING_ASSIGN_PUBLIC_IP": str(self.is_public).lower(),
        }

    def _in_order(self) -> list[str]:
        """Each after those that it names."""
        found: list[str] = []

        def take(name: str) -> None:
            if name not in found:
                for other in self._named(self._resources[name]) - {name}:
                    take(other)
                found.append(name)

        for name in self._resources:
            take(name)
        return found

    def _named(self, tree: Any) -> set[str]:
        if isinstance(tree, str):
            name = tree.partition(".")[0]
            return {name} if name in self._resources else set()
        parts = tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ()
        return {name for part in parts for name in self._named(part)}

    def _real(self, tree: Any) -> Any:
        if isinstance(tree, dict):
            return {key: self._real(value) for key, value in tree.items() if key != "Tags"}
        if isinstance(tree, list):
            return [self._real(value) for value in tree]
        return self.ids.get(tree.partition(".")[0], tree) if isinstance(tree, str) else tree


def _vpc(ec2: Any, said: dict[str, Any]) -> str:
    vpc = str(ec2.create_vpc(CidrBlock=said["CidrBlock"])["Vpc"]["VpcId"])
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{name: {"Value": said[name]}})
    return vpc


def _subnet(ec2: Any, said: dict[str, Any]) -> str:
    wanted = {key: said[key] for key in ("VpcId", "AvailabilityZone", "CidrBlock")}
    return str(ec2.create_subnet(**wanted)["Subnet"]["SubnetId"])


def _group(ec2: Any, said: dict[str, Any]) -> str:
    name = f"group-{len(ec2.describe_security_groups()['SecurityGroups'])}"
    group = str(ec2.create_security_group(GroupName=name, Description="ours", VpcId=said["VpcId"])["GroupId"])
    ec2.revoke_security_group_egress(GroupId=group, IpPermissions=[
        {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])  # fmt: skip
    for rules, allow in (
        (said.get("SecurityGroupEgress", []), ec2.authorize_security_group_egress),
        (said.get("SecurityGroupIngress", []), ec2.authorize_security_group_ingress),
    ):
        for rule in rules:
            ports = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort")}
            allow(GroupId=group, IpPermissions=[{**ports, "IpRanges": [{"CidrIp": rule["CidrIp"]}]}])
    return group


def _endpoint(ec2: Any, said: dict[str, Any]) -> str:
    return str(ec2.create_vpc_endpoint(**said)["VpcEndpoint"]["VpcEndpointId"])


_MAKE: dict[str, Callable[[Any, dict[str, Any]], str | None]] = {
    "VPC": _vpc,
    "Subnet": _subnet,
    "SecurityGroup": _group,
    "VPCEndpoint": _endpoint,
    "RouteTable": lambda ec2, said: str(ec2.create_route_table(VpcId=said["VpcId"])["RouteTable"]["RouteTableId"]),
    "SubnetRouteTableAssociation": lambda ec2, said: str(ec2.associate_route_table(**said)["AssociationId"]),
    "InternetGateway": lambda ec2, _: str(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]),
    "VPCGatewayAttachment": lambda ec2, said: ec2.attach_internet_gateway(**said) and None,
    "Route": lambda ec2, said: ec2.create_route(**said) and None,
    "EIP": lambda ec2, _: str(ec2.allocate_address(Domain="vpc")["AllocationId"]),
    "NatGateway": lambda ec2, said: str(ec2.create_nat_gateway(**said)["NatGateway"]["NatGatewayId"]),
}

__all__ = ["REGION", "LocalNetwork"]
