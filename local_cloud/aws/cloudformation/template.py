"""Templates as plain dictionaries."""

from typing import Any, Final

import yaml

from local_cloud.aws.cloudformation.refusals import invalid

SECTIONS: Final = frozenset(
    {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Rules", "Conditions", "Resources", "Outputs"}
)
RESOURCE_KEYS: Final = frozenset(
    {"Type", "Properties", "Condition", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"}
)


class _Loader(yaml.SafeLoader):
    """YAML with the short forms of functions: ``!Ref`` for ``Ref``, ``!Sub`` for ``Fn::Sub``."""


def _function(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]  # there are three kinds of nodes
    return {name: value}


_Loader.add_multi_constructor("!", _function)


def parse(text: str) -> dict[str, Any]:
    """Read a template, YAML or JSON.

    Raises:
        CloudFormationError: ValidationError, for text that is no template or has parts that are not done here.
    """
    try:
        found = yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader with functions added
    except yaml.YAMLError as error:
        raise invalid(f"Template format error: YAML not well-formed. {error}") from error
    if not isinstance(found, dict) or not found.get("Resources"):
        raise invalid("Template format error: At least one Resources member must be defined.")
    if others := sorted(set(found) - SECTIONS):
        raise invalid(f"not supported by the local cloud: template section {', '.join(others)}")
    for name, resource in found["Resources"].items():
        if not isinstance(resource, dict) or "Type" not in resource:
            raise invalid(
                f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
            )
        if others := sorted(set(resource) - RESOURCE_KEYS):
            raise invalid(f"not supported by the local cloud: {', '.join(others)} of resource {name}")
    return found
