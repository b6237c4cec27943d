"""Answers in JSON, read by a compiled form, are what the SDK makes of them."""

import json
from typing import Any

import pytest
from aiobotocore.parsers import AioRestXMLParser
from aiobotocore.session import get_session
from botocore.model import ServiceModel, Shape
from pydantic_core import SchemaValidator

from executor.adapters.lean_answers import read_quickly
from executor.adapters.lean_aws import lean

TASK = {
    "taskArn": "arn:aws:ecs:us-east-1:123456789012:task/reporting/0123",
    "attributes": [{"name": "ecs.cpu-architecture", "value": "arm64"}],
    "containers": [{"name": "report", "exitCode": 137, "reason": "OutOfMemoryError", "runtimeId": "r"}],
    "createdAt": 1767690000.125,
    "startedAt": 1767690003,
    "ephemeralStorage": {"sizeInGiB": 21},
    "lastStatus": "STOPPED",
    "overrides": {"containerOverrides": [{"name": "report"}]},
}
MISSING = {"arn": TASK["taskArn"], "reason": "MISSING"}
ANSWERS = {
    "a task": {"tasks": [TASK], "failures": []},
    "a failure": {"tasks": [], "failures": [MISSING]},
    "nothing": {},
    "a null": {"tasks": [TASK | {"stopCode": None}]},
    "a moment as text": {"tasks": [TASK | {"startedAt": "Wed, 21 Oct 2026 07:28:00 GMT"}]},
    "a field of another kind": {"tasks": [TASK | {"ephemeralStorage": "much"}]},
}


def shape_of(operation: str, service: str = "ecs") -> Shape:
    loader = lean(get_session()).get_component("data_loader")
    model = ServiceModel(loader.load_service_model(service, "service-2"), service)
    shape = model.operation_model(operation).output_shape
    assert shape is not None
    return shape


def parsers() -> tuple[Any, Any]:
    """The SDK's, and ours."""
    return tuple(
        session.get_component("response_parser_factory").create_parser("json")
        for session in (lean(get_session()), read_quickly(lean(get_session())))
    )


def outcome(parser: Any, body: bytes, shape: Shape) -> object:
    try:
        return parser._handle_json_body(body, shape)
    except (AttributeError, TypeError) as error:
        return type(error)


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_is_what_the_sdk_makes_of_it(what: str) -> None:
    sdk, ours = parsers()
    body, shape = json.dumps(ANSWERS[what]).encode(), shape_of("DescribeTasks")
    assert outcome(ours, body, shape) == outcome(sdk, body, shape)


@pytest.mark.parametrize("body", [b"", b"<html>no JSON</html>", b'{"tasks": ['])
def test_what_is_no_json_is_left_to_the_sdk(body: bytes) -> None:
    sdk, ours = parsers()
    shape = shape_of("DescribeTasks")
    assert outcome(ours, body, shape) == outcome(sdk, body, shape)


@pytest.mark.parametrize(
    ("service", "operation"),
    [("ecs", "DescribeTasks"), ("ecs", "RunTask"), ("ecs", "ListTasks"), ("logs", "GetLogEvents")],
)
def test_what_is_asked_often_has_a_form(service: str, operation: str) -> None:
    _, ours = parsers()
    shape = shape_of(operation, service)
    ours._handle_json_body(b"{}", shape)
    assert isinstance(ours._forms[shape], SchemaValidator)


def test_a_message_with_raw_bytes_has_none_and_is_read_by_the_sdk() -> None:
    sdk, ours = parsers()
    shape = shape_of("ReceiveMessage", "sqs")
    body = json.dumps({"Messages": [{"MessageId": "1", "ReceiptHandle": "r", "Body": "{}"}]}).encode()
    assert outcome(ours, body, shape) == outcome(sdk, body, shape) != {}
    assert ours._forms[shape] is None


def test_answers_that_are_not_json_keep_the_parser_of_the_sdk() -> None:
    factory = read_quickly(lean(get_session())).get_component("response_parser_factory")
    assert type(factory.create_parser("rest-xml")) is AioRestXMLParser
