"""What a role may do, as IAM itself works it out, and who may take it on."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import unquote

from doctor.checks.frame import Fault
from doctor.checks.place import CannotLookError, Place, RefusedError

TASKS: Final = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True)
class Need:
    """Actions on one resource that a role needs.

    Attributes:
        actions: As IAM names them.
        resource: An ARN, or ``*`` for actions that know no resource.
        why: What fails without them, as the end of a sentence.
        context: Keys of the request that conditions may ask for.
    """

    actions: tuple[str, ...]
    resource: str
    why: str
    context: Mapping[str, str] = field(default_factory=dict)


def lacking(place: Place, role: str, needs: Sequence[Need], *, who: str) -> list[Fault]:
    """What a principal may not do of what it needs.

    What was found before a right to look was missing is told; only when nothing was found is that right told instead.

    Args:
        place: Where to ask.
        role: ARN of a role or user.
        needs: What it needs.
        who: What it is, for people.

    Raises:
        CannotLookError: nothing was found so far, and iam:SimulatePrincipalPolicy is denied.
    """
    found: list[Fault] = []
    for need in needs:
        try:
            found += _of(place, role, need, who)
        except CannotLookError:
            if not found:
                raise
            break
        except RefusedError as error:
            raise CannotLookError(f"{who} {role}: {error}") from error
    return found


def _of(place: Place, role: str, need: Need, who: str) -> Iterator[Fault]:
    context = [
        {"ContextKeyName": key, "ContextKeyValues": [value], "ContextKeyType": "string"}
        for key, value in need.context.items()
    ]
    more: dict[str, Any] = {"ContextEntries": context} if context else {}
    answer = place.aws(
        "iam", "simulate_principal_policy",
        PolicySourceArn=role, ActionNames=list(need.actions), ResourceArns=[need.resource], **more,
    )  # fmt: skip
    denied: dict[str, list[str]] = {}
    for result in answer["EvaluationResults"]:
        if result["EvalDecision"] != "allowed":
            denied.setdefault(str(result["EvalDecision"]), []).append(str(result["EvalActionName"]))
    for decision, actions in denied.items():
        listed = ", ".join(actions)
        says = f"{who} {role} may not {listed} on {need.resource}, so {need.why}"
        if decision == "explicitDeny":
            remedy = f"A Deny forbids it: take {listed} out of that statement, or except {need.resource} from it."
        else:
            statement = {"Effect": "Allow", "Action": actions, "Resource": need.resource}
            remedy = f"Add to a policy of {role.rsplit('/', 1)[-1]}: {json.dumps(statement)}"
        yield Fault(says, remedy)


def not_taken_on(place: Place, role: str, account: str, *, who: str) -> list[Fault]:
    """Why tasks of this account and region may not take a role on; nothing when they may.

    Raises:
        CannotLookError: iam:GetRole is denied.
    """
    name = role.rsplit("/", 1)[-1]
    try:
        told = place.aws("iam", "get_role", RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    except RefusedError as error:
        if error.code != "NoSuchEntity":
            raise CannotLookError(f"{who} {role}: {error}") from error
        return [Fault(f"{who} {role} is not there", "Deploy the stack again, or correct the task definition.")]
    document = json.loads(unquote(told)) if isinstance(told, str) else told
    statements = [one for one in _listed(document.get("Statement")) if one.get("Effect") == "Allow"]
    letting = [one for one in statements if TASKS in _listed((one.get("Principal") or {}).get("Service"))]
    if not letting:
        says = f"{who} {role} does not trust {TASKS}"
        trust = {"Effect": "Allow", "Principal": {"Service": TASKS}, "Action": "sts:AssumeRole"}
        return [Fault(says, f"Put into its trust policy: {json.dumps(trust)}")]
    wrong = [_condition(one, account, place.region) for one in letting]
    if all(wrong):
        remedy = "Correct the condition, or deploy the stack again: it writes account and region itself."
        return [
            Fault(f"{who} {role} trusts {TASKS} only {wrong[0]}, but tasks run in {account}, {place.region}", remedy)
        ]
    return []


def _condition(statement: dict[str, Any], account: str, region: str) -> str:
    """Under which condition a statement does not speak of our tasks; empty when it does."""
    source = f"arn:aws:ecs:{region}:{account}:task/any"
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, wanted in keys.items():
            values = [str(value) for value in _listed(wanted)]
            told = {"aws:sourceaccount": account, "aws:sourcearn": source}.get(key.lower())
            if told is None or operator.lower().removesuffix("ifexists") not in _ALIKE:
                continue
            if not any(fnmatchcase(_plain(told), _plain(value)) for value in values):
                return f"where {key} is {', '.join(values)}"
    return ""


_ALIKE: Final = frozenset({"stringequals", "stringlike", "arnequals", "arnlike"})


def _plain(arn: str) -> str:
    # The partition is AWS's own and differs in China and GovCloud; which it is says nothing about our tasks.
    return ":".join(["arn", "aws", *arn.split(":")[2:]]) if arn.startswith("arn:") else arn


def _listed(one: Any) -> list[Any]:
    """IAM writes a list of one as the one."""
    if one is None:
        return []
    return one if isinstance(one, list) else [one]
