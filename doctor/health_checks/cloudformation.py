"""A CloudFormation template with its functions worked out, as far as a file can tell."""

import re
from typing import Any, Final

import yaml

from doctor.health_checks.checks import UNKNOWN_TEXT

_PSEUDO: Final = {
    "AWS::Region": UNKNOWN_TEXT,
    "AWS::AccountId": UNKNOWN_TEXT,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "stack",
    "AWS::NoValue": None,
}
_SUB: Final = re.compile(r"\$\{(!?)([^}]*)\}")


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short functions."""


def _short_function(loader: yaml.Loader, suffix: str, node: yaml.Node) -> Any:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        return {name: value.split(".", 1) if name == "Fn::GetAtt" else value}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    return {name: loader.construct_mapping(node, deep=True)}  # type: ignore[arg-type] # a mapping is what is left


_Loader.add_multi_constructor("!", _short_function)
for _digit in "0123456789":  # dates and times stay as they are written
    _Loader.yaml_implicit_resolvers[_digit] = [
        pair for pair in _Loader.yaml_implicit_resolvers.get(_digit, []) if pair[0] != "tag:yaml.org,2002:timestamp"
    ]


def load(text: str) -> Any:
    """The data of a YAML or JSON text; CloudFormation's short functions become their long form.

    Raises:
        ValueError: It is neither; says where it breaks.
    """
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 -- a SafeLoader with the functions added, which make plain data
    except yaml.YAMLError as error:
        raise ValueError(f"neither JSON nor YAML: {' '.join(str(error).split())}") from None


def is_template(data: Any) -> bool:
    """Whether the data are a CloudFormation template."""
    return isinstance(data, dict) and isinstance(data.get("Resources"), dict)


class Resolver:
    """Works out a template's functions with its parameters' defaults."""

    def __init__(
        self,
        template: dict[str, Any],
        parameters: dict[str, str] | None = None,
        *,
        others: frozenset[str] = frozenset(),
        assumed: dict[str, bool] | None = None,
    ) -> None:
        """A resolver for one template.

        Args:
            template: Its data.
            parameters: Values that go before the defaults.
            others: Parameters whose value is unknown, but none of the texts which conditions compare them with.
            assumed: Conditions that are taken to be true or false.
        """
        self._template = template
        self._others = others
        self._assumed = assumed or {}
        self._given = parameters or {}
        self._parameters = {
            name: (parameters or {}).get(name, body.get("Default") if isinstance(body, dict) else None)
            if name not in others
            else None
            for name, body in (template.get("Parameters") or {}).items()
        }

    def value(self, data: Any) -> Any:
        """The data, every function replaced by what it gives: :data:`UNKNOWN_TEXT` where only the account knows."""
        if isinstance(data, list):
            return [inner for item in data if (inner := self.value(item)) is not None]
        if not isinstance(data, dict):
            return data
        if len(data) == 1:
            ((name, argument),) = data.items()
            if name in {"Ref", "Condition"} or str(name).startswith("Fn::"):
                return self._function(str(name), argument)
        found = {key: self.value(inner) for key, inner in data.items()}
        return {key: inner for key, inner in found.items() if inner is not None}

    def _function(self, name: str, argument: Any) -> Any:
        match name:
            case "Ref":
                return self._ref(str(argument))
            case "Fn::Sub":
                return self._sub(argument)
            case "Fn::Join":
                return self._join(argument)
            case "Fn::If":
                condition, yes, no = argument
                return self.value(yes if self.condition(str(condition)) is not False else no)
            case "Fn::FindInMap":
                return self._find(argument)
            case "Fn::Select":
                return self._select(argument)
            case "Fn::Split":
                return str(self.value(argument[1])).split(str(argument[0]))
            case _:
                return UNKNOWN_TEXT

    def _ref(self, name: str) -> Any:
        if name in _PSEUDO:
            return self._given.get(name, _PSEUDO[name])
        if name in self._parameters:
            value = self._parameters[name]
            kind = str((self._template["Parameters"][name] or {}).get("Type", ""))
            if value is not None and ("List" in kind):
                return str(value).split(",")
            return UNKNOWN_TEXT if value is None else value
        return name if name in self._template["Resources"] else UNKNOWN_TEXT

    def _sub(self, argument: Any) -> str:
        text, own = argument if isinstance(argument, list) else (argument, {})

        def replaced(found: re.Match[str]) -> str:
            literal, name = found[1], found[2].strip()
            if literal:
                return "${" + name + "}"
            if name in own:
                return str(self.value(own[name]))
            return str(self._ref(name)) if "." not in name else UNKNOWN_TEXT

        return _SUB.sub(replaced, str(text))

    def _join(self, argument: Any) -> str:
        between, parts = argument
        values = self.value(parts)
        return str(between).join(str(part) for part in values) if isinstance(values, list) else UNKNOWN_TEXT

    def _find(self, argument: Any) -> Any:
        where: Any = self._template.get("Mappings") or {}
        for key in argument[:3]:
            name = self.value(key)
            where = where.get(name, where.get(str(name))) if isinstance(where, dict) else None
        return UNKNOWN_TEXT if where is None else self.value(where)

    def _select(self, argument: Any) -> Any:
        values = self.value(argument[1])
        at = int(self.value(argument[0]))
        return values[at] if isinstance(values, list) and at < len(values) else UNKNOWN_TEXT

    def condition(self, name: str) -> bool | None:
        """Whether a condition holds; None when only the account knows."""
        if name in self._assumed:
            return self._assumed[name]
        body = (self._template.get("Conditions") or {}).get(name)
        return self._truth(body) if body is not None else None

    def _truth(self, body: Any) -> bool | None:
        if not isinstance(body, dict) or len(body) != 1:
            return None
        ((name, argument),) = body.items()
        if name == "Condition":
            return self.condition(str(argument))
        if name == "Fn::Equals":
            left, right = (str(self.value(side)) for side in argument)
            other = any(isinstance(side, dict) and side.get("Ref") in self._others for side in argument)
            return (False if other else None) if UNKNOWN_TEXT in left + right else left == right
        truths = [self._truth(inner) for inner in argument] if isinstance(argument, list) else [None]
        if name == "Fn::Not":
            return None if truths[0] is None else not truths[0]
        if None in truths:
            return None
        return all(truths) if name == "Fn::And" else any(truths) if name == "Fn::Or" else None
