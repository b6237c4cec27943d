"""What EC2 answers of a network that is right, and the faults that can be seeded into it."""

import json
from typing import Any

NAT = {
    "NatGatewayId": "nat-1", "State": "available", "SubnetId": "subnet-9", "VpcId": "vpc-1",
    "ConnectivityType": "public",
}  # fmt: skip
ENDPOINT = {
    "VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "State": "available",
    "ServiceName": "com.amazonaws.eu-central-1.sqs", "PrivateDnsEnabled": True, "Groups": [{"GroupId": "sg-2"}],
}  # fmt: skip


def rule(
    number: int, action: str, ports: tuple[int, int] | None, *, out: bool, to: str = "0.0.0.0/0"
) -> dict[str, Any]:
    about = {"Protocol": "6", "PortRange": {"From": ports[0], "To": ports[1]}} if ports else {"Protocol": "-1"}
    return {"RuleNumber": number, "Egress": out, "RuleAction": action, "CidrBlock": to, **about}


def network() -> dict[str, Any]:
    """Two subnets behind a NAT gateway in a third, an ACL that lets everything through, an endpoint with its group."""
    out = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}
    public = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
    entries = [rule(number, action, None, out=way) for way in (True, False)
               for number, action in ((100, "allow"), (32767, "deny"))]  # fmt: skip
    calling = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    return {
        "ec2.describe_subnets": {"Subnets": [
            {"SubnetId": f"subnet-{n}", "VpcId": "vpc-1", "AvailabilityZone": f"z{n}", "AvailableIpAddressCount": 200,
             "CidrBlock": f"10.0.{n}.0/24"} for n in (1, 2)]},
        "ec2.describe_route_tables": {"RouteTables": [
            {"RouteTableId": "rtb-1", "Associations": [{"SubnetId": "subnet-1"}, {"SubnetId": "subnet-2"}],
             "Routes": [out]},
            {"RouteTableId": "rtb-9", "Associations": [{"SubnetId": "subnet-9"}], "Routes": [public]}]},
        "ec2.describe_nat_gateways": {"NatGateways": [dict(NAT)]},
        "ec2.describe_network_acls": {"NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": entries}]},
        "ec2.describe_vpc_endpoints": {"VpcEndpoints": [dict(ENDPOINT)]},
        "ec2.describe_vpc_attribute": {"EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": True}},
        "ec2.describe_security_groups": {"SecurityGroups": [
            {"GroupId": "sg-1", "VpcId": "vpc-1", "IpPermissions": [], "IpPermissionsEgress": [calling]},
            {"GroupId": "sg-2", "VpcId": "vpc-1", "IpPermissionsEgress": [],
             "IpPermissions": [calling | {"UserIdGroupPairs": [{"GroupId": "sg-1"}]}]}]},
    }  # fmt: skip


def narrowed(name: str, answer: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """An answer of EC2's with only what was asked for: groups by their ids, route tables by their subnets."""
    if name == "ec2.describe_security_groups" and "GroupIds" in asked:
        return {"SecurityGroups": [one for one in answer["SecurityGroups"] if one["GroupId"] in asked["GroupIds"]]}
    if name == "ec2.describe_route_tables" and asked["Filters"][0]["Name"] != "vpc-id":
        (subnet,) = asked["Filters"][0]["Values"]
        own = [t for t in answer["RouteTables"] if any(a.get("SubnetId") == subnet for a in t["Associations"])]
        return {"RouteTables": own}
    return answer


S3 = ENDPOINT | {
    "ServiceName": "com.amazonaws.eu-central-1.s3", "VpcEndpointType": "Gateway", "RouteTableIds": ["rtb-1"],
}  # fmt: skip
ONLY_OURS = json.dumps({"Statement": {"Effect": "Allow", "Resource": "arn:aws:s3:::report-files/*"}})
ENTRIES = "ec2.describe_network_acls/NetworkAcls/0/Entries"
ROUTE = "ec2.describe_route_tables/RouteTables/0/Routes/0"
ALL_OUT = [rule(100, "allow", None, out=True)]
SEEDED: list[tuple[str, str, Any, str]] = [
    ("subnets", "ec2.describe_subnets/Subnets/0/AvailableIpAddressCount", 0, "subnet-1 has no free address"),
    (
        "security_groups",
        "ec2.describe_security_groups/SecurityGroups/0/IpPermissions",
        [{"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "UserIdGroupPairs": [{"GroupId": "sg-9"}]}],
        "sg-1 lets traffic in from sg-9",
    ),
    ("way_out", "ec2.describe_nat_gateways/NatGateways/0/State", "failed", "nat-1, which is failed"),
    ("way_out", "ec2.describe_nat_gateways/NatGateways/0/ConnectivityType", "private", "is a private one"),
    ("way_out", "ec2.describe_nat_gateways/NatGateways/0/SubnetId", "subnet-1", "leads to no internet gateway"),
    ("way_out", ROUTE, {"DestinationCidrBlock": "0.0.0.0/0", "VpcPeeringConnectionId": "pcx-1"}, "peering connection"),
    ("network_acls", ENTRIES, [], "does not let TCP 443 out"),
    ("network_acls", ENTRIES, ALL_OUT, "does not let the answers in"),
    ("network_acls", ENTRIES, [*ALL_OUT, rule(100, "allow", (443, 443), out=False)], "does not let the answers in"),
    (
        "network_acls",
        ENTRIES,
        [rule(90, "deny", (443, 443), out=True), *ALL_OUT, rule(100, "allow", None, out=False)],
        "does not let TCP 443 out",
    ),
    (
        "network_acls",
        ENTRIES,
        [rule(100, "allow", None, out=True, to="10.0.0.0/8"), rule(100, "allow", None, out=False)],
        "does not let TCP 443 out",
    ),
    ("endpoints", "ec2.describe_vpc_endpoints/VpcEndpoints/0/State", "failed", "vpce-1 (sqs) is failed"),
    (
        "endpoints",
        "ec2.describe_security_groups/SecurityGroups/1/IpPermissions",
        [],
        "its security group sg-2 does not let 443 in from the tasks",
    ),
    ("endpoints", "ec2.describe_vpc_attribute/EnableDnsHostnames/Value", False, "wants enableDnsHostnames of vpc-1"),
    ("vpc_dns", "ec2.describe_vpc_attribute/EnableDnsSupport/Value", False, "enableDnsSupport of vpc-1 is off"),
    (
        "endpoints",
        "ec2.describe_vpc_endpoints/VpcEndpoints/0",
        S3 | {"PolicyDocument": ONLY_OURS},
        "does not allow bucket prod-eu-central-1-starport-layer-bucket, where layers of images lie",
    ),
    ("launch_rate", "service-quotas.get_service_quota/Quota/Value", 5.0, "REPORTING_LAUNCHES_PER_S is 20"),
]
