"""Where subnets lead is read the same way by the doctor, by comparisons and by explanations."""

from typing import Any

import pytest

from doctor.checks.routes import leads_out, tables_of
from executor.cli.collecting import Collector
from executor.cli.network_reached import reached

INTERNET = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
MAIN = {"RouteTableId": "rtb-main", "Associations": [{"Main": True}], "Routes": [INTERNET]}
PEERED = {"DestinationCidrBlock": "0.0.0.0/0", "VpcPeeringConnectionId": "pcx-1"}
NAT = {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}


class Network:
    """A subnet without a route table of its own, in a VPC whose main one leads somewhere."""

    def __init__(self, *routes: dict[str, Any]) -> None:
        self.main = MAIN | {"Routes": list(routes)}

    def __call__(self, _service: str, operation: str, **asked: Any) -> dict[str, Any]:
        match operation:
            case "describe_subnets":
                return {"Subnets": [{"SubnetId": one, "VpcId": "vpc-1"} for one in asked["SubnetIds"]]}
            case "describe_route_tables":
                wanted = {one["Name"]: one["Values"] for one in asked["Filters"]}
                is_main = wanted == {"association.main": ["true"], "vpc-id": ["vpc-1"]}
                return {"RouteTables": [self.main] if is_main else []}
        return {}

    def __getattr__(self, operation: str) -> Any:
        return lambda **asked: self("", operation, **asked)


def test_a_subnet_without_a_table_has_the_main_one_of_its_vpc_where_that_is_known() -> None:
    assert tables_of(Network(INTERNET), {"SubnetId": "subnet-1", "VpcId": "vpc-1"}) == [MAIN]
    assert tables_of(Network(INTERNET), {"SubnetId": "subnet-1"}) == []


@pytest.mark.parametrize(
    ("route", "public", "out"),
    [
        (INTERNET, True, True), (INTERNET, False, False), (NAT, False, True), (PEERED, True, False),
        (NAT | {"State": "blackhole"}, False, False),
    ],
)  # fmt: skip
def test_what_serves_tasks_depends_on_their_address(route: dict[str, Any], public: bool, out: bool) -> None:
    assert leads_out(route, public=public) is out


@pytest.mark.parametrize(
    ("routes", "way"),
    [([INTERNET], "internet gateway"), ([NAT], "NAT gateway"), ([PEERED], "peering connection"), ([], "none")],
)
def test_a_comparison_sees_the_way_out_by_the_main_table(routes: list[dict[str, Any]], way: str) -> None:
    assert reached({"subnets": ["subnet-1"]}, Network(*routes))["waysOut"] == way


def test_what_is_collected_for_an_explanation_holds_the_main_table() -> None:
    service = {"taskDefinition": "web:1", "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}}

    class Ecs(Network):
        def describe_services(self, **_: Any) -> Any:
            return {"services": [service]}

    collector = Collector(lambda _service: Ecs(INTERNET))
    collector.service("main", "web")
    assert [one["RouteTableId"] for one in collector.answers["route-tables"]["RouteTables"]] == ["rtb-main"]
