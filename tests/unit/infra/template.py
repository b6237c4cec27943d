"""A template with its parameters filled in: what CloudFormation would make, as plain dictionaries."""

import copy
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from cfnlint.decode import cfn_yaml

ACCOUNT: Final = "111122223333"
REGION: Final = "eu-central-1"
PSEUDO: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "reporting-prod",
}
DIGEST: Final = f"@sha256:{'0' * 64}"
GIVEN: Final[dict[str, Any]] = {
    "VpcId": "vpc-0123456789abcdef0",
    "SubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "SnowflakeAccount": "organisation-account",
    "ExecutorImage": f"registry/executor{DIGEST}",
    "RunnerImage": f"registry/runner{DIGEST}",
    "DocumentsImage": f"registry/documents{DIGEST}",
    "LinksUserArn": "arn:aws:iam::999988887777:user/snowflake-1",
    "LinksExternalId": "links-id",
    "DoorbellUserArn": "arn:aws:iam::999988887777:user/snowflake-2",
    "DoorbellExternalId": "doorbell-id",
    "HoursStart": "cron(0 6 * * ? *)",
    "HoursStop": "cron(0 20 * * ? *)",
    "DrainSchedule": "rate(1 hour)",
    "KeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef",
    "ExecutorSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:executor-abcdef",
    "RunnerSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:runner-abcdef",
    "AlarmEmail": "oncall@example.com",
}
"""Every part of the stack switched on."""
_ARNS: Final[Mapping[str, tuple[str, str]]] = {
    "AWS::S3::Bucket": ("BucketName", "arn:aws:s3:::{}"),
    "AWS::Logs::LogGroup": ("LogGroupName", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*"),
    "AWS::SQS::Queue": ("QueueName", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}"),
    "AWS::SNS::Topic": ("TopicName", f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}"),
    "AWS::Events::Rule": ("Name", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{{}}"),
    "AWS::IAM::Role": ("RoleName", f"arn:aws:iam::{ACCOUNT}:role/{{}}"),
    "AWS::ECR::Repository": ("RepositoryName", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{{}}"),
    "AWS::ECS::Cluster": ("ClusterName", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{{}}"),
    "AWS::ECS::TaskDefinition": ("Family", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/{{}}:7"),
}
_NONE: Final = object()

Tree = dict[str, Any]


@cache
def _read(path: Path) -> str:
    return json.dumps(cfn_yaml.load(str(path)), default=str)  # type: ignore[no-untyped-call]  # cfn-lint ships no types


def raw(path: Path = Path("infra/stack.yaml")) -> Tree:
    """The template as it stands, with ``Fn::`` functions in it; a copy to break at will."""
    tree: Tree = json.loads(_read(path))
    return tree


def made(template: Tree, **given: Any) -> Tree:
    """The resources that CloudFormation makes of a template, by their logical ids."""
    return Making(template, given).resources()


class Making:
    """One template with its parameters.

    Args:
        template: as :func:`raw` gives it.
        given: parameters; what is not given has its default.
    """

    def __init__(self, template: Tree, given: Mapping[str, Any]) -> None:
        self._template = copy.deepcopy(template)
        defaults = {name: one.get("Default") for name, one in template["Parameters"].items()}
        self._values = {**PSEUDO, **defaults, **{name: one for name, one in given.items() if name in defaults}}
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::Sub": self._sub,
            "Fn::GetAtt": self._attribute,
            "Fn::If": lambda body: self.value(body[1] if self.holds(body[0]) else body[2]),
            "Fn::Join": lambda body: body[0].join(self.value(body[1])),
            "Fn::Select": lambda body: self.value(body[1])[int(body[0])],
            "Fn::Split": lambda body: self.value(body[1]).split(body[0]),
            "Fn::GetAZs": lambda _: [f"{REGION}a", f"{REGION}b"],
            "Fn::Cidr": self._cidr,
        }

    def resources(self) -> Tree:
        """Every resource whose condition holds."""
        return {
            name: self.value(one)
            for name, one in self._template["Resources"].items()
            if "Condition" not in one or self.holds(one["Condition"])
        }

    def holds(self, condition: Any) -> bool:
        """Whether a condition, by its name or in place, is true."""
        if isinstance(condition, str):
            return self.holds(self._template["Conditions"][condition])
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
                return all(map(self.holds, body))
            case "Fn::Or":
                return any(map(self.holds, body))
        raise NotImplementedError(function)

    def value(self, tree: Any) -> Any:
        """A part of the template without functions; what is ``AWS::NoValue`` is left out."""
        if isinstance(tree, dict):
            if len(tree) == 1 and (function := next(iter(tree))) in self._functions:
                return self._functions[function](tree[function])
            pairs = {name: self.value(one) for name, one in tree.items()}
            return {name: one for name, one in pairs.items() if one is not _NONE}
        if isinstance(tree, list):
            return [one for part in tree if (one := self.value(part)) is not _NONE]
        return tree

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _NONE
        if name in self._values:
            return self._values[name]
        kind = self._template["Resources"][name]["Type"]
        if kind in {"AWS::ECS::TaskDefinition", "AWS::SNS::Topic"}:
            return self._attribute([name, "Arn"])
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self._named(name)}"
        return self._named(name)

    def _sub(self, body: str | list[Any]) -> str:
        text = body if isinstance(body, str) else body[0]
        return re.sub(r"\$\{([\w.:]+)\}", lambda found: str(self._of(found[1])), text)

    def _of(self, path: str) -> Any:
        name, dot, attribute = path.partition(".")
        return self._attribute([name, attribute]) if dot else self._ref(name)

    def _attribute(self, body: str | list[str]) -> Any:
        name, attribute = body.split(".", 1) if isinstance(body, str) else body
        one = self._template["Resources"][name]
        if attribute in {"Arn", "TopicArn"} and one["Type"] in _ARNS:
            return _ARNS[one["Type"]][1].format(self._named(name))
        if attribute == "DnsEntries":
            return [f"{name}-zone:{name}.vpce.amazonaws.com"]
        own = one["Properties"].get(attribute)
        return self.value(own) if own is not None else f"{name}.{attribute}"

    def _named(self, name: str) -> Any:
        one = self._template["Resources"][name]
        kept = _ARNS.get(one["Type"])
        return self.value(one["Properties"][kept[0]]) if kept else name

    def _cidr(self, body: list[Any]) -> list[str]:
        whole = ipaddress.ip_network(self.value(body[0]))
        parts = whole.subnets(new_prefix=32 - int(body[2]))
        return [str(next(parts)) for _ in range(int(body[1]))]
