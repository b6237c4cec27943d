"""A secret's value is what ECS would set: by key, stage and version, and never something that stands for nothing."""

import json
from typing import Any

import pytest

from executor.cli.live_side import LiveSide
from executor.cli.secret_values import NoSuchKeyError, value_of

ARN = "arn:aws:secretsmanager:eu-central-1:210987654321:secret:web-AbCdEf"
WEB = {"password": "hunter2", "port": 5432, "nothing": None}


class Account:
    """Secrets Manager and Parameter Store with one answer, and what was asked of them."""

    def __init__(self, **answer: Any) -> None:
        self.answer, self.asked = answer, dict[str, Any]()

    def __call__(self, _service: str, _operation: str, **asked: Any) -> dict[str, Any]:
        self.asked = asked
        return self.answer


@pytest.mark.parametrize(
    ("suffix", "value"),
    [("", json.dumps(WEB)), (":password::", "hunter2"), (":port::", "5432"), (":nothing::", "null")],
)
def test_a_key_is_its_value_and_without_one_it_is_the_whole(suffix: str, value: str) -> None:
    assert value_of(ARN + suffix, Account(SecretString=json.dumps(WEB))) == value


@pytest.mark.parametrize(("text", "says"), [(json.dumps(WEB), "has no key kye"), ("hunter2", "is no JSON object")])
def test_a_key_that_is_not_there_has_no_value(text: str, says: str) -> None:
    with pytest.raises(NoSuchKeyError, match=says):
        value_of(f"{ARN}:kye::", Account(SecretString=text))


def test_binary_secrets_differ_when_their_bytes_do() -> None:
    one, other = (value_of(ARN, Account(SecretBinary=binary)) for binary in (b"\x00\x01", b"\x00\x02"))
    assert one
    assert one != other


@pytest.mark.parametrize(
    ("suffix", "asked"),
    [
        ("", {}), (":password::", {}), (":password:AWSPREVIOUS:", {"VersionStage": "AWSPREVIOUS"}),
        (":::0a1b", {"VersionId": "0a1b"}),
    ],
)  # fmt: skip
def test_the_version_that_the_arn_names_is_read(suffix: str, asked: dict[str, str]) -> None:
    account = Account(SecretString=json.dumps(WEB))
    value_of(ARN + suffix, account)
    assert account.asked == {"SecretId": ARN, **asked}


def test_what_may_not_be_read_has_no_value() -> None:
    assert value_of(f"{ARN}:password::", Account()) is None


def test_a_missing_key_is_said_and_not_compared() -> None:
    definition = {"containerDefinitions": [
        {"name": "web", "secrets": [{"name": "TOKEN", "valueFrom": f"{ARN}:kye::"}]}]}  # fmt: skip

    class Service:
        def describe_task_definition(self, **_: Any) -> Any:
            return {"taskDefinition": definition}

        def get_secret_value(self, **_: Any) -> Any:
            return {"SecretString": json.dumps(WEB)}

    side = LiveSide(lambda _service: Service(), "eu-central-1", secrets=True)
    side.definition("web:1")
    assert side.evidence.absent == ["eu-central-1: secret TOKEN: has no key kye"]
    assert side.evidence.definitions[0]["containerDefinitions"][0]["secretValues"] == {}
