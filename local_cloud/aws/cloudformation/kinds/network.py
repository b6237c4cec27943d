"""Networks: their subnets, routes and ways out. A task reaches what this machine reaches, whatever they say."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from botocore.exceptions import ClientError

from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind, Made, Properties, tag_list

_NOT_FOUND: Final = ".NotFound"  # the end of all codes by which EC2 says that something is gone


def _marks(kind: str, properties: Properties) -> list[dict[str, Any]]:
    tags = tag_list(properties)
    return [{"ResourceType": kind, "Tags": tags}] if tags else []


def _retagged(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    if tags := tag_list(after):
        hands.client("ec2").create_tags(Resources=[made.attributes.get("AllocationId", made.physical_id)], Tags=tags)
    return made


def _kind(
    properties: str, make: Callable[[Hands, Properties], Made], delete: Callable[[Any, str, Properties], Any]
) -> Kind:
    """A kind of EC2 of which only tags can change; ``delete`` is given EC2's client and the physical id."""
    names = frozenset(properties.split())

    def deleted(hands: Hands, made: Made, given: Properties) -> None:
        try:
            delete(hands.client("ec2"), made.physical_id, given)
        except ClientError as error:
            if _NOT_FOUND not in str(error.response["Error"]["Code"]):
                raise

    return Kind(knows=names | {"Tags"}, make=make, change=_retagged, delete=deleted, fixed=names)


def _make_vpc(hands: Hands, properties: Properties) -> Made:
    ec2 = hands.client("ec2")
    given = {key: properties[key] for key in ("CidrBlock", "InstanceTenancy") if key in properties}
    vpc = str(ec2.create_vpc(**given, TagSpecifications=_marks("vpc", properties))["Vpc"]["VpcId"])
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        if name in properties:
            ec2.modify_vpc_attribute(VpcId=vpc, **{name: {"Value": _is_true(properties[name])}})
    return Made(vpc, {"VpcId": vpc, "CidrBlock": str(properties["CidrBlock"])})


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _make_subnet(hands: Hands, properties: Properties) -> Made:
    ec2 = hands.client("ec2")
    given = {key: properties[key] for key in ("VpcId", "CidrBlock", "AvailabilityZone") if key in properties}
    subnet = ec2.create_subnet(**given, TagSpecifications=_marks("subnet", properties))["Subnet"]
    name = str(subnet["SubnetId"])
    if "MapPublicIpOnLaunch" in properties:
        wanted = {"Value": _is_true(properties["MapPublicIpOnLaunch"])}
        ec2.modify_subnet_attribute(SubnetId=name, MapPublicIpOnLaunch=wanted)
    return Made(name, {"SubnetId": name, "AvailabilityZone": str(subnet["AvailabilityZone"])})


def _make_routes(hands: Hands, properties: Properties) -> Made:
    marks = _marks("route-table", properties)
    table = hands.client("ec2").create_route_table(VpcId=properties["VpcId"], TagSpecifications=marks)["RouteTable"]
    return Made(str(table["RouteTableId"]), {"RouteTableId": str(table["RouteTableId"])})


def _make_association(hands: Hands, properties: Properties) -> Made:
    given = {key: properties[key] for key in ("SubnetId", "RouteTableId")}
    return Made(str(hands.client("ec2").associate_route_table(**given)["AssociationId"]))


def _make_route(hands: Hands, properties: Properties) -> Made:
    hands.client("ec2").create_route(**properties)
    return Made(f"{properties['RouteTableId']}|{properties['DestinationCidrBlock']}")


def _change_route(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    hands.client("ec2").replace_route(**after)
    return made


def _delete_route(ec2: Any, _name: str, given: Properties) -> None:
    ec2.delete_route(RouteTableId=given["RouteTableId"], DestinationCidrBlock=given["DestinationCidrBlock"])


def _make_gateway(hands: Hands, properties: Properties) -> Made:
    marks = _marks("internet-gateway", properties)
    gateway = hands.client("ec2").create_internet_gateway(TagSpecifications=marks)["InternetGateway"]
    return Made(str(gateway["InternetGatewayId"]), {"InternetGatewayId": str(gateway["InternetGatewayId"])})


def _make_attachment(hands: Hands, properties: Properties) -> Made:
    hands.client("ec2").attach_internet_gateway(**properties)
    return Made(f"IGW|{properties['VpcId']}")


def _make_address(hands: Hands, properties: Properties) -> Made:
    marks = _marks("elastic-ip", properties)
    given = hands.client("ec2").allocate_address(Domain=properties.get("Domain", "vpc"), TagSpecifications=marks)
    return Made(
        str(given["PublicIp"]), {"AllocationId": str(given["AllocationId"]), "PublicIp": str(given["PublicIp"])}
    )


def _delete_address(ec2: Any, address: str, _given: Properties) -> None:
    (found,) = ec2.describe_addresses(PublicIps=[address])["Addresses"]
    ec2.release_address(AllocationId=found["AllocationId"])


def _make_nat(hands: Hands, properties: Properties) -> Made:
    given = {key: properties[key] for key in ("SubnetId", "AllocationId") if key in properties}
    marks = _marks("natgateway", properties)
    nat = str(hands.client("ec2").create_nat_gateway(**given, TagSpecifications=marks)["NatGateway"]["NatGatewayId"])
    return Made(nat, {"NatGatewayId": nat})


def _make_endpoint(hands: Hands, properties: Properties) -> Made:
    given = {key: value for key, value in properties.items() if key not in {"Tags", "PrivateDnsEnabled"}}
    if "PrivateDnsEnabled" in properties:
        given["PrivateDnsEnabled"] = _is_true(properties["PrivateDnsEnabled"])
    marks = _marks("vpc-endpoint", properties)
    made = hands.client("ec2").create_vpc_endpoint(**given, TagSpecifications=marks)["VpcEndpoint"]
    entries = [f"{one.get('HostedZoneId', 'Z0')}:{one['DnsName']}" for one in made.get("DnsEntries") or []]
    return Made(str(made["VpcEndpointId"]), {"Id": str(made["VpcEndpointId"]), "DnsEntries": entries})


VPC = _kind(
    "CidrBlock EnableDnsSupport EnableDnsHostnames InstanceTenancy",
    _make_vpc,
    lambda ec2, name, _given: ec2.delete_vpc(VpcId=name),
)
SUBNET = _kind(
    "VpcId CidrBlock AvailabilityZone MapPublicIpOnLaunch",
    _make_subnet,
    lambda ec2, name, _given: ec2.delete_subnet(SubnetId=name),
)
ROUTE_TABLE = _kind("VpcId", _make_routes, lambda ec2, name, _given: ec2.delete_route_table(RouteTableId=name))
ASSOCIATION = _kind(
    "SubnetId RouteTableId",
    _make_association,
    lambda ec2, name, _given: ec2.disassociate_route_table(AssociationId=name),
)
ROUTE = replace(
    _kind("RouteTableId DestinationCidrBlock GatewayId NatGatewayId", _make_route, _delete_route),
    change=_change_route,
    fixed=frozenset({"RouteTableId", "DestinationCidrBlock"}),
)
INTERNET_GATEWAY = _kind(
    "", _make_gateway, lambda ec2, name, _given: ec2.delete_internet_gateway(InternetGatewayId=name)
)
ATTACHMENT = _kind(
    "VpcId InternetGatewayId",
    _make_attachment,
    lambda ec2, _name, given: ec2.detach_internet_gateway(**given),
)
ADDRESS = _kind("Domain", _make_address, _delete_address)
NAT_GATEWAY = _kind(
    "SubnetId AllocationId", _make_nat, lambda ec2, name, _given: ec2.delete_nat_gateway(NatGatewayId=name)
)
ENDPOINT = _kind(
    "VpcId VpcEndpointType ServiceName RouteTableIds SubnetIds SecurityGroupIds PrivateDnsEnabled",
    _make_endpoint,
    lambda ec2, name, _given: ec2.delete_vpc_endpoints(VpcEndpointIds=[name]),
)
