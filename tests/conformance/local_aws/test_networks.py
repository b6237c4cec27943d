"""The small network of the product on the local CloudFormation: made, checked through EC2 and Route 53, removed."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conformance.local_aws.stacks import Stacks

TEMPLATE = Path("infra/network.yaml").read_text(encoding="utf-8")
LINK = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0"
ZONE = "eu-central-1.privatelink.snowflakecomputing.com"


def of_vpc(ec2: Any, vpc: str) -> dict[str, list[str]]:
    """How many of each there are in a network."""
    inside = [{"Name": "vpc-id", "Values": [vpc]}]
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    nats = ec2.describe_nat_gateways(Filters=inside)["NatGateways"]
    return {
        "subnets": sorted(one["CidrBlock"] for one in ec2.describe_subnets(Filters=inside)["Subnets"]),
        "zones": sorted({one["AvailabilityZone"] for one in ec2.describe_subnets(Filters=inside)["Subnets"]}),
        "gateways": [
            one["InternetGatewayId"] for one in ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]
        ],
        "nats": [one["NatGatewayId"] for one in nats if one["State"] != "deleted"],
        "endpoints": sorted(
            one["ServiceName"].rpartition("us-east-1.")[2]
            for one in ec2.describe_vpc_endpoints(Filters=inside)["VpcEndpoints"]
        ),
    }


def ways_out(ec2: Any, vpc: str) -> set[str]:
    tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    routes = [route for table in tables for route in table["Routes"]]
    everywhere = [route for route in routes if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
    return {str(route.get("NatGatewayId") or route.get("GatewayId"))[:3] for route in everywhere}


@pytest.mark.parametrize(
    ("way", "public", "subnets", "ways"),
    [("public", "true", 2, {"igw"}), ("nat", "false", 3, {"igw", "nat"}), ("endpoints", "false", 2, set())],
)
def test_the_network_of_the_product_comes_up_with_its_way_out_and_goes_whole(
    cloud: Any, way: str, public: str, subnets: int, ways: set[str]
) -> None:
    stacks, ec2 = Stacks(cloud), cloud.client("ec2")
    given = {"WayOut": way, "SnowflakePrivateLinkService": LINK if way == "endpoints" else ""}
    stacks.change("network", TEMPLATE, **given, SnowflakePrivateLinkZone=ZONE)
    assert stacks.failures("network") == {}
    outputs = stacks.outputs("network")
    assert outputs["AssignPublicIp"] == public
    assert len(outputs["SubnetIds"].split(",")) == 2
    found = of_vpc(ec2, outputs["VpcId"])
    assert found["subnets"] == ["10.64.0.0/23", "10.64.2.0/23", "10.64.4.0/23"][:subnets]
    assert found["zones"] == ["us-east-1a", "us-east-1b"]
    assert (len(found["gateways"]), len(found["nats"])) == (int("igw" in ways), int("nat" in ways))
    assert ways_out(ec2, outputs["VpcId"]) == ways
    assert ("ecs" in found["endpoints"]) is (way == "endpoints")
    assert "s3" in found["endpoints"]
    zones = cloud.client("route53").list_hosted_zones()["HostedZones"]
    assert [one["Name"] for one in zones] == ([f"{ZONE}."] if way == "endpoints" else [])
    if zones:
        records = cloud.client("route53").list_resource_record_sets(HostedZoneId=zones[0]["Id"])["ResourceRecordSets"]
        (record,) = [one for one in records if one["Type"] == "CNAME"]
        assert ".vpce" in record["ResourceRecords"][0]["Value"], "a name, and not its zone"
    (said,) = stacks.change("network", TEMPLATE, "UPDATE", **given, SnowflakePrivateLinkZone=ZONE)
    assert "didn't contain changes" in said
    assert stacks.delete("network") == []
    with pytest.raises(ClientError, match=r"InvalidVpcID\.NotFound"):
        ec2.describe_vpcs(VpcIds=[outputs["VpcId"]])
    assert cloud.client("route53").list_hosted_zones()["HostedZones"] == []
    assert ec2.describe_addresses()["Addresses"] == []


def test_another_way_out_of_a_network_that_is_there(cloud: Any) -> None:
    stacks, ec2 = Stacks(cloud), cloud.client("ec2")
    stacks.change("moves", TEMPLATE, WayOut="public")
    outputs = stacks.outputs("moves")
    for way, ways in (("nat", {"igw", "nat"}), ("endpoints", set[str]()), ("public", {"igw"})):
        stacks.change("moves", TEMPLATE, "UPDATE", WayOut=way, SnowflakePrivateLinkService=LINK)
        assert stacks.failures("moves") == {}
        assert ways_out(ec2, outputs["VpcId"]) == ways
        assert stacks.outputs("moves")["SubnetIds"] == outputs["SubnetIds"], "tasks stay in their subnets"
    stacks.delete("moves")


def test_a_network_without_internet_wants_the_name_of_snowflakes_service(cloud: Any) -> None:
    with pytest.raises(ClientError, match="WayOut endpoints needs SnowflakePrivateLinkService"):
        Stacks(cloud).change("network", TEMPLATE, WayOut="endpoints")
