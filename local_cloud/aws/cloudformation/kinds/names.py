"""Hosted zones within networks, and the records in them."""

import uuid
from typing import Any

from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind, Made, Properties


def _make_zone(hands: Hands, properties: Properties) -> Made:
    route53 = hands.client("route53")
    networks = list(properties.get("VPCs") or [])
    inside = {"VPC": networks[0], "HostedZoneConfig": {"PrivateZone": True, "Comment": ""}} if networks else {}
    made = route53.create_hosted_zone(Name=properties["Name"], CallerReference=str(uuid.uuid4()), **inside)
    zone = str(made["HostedZone"]["Id"]).rpartition("/")[2]
    for other in networks[1:]:
        route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=other)
    if tags := properties.get("HostedZoneTags"):
        route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=list(tags))
    return Made(zone, {"Id": zone})


def _delete_zone(hands: Hands, made: Made, _properties: Properties) -> None:
    route53 = hands.client("route53")
    try:
        route53.delete_hosted_zone(Id=made.physical_id)
    except route53.exceptions.NoSuchHostedZone:
        return


HOSTED_ZONE = Kind(
    knows=frozenset({"Name", "VPCs", "HostedZoneTags"}),
    make=_make_zone,
    change=lambda _hands, made, _before, _after: made,
    delete=_delete_zone,
    fixed=frozenset({"Name", "VPCs", "HostedZoneTags"}),
)


def _record(properties: Properties) -> dict[str, Any]:
    return {
        "Name": properties["Name"],
        "Type": properties["Type"],
        "TTL": int(properties["TTL"]),
        "ResourceRecords": [{"Value": value} for value in properties["ResourceRecords"]],
    }


def _put(hands: Hands, properties: Properties, action: str) -> Made:
    change = {"Changes": [{"Action": action, "ResourceRecordSet": _record(properties)}]}
    hands.client("route53").change_resource_record_sets(HostedZoneId=properties["HostedZoneId"], ChangeBatch=change)
    return Made(str(properties["Name"]))


def _delete_record(hands: Hands, _made: Made, properties: Properties) -> None:
    route53 = hands.client("route53")
    try:
        _put(hands, properties, "DELETE")
    except (route53.exceptions.NoSuchHostedZone, route53.exceptions.InvalidChangeBatch):
        return


RECORD_SET = Kind(
    knows=frozenset({"HostedZoneId", "Name", "Type", "TTL", "ResourceRecords"}),
    make=lambda hands, properties: _put(hands, properties, "CREATE"),
    change=lambda hands, _made, _before, after: _put(hands, after, "UPSERT"),
    delete=_delete_record,
    fixed=frozenset({"HostedZoneId", "Name", "Type"}),
)
