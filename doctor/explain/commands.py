"""Commands that a reader can copy: they settle what the evidence leaves open."""

import json
from typing import Any

from doctor.explain.facts import Facts


def tail(facts: Facts) -> str:
    """Reads the log of the last hour."""
    return f"aws logs tail {facts.log_group() or 'LOG_GROUP'} --since 1h"


def definition(facts: Facts) -> str:
    """Fetches the task definition."""
    return f"aws ecs describe-task-definition --task-definition {facts.reference}"


def stopped_tasks(facts: Facts) -> str:
    """Fetches the stopped tasks, which ECS keeps for an hour."""
    listed = f"aws ecs list-tasks --cluster {facts.cluster} --desired-status STOPPED --query taskArns --output text"
    return f"aws ecs describe-tasks --cluster {facts.cluster} --tasks $({listed})"


def run_once(facts: Facts, shell: str) -> str:
    """Runs one line of shell in the same image, network and environment; its answer is in the log.

    Args:
        facts: Whose image and network.
        shell: The line; holds no single quote.
    """
    container = next((check.container for check in facts.checks if check.command), "app")
    overrides = {"containerOverrides": [{"name": container, "command": ["sh", "-c", shell]}]}
    return (
        f"aws ecs run-task --cluster {facts.cluster} --launch-type FARGATE --task-definition {facts.reference}"
        f" --network-configuration '{json.dumps(network(facts))}' --overrides '{json.dumps(overrides)}'"
    )


def network(facts: Facts) -> dict[str, Any]:
    """The service's network configuration; with words to replace when it is not in the evidence."""
    found = (facts.subject.service or {}).get("networkConfiguration")
    if isinstance(found, dict) and found.get("awsvpcConfiguration"):
        return found
    return {"awsvpcConfiguration": {"subnets": ["SUBNET"], "securityGroups": ["SECURITY_GROUP"]}}
