"""The check of VPC endpoints: one that is there takes the traffic, whether or not it lets it through."""

import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place
from doctor.checks.routes import default_routes, leads, subnets_of, tables_of
from doctor.checks.tasks_of_aws import described, named
from doctor.checks.traffic import admits

_ALWAYS: Final = ("s3", "logs", "ecr.api", "ecr.dkr")
_OURS: Final = frozenset({*_ALWAYS, "secretsmanager", "ssm", "kms", "sts", "ecs", "sqs"})


def endpoints_of(place: Place, vpc: str) -> list[dict[str, Any]]:
    """The endpoints of a VPC, without those that were deleted and are told of for a while."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    found = place.aws("ec2", "describe_vpc_endpoints", Filters=filters)["VpcEndpoints"]
    return [one for one in found if str(one.get("State")).lower() not in {"deleting", "deleted"}]


def service_of(place: Place, endpoint: dict[str, Any]) -> str:
    """The service of an endpoint, such as ``ecr.api``; empty for one of no service of AWS."""
    return str(endpoint.get("ServiceName")).partition(f"com.amazonaws.{place.region}.")[2]


def missing_services(place: Place, endpoints: Sequence[dict[str, Any]]) -> list[str]:
    """What tasks need an endpoint for, where no route leads out, and have none."""
    there = {service_of(place, one) for one in endpoints}
    secrets = any(
        entry.get("secrets") for name in named(place) for entry in described(place, name)["containerDefinitions"]
    )
    return [service for service in (*_ALWAYS, *(["secretsmanager"] if secrets else [])) if service not in there]


class Endpoints:
    """The VPC endpoints of AWS's services that tasks use."""

    id = "endpoints"
    question = "VPC endpoints of the services that tasks use are available and let the tasks through"
    severity = Severity.ERROR
    reads = (
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeSubnets",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeVpcAttribute",
    )
    theory = (
        "With private DNS the endpoint takes all calls of its service, also where a NAT gateway is: one whose group"
        " lets 443 in from nobody makes pulls, secrets or logs time out."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask EC2 for the endpoints of the subnets' VPC, and what stands in the way to each."""
        subnets = subnets_of(place.aws, place.settings.subnets)
        vpcs = sorted({str(subnet["VpcId"]) for subnet in subnets})
        found = [one for vpc in vpcs for one in endpoints_of(place, vpc) if service_of(place, one) in _OURS]
        if not found:
            raise NotAskedError("the VPC has no endpoint of a service that tasks use")
        return [fault for one in found for fault in self._of(place, one, subnets)]

    def _of(self, place: Place, endpoint: dict[str, Any], subnets: list[dict[str, Any]]) -> Iterator[Fault]:
        name = f"endpoint {endpoint['VpcEndpointId']} ({service_of(place, endpoint)})"
        state = str(endpoint.get("State", "available")).lower()
        if state != "available":
            yield Fault(f"{name} is {state}", "Wait until it is, or make it anew.")
        elif endpoint.get("VpcEndpointType") == "Gateway":
            yield from _of_gateway(place, name, endpoint, subnets)
        else:
            yield from _of_interface(place, name, endpoint, subnets)


def _of_interface(place: Place, name: str, endpoint: dict[str, Any], subnets: list[dict[str, Any]]) -> Iterator[Fault]:
    if not endpoint.get("PrivateDnsEnabled"):
        if not _all_lead_out(place, subnets):
            says = f"{name} has no private DNS, and there is no default route: its name leads to where nothing does"
            remedy = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint['VpcEndpointId']} --private-dns-enabled"
            yield Fault(says, remedy)
        return
    answer = place.aws("ec2", "describe_vpc_attribute", VpcId=endpoint["VpcId"], Attribute="enableDnsHostnames")
    if answer.get("EnableDnsHostnames", {}).get("Value") is False:
        remedy = f"aws ec2 modify-vpc-attribute --vpc-id {endpoint['VpcId']} --enable-dns-hostnames"
        yield Fault(f"{name} wants enableDnsHostnames of {endpoint['VpcId']}, which is off", remedy)
    ids = [str(group["GroupId"]) for group in endpoint.get("Groups") or []]
    if not ids:
        return
    groups = place.aws("ec2", "describe_security_groups", GroupIds=ids)["SecurityGroups"]
    tasks = place.settings.security_groups
    networks = [str(subnet["CidrBlock"]) for subnet in subnets if subnet.get("CidrBlock")]
    if not any(admits(group, 443, tasks, networks) for group in groups):
        says = f"{name}: its security group {', '.join(ids)} does not let 443 in from the tasks"
        whom = f"--source-group {tasks[0]}" if tasks else f"--cidr {', '.join(networks)}"
        remedy = f"aws ec2 authorize-security-group-ingress --group-id {ids[0]} --protocol tcp --port 443 {whom}"
        yield Fault(says, remedy)


def _of_gateway(place: Place, name: str, endpoint: dict[str, Any], subnets: list[dict[str, Any]]) -> Iterator[Fault]:
    served = set(endpoint.get("RouteTableIds") or [])
    for subnet in subnets:
        tables = {str(table.get("RouteTableId")) for table in tables_of(place.aws, subnet)}
        if not tables & served and not _all_lead_out(place, [subnet]):
            remedy = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint['VpcEndpointId']}"
            says = f"{name} is not in the route table of subnet {subnet['SubnetId']}, which has no default route"
            yield Fault(says, f"{remedy} --add-route-table-ids {' '.join(sorted(tables))}")
    if service_of(place, endpoint) == "s3":
        layers = f"prod-{place.region}-starport-layer-bucket"
        for bucket, why in ((layers, "layers of images"), (place.settings.bucket, "results")):
            if not _allows(str(endpoint.get("PolicyDocument") or ""), f"arn:aws:s3:::{bucket}/any"):
                says = f"the policy of {name} does not allow bucket {bucket}, where {why} lie"
                yield Fault(says, "Add it to the policy; Snowflake's large results come from buckets of its own too.")


def _all_lead_out(place: Place, subnets: list[dict[str, Any]]) -> bool:
    return all(any(leads(route) for route in default_routes(place.aws, subnet)) for subnet in subnets)


def _allows(policy: str, resource: str) -> bool:
    """Whether an Allow of a policy is about an object; a policy that nobody can read, or none, allows."""
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError):
        return True
    for statement in statements if isinstance(statements, list) else [statements]:
        given = statement.get("Resource", [])
        patterns = [given] if isinstance(given, str) else given
        if statement.get("Effect") == "Allow" and any(fnmatchcase(resource, str(pattern)) for pattern in patterns):
            return True
    return False
