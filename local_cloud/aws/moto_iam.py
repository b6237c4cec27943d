"""IAM over moto, with SimulatePrincipalPolicy, which moto does not have.

Source: "Policy evaluation logic" of the IAM user guide, and SimulatePrincipalPolicy of its API reference. What a
statement asks for that is not judged here is refused by name: a wrong answer would be worse than none.
"""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse

_EQUAL: Final = frozenset({"stringequals", "arnequals", "bool"})
_ALIKE: Final = frozenset({"stringlike", "arnlike"})


class NotSupportedError(ServiceException):
    """A policy asks for something that is not judged here."""

    code = "NotImplemented"


class HonestIamResponse(IamResponse):
    """The endpoint of IAM."""

    def simulate_principal_policy(self) -> ActionResult:
        """Answer SimulatePrincipalPolicy: of each action on each resource, what the principal's policies say."""
        source = str(self._get_param("PolicySourceArn"))
        entries = self._get_param("ContextEntries") or []
        context = {str(one["ContextKeyName"]).lower(): list(map(str, one["ContextKeyValues"])) for one in entries}
        statements = list(self._statements(source))
        results = [
            {
                "EvalActionName": action,
                "EvalResourceName": resource,
                "EvalDecision": decision(statements, str(action), str(resource), context),
                "MatchedStatements": [],
                "MissingContextValues": [],
            }
            for action in self._get_param("ActionNames") or []
            for resource in self._get_param("ResourceArns") or ["*"]
        ]
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})

    def _statements(self, arn: str) -> Iterator[dict[str, Any]]:
        kind, _, name = arn.rsplit(":", 1)[-1].partition("/")
        name = name.rsplit("/", 1)[-1]
        if kind not in {"role", "user"}:
            raise NotSupportedError(f"not supported by the local cloud: simulating {kind}")
        one: Any = self.backend.get_role(name) if kind == "role" else self.backend.get_user(name)
        documents = list(one.policies.values())
        documents += [policy.document for policy in one.managed_policies.values()]
        for document in documents:
            told = json.loads(document) if isinstance(document, str) else document
            yield from _listed(told["Statement"])


def decision(statements: list[dict[str, Any]], action: str, resource: str, context: Mapping[str, list[str]]) -> str:
    """What statements together say of one call, in the words of IAM: a denial goes before everything.

    Args:
        statements: of all policies.
        action: as ``s3:GetObject``.
        resource: an ARN, or ``*``.
        context: what is known of the request, by key in small letters.
    """
    effects = {str(one["Effect"]) for one in statements if _speaks_of(one, action, resource, context)}
    if "Deny" in effects:
        return "explicitDeny"
    return "allowed" if effects else "implicitDeny"


def _speaks_of(statement: dict[str, Any], action: str, resource: str, context: Mapping[str, list[str]]) -> bool:
    if "Action" not in statement or "Resource" not in statement:
        raise NotSupportedError("not supported by the local cloud: statements with NotAction or NotResource")
    conditions: dict[str, dict[str, Any]] = statement.get("Condition") or {}
    named = any(fnmatchcase(action.lower(), str(one).lower()) for one in _listed(statement["Action"]))
    meant = any(fnmatchcase(resource, str(one)) for one in _listed(statement["Resource"]))
    return named and meant and all(_holds(operator, keys, context) for operator, keys in conditions.items())


def _holds(operator: str, keys: dict[str, Any], context: Mapping[str, list[str]]) -> bool:
    plain = operator.lower()
    if_exists, plain = plain.endswith("ifexists"), plain.removesuffix("ifexists")
    if plain not in _EQUAL | _ALIKE:
        raise NotSupportedError(f"not supported by the local cloud: the condition {operator}")
    for key, wanted in keys.items():
        told = context.get(key.lower())
        if told is None:
            if not if_exists:
                return False
            continue
        values = [str(value) for value in _listed(wanted)]
        fits = any(
            one == value or (plain not in {"stringequals", "bool"} and fnmatchcase(one, value))
            for one in told
            for value in values
        )
        if not fits:
            return False
    return True


def _listed(one: Any) -> list[Any]:
    """IAM writes a list of one as the one."""
    return one if isinstance(one, list) else [one]
