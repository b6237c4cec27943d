"""Services and task definitions of a CloudFormation template, as ``describe-*`` would show them once they are there."""

from typing import Any, Final

from doctor.evidence.evidence import Evidence
from doctor.health_checks.cloudformation import Resolver

_SERVICE: Final = ("ServiceName", "DesiredCount", "DeploymentConfiguration", "EnableExecuteCommand", "LoadBalancers")


def take_template(template: dict[str, Any], evidence: Evidence) -> bool:
    """Put a template's services and task definitions into the evidence; False when it has none."""
    resolver = Resolver(template)
    found = False
    for logical_id, resource in template["Resources"].items():
        if not isinstance(resource, dict):
            continue
        properties = resource.get("Properties") or {}
        if resource.get("Type") == "AWS::ECS::TaskDefinition":
            definition = lower(resolver.value(properties))
            evidence.definitions.append(definition | {"taskDefinitionArn": logical_id})
        elif resource.get("Type") == "AWS::ECS::Service":
            service = lower({key: resolver.value(properties.get(key)) for key in _SERVICE if key in properties})
            name = str(service.get("serviceName") or logical_id)
            evidence.services.append(
                service
                | {"serviceName": logical_id if "\ufffd" in name else name, "taskDefinition": _target(properties)}
            )
        else:
            continue
        found = True
    return found


def lower(data: Any) -> Any:
    """The same data with the API's keys: CloudFormation writes their first letter large."""
    if isinstance(data, dict):
        return {key[:1].lower() + key[1:]: lower(value) for key, value in data.items()}
    return [lower(item) for item in data] if isinstance(data, list) else data


def _target(properties: dict[str, Any]) -> str:
    reference = properties.get("TaskDefinition")
    if isinstance(reference, dict):
        (wanted,) = list(reference.values())[:1] or [""]
        return str(wanted[0] if isinstance(wanted, list) else wanted).split(".")[0]
    return str(reference or "")
