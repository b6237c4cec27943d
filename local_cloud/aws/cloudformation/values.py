"""Templates' functions worked out: parameters, conditions and what resources turned out to be."""

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from local_cloud.aws.cloudformation.refusals import invalid

_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^}]*)\}")
_NONE: Final = object()


class NotYet(str):
    """What a resource gives that is not made yet; any part of it is not known either."""

    __slots__ = ()


class Scope:
    """What a template's names stand for.

    Args:
        template: as parsed.
        names: parameters and pseudo parameters.
        made: what ``Ref`` (with None) and ``GetAtt`` of a resource give; NotYet for one that is not made yet.
        zones: the availability zones of a Region.
    """

    def __init__(
        self,
        template: Mapping[str, Any],
        names: Mapping[str, Any],
        made: Callable[[str, str | None], Any],
        zones: Callable[[str], list[str]] = lambda _region: [],
    ) -> None:
        self._template = template
        self._names = names
        self._made = made
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::Sub": self._sub,
            "Fn::GetAtt": self._attribute,
            "Fn::If": lambda body: self.value(body[1] if self.holds(body[0]) else body[2]),
            "Fn::Join": lambda body: str(body[0]).join(map(str, self.value(body[1]))),
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Cidr": self._cidr,
            "Fn::GetAZs": lambda body: zones(str(self.value(body) or self._names["AWS::Region"])),
        }

    def value(self, tree: Any) -> Any:
        """A part of the template without functions; what is ``AWS::NoValue`` is left out.

        Raises:
            CloudFormationError: ValidationError, for a function that is not done here or a name that nothing has.
        """
        if isinstance(tree, dict):
            if len(tree) == 1:
                (function,) = tree
                if function in self._functions:
                    return self._functions[function](tree[function])
                if str(function).startswith("Fn::"):
                    raise invalid(f"not supported by the local cloud: {function}")
            pairs = {name: self.value(one) for name, one in tree.items()}
            return {name: one for name, one in pairs.items() if one is not _NONE}
        if isinstance(tree, list):
            return [one for part in tree if (one := self.value(part)) is not _NONE]
        return tree

    def holds(self, condition: Any) -> bool:
        """Whether a condition, by its name or in place, is true.

        Raises:
            CloudFormationError: ValidationError, for a condition that is not defined.
        """
        if isinstance(condition, str):
            conditions = self._template.get("Conditions") or {}
            if condition not in conditions:
                raise invalid(f"Template error: unresolved condition dependency {condition}")
            return self.holds(conditions[condition])
        ((function, body),) = condition.items()
        match function:
            case "Condition":
                return self.holds(body)
            case "Fn::Equals":
                first, second = (str(self.value(one)) for one in body)
                return first == second
            case "Fn::Not":
                return not self.holds(body[0])
            case "Fn::And":
                return all(self.holds(one) for one in body)
            case "Fn::Or":
                return any(self.holds(one) for one in body)
        raise invalid(f"not supported by the local cloud: {function} in a condition")

    def wanted(self) -> dict[str, dict[str, Any]]:
        """The resources whose condition holds, as the template has them."""
        return {
            name: resource
            for name, resource in self._template["Resources"].items()
            if "Condition" not in resource or self.holds(resource["Condition"])
        }

    def check_rules(self) -> None:
        """See that the template's rules are kept.

        Raises:
            CloudFormationError: ValidationError, with the description of an assertion that does not hold.
        """
        for rule in (self._template.get("Rules") or {}).values():
            if "RuleCondition" in rule and not self.holds(rule["RuleCondition"]):
                continue
            for assertion in rule["Assertions"]:
                if not self.holds(assertion["Assert"]):
                    raise invalid(
                        f"Template validation error: {assertion.get('AssertDescription', 'a rule is not kept')}"
                    )

    def _select(self, body: list[Any]) -> Any:
        found, position = self.value(body[1]), int(self.value(body[0]))
        if isinstance(found, NotYet):
            return found
        if not 0 <= position < len(found):
            raise invalid(f"Template error: Fn::Select cannot select nonexistent value at index {position}")
        return found[position]

    def _split(self, body: list[Any]) -> Any:
        found = self.value(body[1])
        return found if isinstance(found, NotYet) else str(found).split(str(body[0]))

    def _cidr(self, body: list[Any]) -> Any:
        block, count, bits = (self.value(part) for part in (body if len(body) > 2 else [*body, 8]))
        if isinstance(block, NotYet):
            return block
        try:
            parts = ipaddress.ip_network(block).subnets(new_prefix=32 - int(bits))
            return [str(part) for part, _ in zip(parts, range(int(count)), strict=False)]
        except ValueError as error:
            raise invalid(f"Template error: Fn::Cidr of {block}: {error}") from error

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NONE
        return self._names[name] if name in self._names else self._of_resource(name, None)

    def _attribute(self, body: list[str]) -> Any:
        return self._of_resource(body[0], body[1])

    def _of_resource(self, name: str, attribute: str | None) -> Any:
        if name not in self._template["Resources"]:
            raise invalid(f"Template format error: Unresolved resource dependencies [{name}]")
        return self._made(name, attribute)

    def _sub(self, body: Any) -> str:
        text, own = (body, {}) if isinstance(body, str) else (body[0], self.value(body[1]))

        def filled(found: re.Match[str]) -> str:
            if found[1]:
                return f"${{{found[2]}}}"
            name, _, attribute = found[2].partition(".")
            if found[2] in own:
                return str(own[found[2]])
            return str(self._of_resource(name, attribute) if attribute else self._ref(name))

        return _PLACEHOLDER.sub(filled, str(text))


def named_in(tree: Any, resources: Mapping[str, Any]) -> Iterator[str]:
    """The resources that a part of a template names, by any function."""
    if isinstance(tree, dict):
        for key, body in tree.items():
            if key == "Ref" and body in resources:
                yield body
            elif key == "Fn::GetAtt":
                yield body[0]
            elif key == "Fn::Sub":
                text = body if isinstance(body, str) else body[0]
                found = (item[2].partition(".")[0] for item in _PLACEHOLDER.finditer(str(text)) if not item[1])
                yield from (name for name in found if name in resources)
                yield from named_in(body[1:], resources) if isinstance(body, list) else ()
            else:
                yield from named_in(body, resources)
    elif isinstance(tree, list):
        for part in tree:
            yield from named_in(part, resources)


def in_order(resources: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The resources, each after those that it names.

    Raises:
        CloudFormationError: ValidationError, when they name each other in a circle.
    """
    ordered: list[str] = []
    under_way: list[str] = []

    def visit(name: str) -> None:
        if name in ordered or name not in resources:
            return
        if name in under_way:
            raise invalid(f"Circular dependency between resources: [{', '.join(under_way)}]")
        under_way.append(name)
        resource = resources[name]
        explicit = resource.get("DependsOn") or []
        for other in [
            *([explicit] if isinstance(explicit, str) else explicit),
            *named_in(resource.get("Properties"), resources),
        ]:
            visit(other)
        under_way.remove(name)
        ordered.append(name)

    for name in resources:
        visit(name)
    return ordered
