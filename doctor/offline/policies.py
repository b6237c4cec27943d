"""The theories about rights: roles that ECS may take, with what it needs of them, and nothing for everybody."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.health_checks.checks import UNKNOWN_TEXT
from doctor.offline.documents import Definition, Documents, Resource, Stack, items, known, objects, options, text
from doctor.offline.frame import FileCheck
from doctor.offline.images import ECR

_TASKS: Final = "ecs-tasks.amazonaws.com"
_MANAGED: Final = "AmazonECSTaskExecutionRolePolicy"
_PULL: Final = ("ecr:GetAuthorizationToken", "ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer",
                "ecr:BatchGetImage")  # fmt: skip
_WRITE: Final = ("logs:CreateLogStream", "logs:PutLogEvents")


def _wide(documents: Documents) -> Iterator[Fault]:
    for where, document in documents.policies:
        for statement in _allows(document):
            yield from _of_statement(where, statement)
    for stack in documents.stacks:
        for resource in stack.of("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy"):
            for statement in _allows(resource.properties.get("PolicyDocument")):
                if statement.get("Principal") in ("*", {"AWS": "*"}) and not statement.get("Condition"):
                    says = f"{stack.where}: {resource.name} allows {_said(statement)} to everybody"
                    yield Fault(says, "Name the principal, or add a condition.")


def _allows(document: Any) -> list[dict[str, Any]]:
    statements = items((document or {}).get("Statement")) if isinstance(document, dict) else []
    return [one for one in objects(statements) if one.get("Effect", "Allow") == "Allow"]


def _said(statement: dict[str, Any]) -> str:
    return ", ".join(text(action) for action in items(statement.get("Action")))


def _of_statement(where: str, statement: dict[str, Any]) -> Iterator[Fault]:
    everything = "*" in items(statement.get("Resource"))
    for action in map(text, items(statement.get("Action"))):
        if action in {"*", "*:*"}:
            yield Fault(f"{where}: allows every action", "Name the actions that are needed.")
        elif action.endswith(":*") and everything:
            yield Fault(f"{where}: allows {action} on every resource", "Name actions and resources.")
        elif action.lower() == "iam:passrole" and everything:
            says = f"{where}: may pass every role, so that tasks can be started as anybody"
            yield Fault(says, "Name the two roles of the tasks as its resource.")
        elif action == "secretsmanager:GetSecretValue" and everything and not statement.get("Condition"):
            yield Fault(f"{where}: may read every secret", "Name the secrets as its resource.")


def _rights(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        if definition.stack is None:
            continue
        for name in ("ExecutionRoleArn", "TaskRoleArn"):
            role = definition.stack.named(definition.source.get(name))
            if role is not None and role.kind == "AWS::IAM::Role":
                yield from _trust(definition, name, role)
                if name == "ExecutionRoleArn":
                    yield from _lacks(definition, definition.stack, role)


def _trust(definition: Definition, name: str, role: Resource) -> Iterator[Fault]:
    statements = _allows(role.properties.get("AssumeRolePolicyDocument"))
    principals = [statement.get("Principal") for statement in statements]
    trusted = [text(one) for each in principals if isinstance(each, dict) for one in items(each.get("Service"))]
    if statements and known(principals) and _TASKS not in trusted:
        says = f"{definition.where}: {name} is {role.name}, which {_TASKS} may not take"
        yield Fault(says, f"Trust the service {_TASKS}, with sts:AssumeRole.")


def _lacks(definition: Definition, stack: Stack, role: Resource) -> Iterator[Fault]:
    allowed = _granted(stack, role)
    for why, actions in _wanted(definition) if allowed is not None else ():
        missing = [action for action in actions if not _covered(action, allowed or set())]
        if missing:
            says = f"{definition.where}: {role.name} lacks {', '.join(missing)}, which ECS needs for {why}"
            yield Fault(says, f"Allow it in {role.name}, on that resource alone.")


def _granted(stack: Stack, role: Resource) -> set[str] | None:
    """The actions that a role allows; None where a policy is not read here, or only the account knows a part of it."""
    managed = [text(arn).rsplit("/", 1)[-1] for arn in items(role.properties.get("ManagedPolicyArns"))]
    if any(name != _MANAGED for name in managed if name not in stack.resources):
        return None
    attached = [stack.named(value) for value in items(role.source.get("ManagedPolicyArns"))]
    documents = [one.get("PolicyDocument") for one in objects(role.properties.get("Policies"))]
    documents += [
        one.properties.get("PolicyDocument")
        for one in stack.of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
        if one in attached or any(stack.named(value) is role for value in items(one.source.get("Roles")))
    ]
    statements = [one for each in documents for one in items(each.get("Statement") if isinstance(each, dict) else each)]
    told = [role.properties.get("Policies") if not documents else None]
    told += [(one.get("Effect"), one.get("Action")) if isinstance(one, dict) else UNKNOWN_TEXT for one in statements]
    if not known(told) or len(documents) < len(items(role.properties.get("Policies"))):
        return None
    allowed = {text(action) for each in documents for one in _allows(each) for action in items(one.get("Action"))}
    return allowed | {*_PULL, *_WRITE} if _MANAGED in managed else allowed


def _covered(action: str, allowed: set[str]) -> bool:
    """Whether one of the allowed patterns lets an action through, or one of several actions: ``this or that``."""
    return any(fnmatchcase(each.lower(), one.lower()) for each in action.split(" or ") for one in allowed)


def _wanted(definition: Definition) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What ECS does with the execution role, and the actions for it."""
    for entry in definition.containers:
        if ECR.match(text(entry.get("image"))):
            yield "the image", _PULL
        if options(entry).get("awslogs-group"):
            yield "the log", _WRITE
        if options(entry).get("awslogs-create-group", "").lower() == "true":
            yield "making the log group", ("logs:CreateLogGroup",)
        for action in sorted({_reads(definition, text(one.get("valueFrom"))) for one in objects(entry.get("secrets"))}):
            yield "the secrets", (action,)
        if entry.get("environmentFiles"):
            yield "the files of variables", ("s3:GetObject",)


def _reads(definition: Definition, reference: str) -> str:
    """The action that reads a secret; both where only the account knows which it is."""
    made = definition.stack.resources.get(reference.split(":", maxsplit=1)[0]) if definition.stack else None
    if ":secretsmanager:" in reference or (made is not None and made.kind == "AWS::SecretsManager::Secret"):
        return "secretsmanager:GetSecretValue"
    if ":ssm:" in reference or known(reference):
        return "ssm:GetParameters"
    return "secretsmanager:GetSecretValue or ssm:GetParameters"


POLICIES: Final = FileCheck(
    "policies",
    "No policy allows everything, passes every role, or lets everybody in",
    Severity.WARNING,
    ("policies", "stacks"),
    "Whoever may start tasks and pass any role is everybody whose role he passes.",
    _wide,
)
RIGHTS: Final = FileCheck(
    "rights",
    "Every role of a task trusts ECS and allows what ECS does with it",
    Severity.ERROR,
    ("stacks",),
    "A role that ecs-tasks.amazonaws.com may not take, or one without GetSecretValue, keeps every task from starting.",
    _rights,
)
