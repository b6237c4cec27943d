"""From a file to the health checks in it: task definitions as the API shows them, and CloudFormation templates."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from doctor.health_checks.checks import Check, NoTaskDefinitionError, of_task_definition
from doctor.health_checks.cloudformation import Resolver, is_template, load
from doctor.health_checks.ways import ways


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
    """The checks under the first conditions, each with what it is under others."""
    kinds = [resource.get("Type") for resource in template["Resources"].values() if isinstance(resource, dict)]
    if "AWS::ECS::TaskDefinition" not in kinds:
        raise NoTaskDefinitionError("this template has no AWS::ECS::TaskDefinition")
    found: dict[tuple[str, int, str], list[Check]] = {}
    for way in ways(template, parameters):
        for key, check in _under(template, way.resolver):
            forms = found.setdefault(key, [])
            same = next((form for form in forms if replace(form, when="") == check), None)
            if same is None:
                forms.append(replace(check, when=way.when))
            else:
                forms[forms.index(same)] = replace(same, when=f"{same.when}, or {way.when}")
    return [
        replace(forms[0], otherwise=tuple(forms[1:])) if len(forms) > 1 else replace(forms[0], when="")
        for forms in found.values()
    ]


def _under(template: dict[str, Any], resolver: Resolver) -> Iterator[tuple[tuple[str, int, str], Check]]:
    """The checks under some conditions, each with its task definition, the place of its service, and its container."""
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
    names = frozenset(template.get("Parameters") or {})
    for logical_id, definition in definitions.items():
        for at, service in enumerate(services.get(logical_id, [_family(definition, logical_id)])):
            if definition.get("ContainerDefinitions"):
                for check in of_task_definition(definition, service=service):
                    yield (logical_id, at, check.container), replace(check, template_names=names)


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
