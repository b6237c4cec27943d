"""The SDK reads less, and what the executor sees of a task is the same."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aiobotocore.session import get_session
from botocore.model import ServiceModel

from executor.adapters.ecs_launcher import view
from executor.adapters.lean_aws import CALLED, lean

TOLD = {
    "taskArn": "arn:aws:ecs:us-east-1:123456789012:task/reporting/0123",
    "attachments": [{"id": "a", "type": "ElasticNetworkInterface", "details": [{"name": "x", "value": "y"}]}],
    "attributes": [{"name": "ecs.cpu-architecture", "value": "arm64"}],
    "capacityProviderName": "FARGATE_SPOT",
    "containers": [{"name": "report", "exitCode": 137, "reason": "OutOfMemoryError", "runtimeId": "r"}],
    "createdAt": 1767690000.125,
    "ephemeralStorage": {"sizeInGiB": 21},
    "lastStatus": "STOPPED",
    "pullStartedAt": 1767690001.5,
    "pullStoppedAt": 1767690002.5,
    "startedAt": 1767690003,
    "startedBy": "reporting/prod/job/1",
    "stopCode": "SpotInterruption",
    "stoppedAt": 1767690004.75,
    "stoppedReason": "Your Spot Task was interrupted.",
    "overrides": {"containerOverrides": [{"name": "report", "environment": [{"name": "A", "value": "B"}]}]},
}


def read(session: Any) -> Mapping[str, Any]:
    """The task as a client of that session reads it."""
    model = ServiceModel(session.get_component("data_loader").load_service_model("ecs", "service-2"), "ecs")
    parser = session.get_component("response_parser_factory").create_parser("json")
    answer = {"status_code": 200, "headers": {}, "body": json.dumps({"tasks": [TOLD]}).encode()}
    # The synchronous half of the parser is the SDK's own; only errors need the other one.
    shape = model.operation_model("DescribeTasks").output_shape
    task: Mapping[str, Any] = parser._handle_json_body(answer["body"], shape)["tasks"][0]
    return task


def test_a_task_that_was_read_in_part_looks_as_one_that_was_read_whole() -> None:
    whole, part = read(get_session()), read(lean(get_session()))
    assert view(part) == view(whole)
    assert {"attachments", "overrides"} <= whole.keys() - part.keys()
    assert "runtimeId" not in part["containers"][0]


def test_the_model_of_other_sessions_stays_whole() -> None:
    read(lean(get_session()))
    assert "attachments" in read(get_session())


def test_moments_as_text_are_read_too() -> None:
    parser = lean(get_session()).get_component("response_parser_factory").create_parser("json")
    moment = parser._timestamp_parser("Wed, 21 Oct 2026 07:28:00 GMT")
    assert moment.isoformat() == "2026-10-21T07:28:00+00:00"


def test_only_what_is_called_is_known_and_no_manual() -> None:
    session = lean(get_session())
    for service, called in CALLED.items():
        model = session.get_component("data_loader").load_service_model(service, "service-2")
        assert model["operations"].keys() == called
        ServiceModel(model, service).error_shapes  # noqa: B018 - each shape that it names is there
        assert len(json.dumps(model)) < 40_000
        assert '"documentation": "<' not in json.dumps(model)


def test_what_lends_credentials_stays_whole() -> None:
    model = lean(get_session()).get_component("data_loader").load_service_model("sts", "service-2")
    assert "AssumeRoleWithWebIdentity" in model["operations"]


@pytest.mark.parametrize("service", ["ecs", "s3", "logs", "sqs", "sts", "portal.sso"])
@pytest.mark.parametrize("region", ["eu-central-1", "us-gov-west-1", "cn-north-1"])
def test_addresses_are_those_of_the_whole_sdk(service: str, region: str) -> None:
    sessions: tuple[Any, Any] = (get_session(), lean(get_session()))
    whole, part = (
        session._get_internal_component("endpoint_resolver").construct_endpoint(service, region) for session in sessions
    )
    assert part == whole


def test_the_sdk_introduces_itself_by_its_name() -> None:
    session: Any = lean(get_session())
    assert session.get_default_client_config().user_agent.startswith("aiobotocore/")
