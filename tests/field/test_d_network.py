"""Rows D1 and D2 of the problems from the field: what keeps a task from the world, and lets the world to a task.

The network is that of our template, on the EC2 of a local cloud; each test breaks one part of it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.field.asking import KEYS, doctor, environment, said
from tests.field.local_network import REGION, LocalNetwork
from tests.local_stack import served
from tests.unit.infra import template
from tests.unit.infra.properties import of_type

CHECKS = ("subnets", "security_groups", "way_out", "network_acls", "endpoints", "vpc_dns")
LATER = pytest.mark.thorough
OWN = {"public": "10.64.0.0/20", "nat": "10.65.0.0/20", "endpoints": "10.66.0.0/20"}
Make = Callable[[str], LocalNetwork]


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("aws")
    images = folder / "images.json"
    images.write_text("{}")
    with served("local_cloud.aws", "--data-dir", str(folder), "--images", str(images)) as server:
        yield str(server["endpoint"])


@pytest.fixture(scope="module")
def client(endpoint: str) -> Callable[[str], Any]:
    session: Any = boto3.Session(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
    made: Any = session.client("ecs", endpoint_url=endpoint)
    secret = {"name": "KEY", "valueFrom": f"arn:aws:secretsmanager:{REGION}:123456789012:secret:key-AbCdEf"}
    container = {"name": "report", "image": "runner:1", "secrets": [secret]}
    sizes = {"cpu": "256", "memory": "512", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"]}
    role = "arn:aws:iam::123456789012:role/execution"
    made.register_task_definition(
        family="reporting-runner", containerDefinitions=[container], executionRoleArn=role, **sizes
    )
    return lambda service: session.client(service, endpoint_url=endpoint)


@pytest.fixture
def network(
    endpoint: str, client: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str], LocalNetwork]:
    """Makes the template's network with one way out, and lets the settings name it."""

    def make(way_out: str) -> LocalNetwork:
        made = LocalNetwork(client("ec2"), way_out, OWN[way_out])
        environment(monkeypatch, tmp_path, endpoint, REGION, **made.settings)
        return made

    return make


@pytest.mark.parametrize("way_out", list(OWN))
def test_D2_every_way_out_of_our_template_lets_tasks_out_and_nobody_in(network: Make, way_out: str) -> None:
    network(way_out)
    found = doctor(*CHECKS)
    assert {name: one["state"] for name, one in found.items() if one["state"] != "well"} == {}, found


def test_D1_D3_nothing_of_our_stack_listens_or_has_an_address_that_somebody_would_have_to_know() -> None:
    resources = template.made(template.raw(), **template.GIVEN)
    kinds = {one["Type"].removeprefix("AWS::") for one in resources.values()}
    listening = ("ElasticLoadBalancing", "ApiGateway", "ServiceDiscovery", "EC2::SecurityGroupIngress", "EC2::EIP")
    assert [kind for kind in kinds if kind.startswith(listening)] == []
    assert all("SecurityGroupIngress" not in one for _, one in of_type(resources, "EC2::SecurityGroup"))
    ports = [
        container.get("PortMappings")
        for _, one in of_type(resources, "ECS::TaskDefinition")
        for container in one["ContainerDefinitions"]
    ]
    assert set(map(str, ports)) == {"None"}


def test_D1_an_inbound_rule_on_our_group_is_warned_of_because_nothing_listens(network: Make) -> None:
    made = network("public")
    wide = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    made.ec2.authorize_security_group_ingress(GroupId=made.tasks, IpPermissions=[wide])
    found = doctor("security_groups")["security_groups"]
    assert found["state"] == "warned"
    assert f"{made.tasks} lets traffic in from 0.0.0.0/0" in said(found)
    assert "nothing listens" in said(found)


def no_route(made: LocalNetwork) -> str:
    made.ec2.delete_route(RouteTableId=made["Routes"], DestinationCidrBlock="0.0.0.0/0")
    return f"subnet {made['SubnetA']} has no default route and lacks endpoints for logs, ecr.api, ecr.dkr, secretsm"


def nat_is_gone(made: LocalNetwork) -> str:
    made.ec2.delete_nat_gateway(NatGatewayId=made["NatGateway"])
    return f"subnet {made['SubnetA']} leads to NAT gateway {made['NatGateway']}, which is deleted"


def nat_in_a_private_subnet(made: LocalNetwork) -> str:
    made.ec2.delete_route(RouteTableId=made["NatRoutes"], DestinationCidrBlock="0.0.0.0/0")
    return f"NAT gateway {made['NatGateway']} stands in subnet {made['NatSubnet']}, which leads to no internet gateway"


def egress_closed(made: LocalNetwork) -> str:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    made.ec2.revoke_security_group_egress(GroupId=made.tasks, IpPermissions=[rule])
    return "no security group lets TCP 443 out Allow outbound 443, and 80 for certificate checks"


def answers_kept_out(made: LocalNetwork) -> str:
    filters = [{"Name": "association.subnet-id", "Values": [made["SubnetA"]]}]
    (acl,) = made.ec2.describe_network_acls(Filters=filters)["NetworkAcls"]
    made.ec2.delete_network_acl_entry(NetworkAclId=acl["NetworkAclId"], RuleNumber=100, Egress=False)
    return f"network ACL {acl['NetworkAclId']} of subnet {made['SubnetA']} does not let the answers in: TCP 1024-65535"


def endpoint_keeps_tasks_out(made: LocalNetwork) -> str:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": OWN["endpoints"]}]}
    made.ec2.revoke_security_group_ingress(GroupId=made["EndpointsGroup"], IpPermissions=[rule])
    return f"(ecr.api): its security group {made['EndpointsGroup']} does not let 443 in from the tasks"


def names_of_endpoints_are_off(made: LocalNetwork) -> str:
    made.ec2.modify_vpc_attribute(VpcId=made["Vpc"], EnableDnsHostnames={"Value": False})
    return f"wants enableDnsHostnames of {made['Vpc']}, which is off"


def no_names(made: LocalNetwork) -> str:
    made.ec2.modify_vpc_attribute(VpcId=made["Vpc"], EnableDnsSupport={"Value": False})
    return f"enableDnsSupport of {made['Vpc']} is off: no name resolves there"


def no_link_to_snowflake(made: LocalNetwork) -> str:
    made.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["SnowflakeEndpoint"]])
    return f"subnet {made['SubnetB']} has no default route and no endpoint of a private link to Snowflake"


def no_way_to_secrets(made: LocalNetwork) -> str:
    made.ec2.delete_vpc_endpoints(VpcEndpointIds=[made["SecretsEndpoint"]])
    return f"subnet {made['SubnetA']} has no default route and lacks endpoints for secretsmanager"


@pytest.mark.parametrize(
    ("way_out", "broken", "check"),
    [
        ("public", no_route, "way_out"),
        pytest.param("nat", nat_is_gone, "way_out", marks=LATER),
        pytest.param("nat", nat_in_a_private_subnet, "way_out", marks=LATER),
        pytest.param("nat", egress_closed, "security_groups", marks=LATER),
        ("public", answers_kept_out, "network_acls"),
        pytest.param("nat", no_names, "vpc_dns", marks=LATER),
        pytest.param("endpoints", endpoint_keeps_tasks_out, "endpoints", marks=LATER),
        pytest.param("endpoints", names_of_endpoints_are_off, "endpoints", marks=LATER),
        pytest.param("endpoints", no_link_to_snowflake, "way_out", marks=LATER),
        pytest.param("endpoints", no_way_to_secrets, "way_out", marks=LATER),
    ],
)
def test_D2_a_broken_way_out_is_found_where_it_is_broken_and_nowhere_else(
    network: Make, way_out: str, broken: Callable[[LocalNetwork], str], check: str
) -> None:
    says = broken(network(way_out))
    found = doctor(*CHECKS)
    assert {name for name, one in found.items() if one["state"] == "failed"} == {check}, found
    assert says in said(found[check])


def test_D2_tasks_without_a_public_address_do_not_get_out_through_an_internet_gateway(
    network: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = network("public")
    monkeypatch.setenv("REPORTING_ASSIGN_PUBLIC_IP", "false")
    found = doctor("way_out")["way_out"]
    assert found["state"] == "failed"
    assert f"subnet {made['SubnetB']} leads to an internet gateway, but tasks have no public address" in said(found)
    assert "REPORTING_ASSIGN_PUBLIC_IP=true" in said(found)


def test_D2_fewer_free_addresses_than_tasks_may_run_are_warned_of_with_both_numbers(
    network: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    network("public")
    monkeypatch.setenv("REPORTING_MAX_RUNNING", "2000")
    found = doctor("subnets")["subnets"]
    assert found["state"] == "warned"
    assert "1014 free addresses for REPORTING_MAX_RUNNING 2000" in said(found)
