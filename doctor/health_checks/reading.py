"""From a file to the health checks in it: task definitions as the API shows them, and CloudFormation templates."""

from dataclasses import replace
from typing import Any

from doctor.health_checks.checks import Check, NoTaskDefinitionError, of_task_definition
from doctor.health_checks.cloudformation import Resolver, is_template, load


def checks_in(text: str, *, parameters: dict[str, str] | None = None) -> list[Check]:
    """The checks of a file's text, one per service and container.

    Args:
        text: JSON or YAML: an answer of ``describe-task-definition`` or a list of such, the input of
            ``register-task-definition``, or a CloudFormation template.
        parameters: Values for the template's parameters, before their defaults.

    Raises:
        NoTaskDefinitionError: There is none in it.
        ValueError: The text is neither JSON nor YAML.
    """
    data = load(text)
    if is_template(data):
        return _of_template(data, parameters)
    found = [check for definition in _definitions(data) for check in of_task_definition(definition)]
    if not found:
        raise NoTaskDefinitionError(
            "no task definition in it: wanted `containerDefinitions`, an answer of `aws ecs describe-task-definition`,"
            " or a CloudFormation template with an AWS::ECS::TaskDefinition"
        )
    return found


def parameters_in(text: str) -> frozenset[str]:
    """The names of a template's parameters; none for a task definition."""
    data = load(text)
    return frozenset(data.get("Parameters") or {}) if is_template(data) else frozenset()


def _definitions(data: Any) -> list[dict[str, Any]]:
    if isinstance(data, list):
        return [definition for item in data for definition in _definitions(item)]
    if not isinstance(data, dict):
        return []
    if "containerDefinitions" in data or "ContainerDefinitions" in data:
        return [data]
    for key in ("taskDefinition", "taskDefinitions", "TaskDefinition"):
        if key in data and not isinstance(data[key], str):
            return _definitions(data[key])
    return []


def _of_template(template: dict[str, Any], parameters: dict[str, str] | None) -> list[Check]:
    resolver = Resolver(template, parameters)
    services: dict[str, list[str]] = {}
    definitions: dict[str, dict[str, Any]] = {}
    for logical_id, resource in template["Resources"].items():
        kind = resource.get("Type") if isinstance(resource, dict) else None
        if kind == "AWS::ECS::Service":
            properties = resolver.value(resource.get("Properties") or {})
            name = str(properties.get("ServiceName") or logical_id)
            reference = (resource.get("Properties") or {}).get("TaskDefinition")
            named = _target(reference, str(properties.get("TaskDefinition")))
            services.setdefault(named, []).append(name if "\ufffd" not in name else logical_id)
        elif kind == "AWS::ECS::TaskDefinition":
            definitions[logical_id] = resolver.value(resource.get("Properties") or {})
    if not definitions:
        raise NoTaskDefinitionError("this template has no AWS::ECS::TaskDefinition")
    names = frozenset(template.get("Parameters") or {})
    return [
        replace(check, template_names=names)
        for logical_id, definition in definitions.items()
        for service in services.get(logical_id, [_family(definition, logical_id)])
        for check in of_task_definition(definition, service=service)
    ]


def _family(definition: dict[str, Any], otherwise: str) -> str:
    family = str(definition.get("Family") or "")
    return family if family and "\ufffd" not in family else otherwise


def _target(reference: Any, resolved: str) -> str:
    """The logical id of the task definition that a service runs."""
    if isinstance(reference, dict):
        if "Fn::GetAtt" in reference:
            wanted = reference["Fn::GetAtt"]
            return str(wanted[0] if isinstance(wanted, list) else wanted.split(".")[0])
        if "Ref" in reference:
            return str(reference["Ref"])
    return resolved
