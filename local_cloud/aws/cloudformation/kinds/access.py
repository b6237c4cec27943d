"""Roles and security groups."""

from typing import Any

from local_cloud.aws.cloudformation.kinds.kind import Hands, Kind, Made, Properties, document, tag_list


def _make_role(hands: Hands, properties: Properties) -> Made:
    iam, name = hands.client("iam"), str(properties["RoleName"])
    trust = document(properties["AssumeRolePolicyDocument"])
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=tag_list(properties))["Role"]
    made = Made(name, {"Arn": str(role["Arn"]), "RoleId": str(role["RoleId"])})
    return _change_role(hands, made, {}, properties)


def _change_role(hands: Hands, made: Made, _before: Properties, after: Properties) -> Made:
    iam, name = hands.client("iam"), made.physical_id
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=document(after["AssumeRolePolicyDocument"]))
    wanted = {item["PolicyName"]: document(item["PolicyDocument"]) for item in after.get("Policies") or []}
    for policy in set(iam.list_role_policies(RoleName=name)["PolicyNames"]) - set(wanted):
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    for policy, text in wanted.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=text)
    return made


def _delete_role(hands: Hands, made: Made, _properties: Properties) -> None:
    iam = hands.client("iam")
    try:
        for policy in iam.list_role_policies(RoleName=made.physical_id)["PolicyNames"]:
            iam.delete_role_policy(RoleName=made.physical_id, PolicyName=policy)
        iam.delete_role(RoleName=made.physical_id)
    except iam.exceptions.NoSuchEntityException:
        return


ROLE = Kind(
    knows=frozenset({"RoleName", "AssumeRolePolicyDocument", "Policies", "Tags"}),
    make=_make_role,
    change=_change_role,
    delete=_delete_role,
    fixed=frozenset({"RoleName"}),
)


def _make_group(hands: Hands, properties: Properties) -> Made:
    ec2 = hands.client("ec2")
    name = f"{hands.logical_id}-{properties['VpcId']}"
    marks = [{"ResourceType": "security-group", "Tags": tag_list(properties)}] if tag_list(properties) else []
    group = ec2.create_security_group(
        GroupName=name, Description=properties["GroupDescription"], VpcId=properties["VpcId"], TagSpecifications=marks
    )["GroupId"]
    if egress := properties.get("SecurityGroupEgress"):
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
        ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[_permission(rule) for rule in egress])
    if ingress := properties.get("SecurityGroupIngress"):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[_permission(rule) for rule in ingress])
    return Made(str(group), {"GroupId": str(group)})


def _permission(rule: Properties) -> dict[str, Any]:
    return {
        "IpProtocol": rule["IpProtocol"],
        "FromPort": int(rule["FromPort"]),
        "ToPort": int(rule["ToPort"]),
        "IpRanges": [{"CidrIp": rule["CidrIp"], "Description": rule.get("Description", "")}],
    }


SECURITY_GROUP = Kind(
    knows=frozenset({"GroupDescription", "VpcId", "SecurityGroupEgress", "SecurityGroupIngress", "Tags"}),
    make=_make_group,
    change=lambda _hands, made, _before, _after: made,
    delete=lambda hands, made, _properties: hands.client("ec2").delete_security_group(GroupId=made.physical_id),
    fixed=frozenset({"GroupDescription", "VpcId", "SecurityGroupEgress", "SecurityGroupIngress"}),
)
