"""What a new version of a template would change of a stack."""

from collections.abc import Mapping
from typing import Any, Final

from local_cloud.aws.cloudformation import parameters
from local_cloud.aws.cloudformation.refusals import invalid
from local_cloud.aws.cloudformation.stack import Stack, Version
from local_cloud.aws.cloudformation.values import NotYet, Scope, in_order
from local_cloud.aws.cloudformation.zones import zones_of

IS_MADE_ANEW: Final = frozenset({"AWS::ECS::TaskDefinition"})
"""Any change of these is another one, with another name."""


def scope_of(stack: Stack, version: Version, made: Any) -> Scope:
    """The names of a version of a stack: its parameters and those that every stack has.

    Args:
        stack: whose.
        version: the template and its parameters.
        made: what resources turned out to be, by logical id and attribute.
    """
    pseudo = {
        "AWS::AccountId": stack.place.account,
        "AWS::Region": stack.place.region,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackName": stack.name,
        "AWS::StackId": stack.arn,
    }
    names = pseudo | parameters.typed(version.template, version.parameters)
    return Scope(version.template, names, made, zones_of)


def attribute_of(stack: Stack, name: str, attribute: str | None) -> Any:
    """What ``Ref`` or ``GetAtt`` gives of a resource that is there.

    Raises:
        CloudFormationError: ValidationError, for an attribute that is not done here.
    """
    found = stack.resources[name]
    if attribute is None:
        return found.made.physical_id
    if attribute not in found.made.attributes:
        raise invalid(f"not supported by the local cloud: attribute {attribute} of {found.kind}")
    return found.made.attributes[attribute]


def changes(stack: Stack, version: Version) -> list[dict[str, Any]]:
    """The changes, in the order in which they would be made.

    Raises:
        CloudFormationError: ValidationError, when the template does not hold together.
    """
    new_names: set[str] = set()

    def made(name: str, attribute: str | None) -> Any:
        is_known = name in stack.resources and name not in new_names
        return attribute_of(stack, name, attribute) if is_known else NotYet(f"{name}.{attribute}")

    scope = scope_of(stack, version, made)
    scope.check_rules()
    wanted = scope.wanted()
    found: list[dict[str, Any]] = []
    for name in in_order(wanted):
        resource, there = wanted[name], stack.resources.get(name)
        properties = scope.value(resource.get("Properties") or {})
        if there is None:
            found.append(_change("Add", name, resource))
        elif properties != there.properties:
            anew = resource["Type"] in IS_MADE_ANEW
            new_names |= {name} if anew else set()
            found.append(_change("Modify", name, resource) | {"Replacement": "True" if anew else "False"})
            found[-1]["PhysicalResourceId"] = there.made.physical_id
    outputs_of(scope, version.template)  # what they name must be there
    for name, there in stack.resources.items():
        if name not in wanted:
            found.append(_change("Remove", name, {"Type": there.kind}) | {"PhysicalResourceId": there.made.physical_id})
    return found


def outputs_of(scope: Scope, template: Mapping[str, Any]) -> dict[str, str]:
    """The outputs whose condition holds.

    Raises:
        CloudFormationError: ValidationError, for one that names what is not there.
    """
    return {
        key: str(scope.value(one["Value"]))
        for key, one in (template.get("Outputs") or {}).items()
        if "Condition" not in one or scope.holds(one["Condition"])
    }


def _change(action: str, name: str, resource: Mapping[str, Any]) -> dict[str, Any]:
    return {"Action": action, "LogicalResourceId": name, "ResourceType": resource["Type"]}
