"""A stack's parameters: what was given, the template's defaults, and what the template allows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from local_cloud.aws.cloudformation.refusals import invalid


def settled(
    template: Mapping[str, Any], given: Sequence[Mapping[str, Any]], before: Mapping[str, str]
) -> dict[str, str]:
    """The value of every parameter of a template.

    Args:
        template: as parsed.
        given: as the API takes them, with ParameterValue or UsePreviousValue.
        before: the stack's values until now.

    Raises:
        CloudFormationError: ValidationError, for a parameter that is unknown, missing or not allowed.
    """
    declared = template.get("Parameters") or {}
    asked = {str(item["ParameterKey"]): item for item in given}
    if unknown := sorted(set(asked) - set(declared)):
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values: dict[str, str] = {}
    missing = []
    for name, rule in declared.items():
        item = asked.get(name, {})
        value = before.get(name) if item.get("UsePreviousValue") else item.get("ParameterValue", rule.get("Default"))
        if value is None:
            missing.append(name)
        else:
            values[name] = str(value)
            _check(name, values[name], rule)
    if missing:
        raise invalid(f"Parameters: [{', '.join(missing)}] must have values")
    return values


def typed(template: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """The parameters as functions see them: lists are lists."""
    kinds = {name: str(rule.get("Type", "String")) for name, rule in (template.get("Parameters") or {}).items()}
    return {
        name: [part.strip() for part in value.split(",")] if _is_list(kinds[name]) else value
        for name, value in values.items()
    }


def _is_list(kind: str) -> bool:
    return kind.startswith("List<") or kind == "CommaDelimitedList"


def _check(name: str, value: str, rule: Mapping[str, Any]) -> None:
    pattern, allowed = rule.get("AllowedPattern"), rule.get("AllowedValues")
    if pattern is not None and not re.fullmatch(str(pattern), value):
        told = rule.get("ConstraintDescription") or f"Member must satisfy regular expression pattern: {pattern}"
        raise invalid(f"Parameter '{name}' must match pattern {pattern}. {told}")
    if allowed is not None and value not in {str(item) for item in allowed}:
        raise invalid(f"Parameter '{name}' must be one of AllowedValues")
    if rule.get("Type") == "Number":
        _check_number(name, value, rule)
    if len(value) < int(rule.get("MinLength", 0)):
        raise invalid(f"Parameter '{name}' must contain at least {rule['MinLength']} characters")


def _check_number(name: str, value: str, rule: Mapping[str, Any]) -> None:
    try:
        number = float(value)
    except ValueError:
        raise invalid(f"Parameter '{name}' must be a number") from None
    if number < float(rule.get("MinValue", number)):
        raise invalid(f"Parameter '{name}' must be a number not less than {rule['MinValue']}")
    if number > float(rule.get("MaxValue", number)):
        raise invalid(f"Parameter '{name}' must be a number not greater than {rule['MaxValue']}")
