"""The theory that ends of tasks are told to nobody: a rule without a queue, or a queue that lets nobody in."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Documents, Resource, Stack, items, known, objects, part, text
from doctor.offline.frame import FileCheck

_SENDER: Final = "events.amazonaws.com"


def _look(documents: Documents) -> Iterator[Fault]:
    for stack in documents.stacks:
        for rule in stack.of("AWS::Events::Rule"):
            yield from _of_rule(stack, rule)
        for queue in stack.of("AWS::SQS::Queue"):
            dead = part(queue.source, "RedrivePolicy").get("deadLetterTargetArn")
            if stack.named(dead) is queue:
                yield Fault(f"{stack.where}: {queue.name} is its own dead-letter queue", "Make another for it.")


def _of_rule(stack: Stack, rule: Resource) -> Iterator[Fault]:
    where = f"{stack.where}: {rule.name}"
    if text(rule.properties.get("State")) == "DISABLED":
        yield Fault(f"{where}: the rule is disabled", "Enable it.")
    if not items(rule.properties.get("Targets")):
        yield Fault(f"{where}: the rule leads nowhere", "Name the queue as its target.")
    for target in objects(rule.source.get("Targets")):
        queue = stack.named(target.get("Arn"))
        if queue is not None and queue.kind == "AWS::SQS::Queue" and not _lets_in(stack, queue):
            says = f"{where}: leads to {queue.name}, whose policy does not let {_SENDER} send"
            yield Fault(says, "Allow sqs:SendMessage to it, for the rule's ARN.")


def _lets_in(stack: Stack, queue: Resource) -> bool:
    """Whether a policy of the queue does; what only the account knows of one counts as if it did."""
    for policy in stack.of("AWS::SQS::QueuePolicy"):
        queues = items(policy.source.get("Queues"))
        own = any(stack.named(value) is queue for value in queues)
        if (own or not known(policy.properties.get("Queues"))) and _allows(policy.properties.get("PolicyDocument")):
            return True
    return False


def _allows(document: Any) -> bool:
    if not isinstance(document, dict):
        return not known(document)
    statements = items(document.get("Statement"))
    told = [(one.get("Effect"), one.get("Principal"), one.get("Action")) for one in objects(statements)]
    if len(told) < len(statements) or not known(told):
        return True
    return any(
        effect == "Allow" and _SENDER in str(principal) and "sqs:" in str(action).lower()
        for effect, principal, action in told
    )


HINTS: Final = FileCheck(
    "event_rules",
    "Every rule leads to a queue that lets EventBridge send",
    Severity.ERROR,
    ("stacks",),
    "EventBridge drops what it may not deliver, and says so nowhere but in a metric.",
    _look,
)
