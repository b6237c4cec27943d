"""Clients of AWS are made once each, of the account that is meant, and a refusal has one exit code everywhere."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from executor.cli.aws_clients import CHANGING, clients, exit_of, local_clients, refusal
from executor.cli.errors import Exit


def refused(code: str, status: int = 400) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "DescribeTasks")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (refused("AccessDeniedException"), Exit.FAILED),
        (refused("ClusterNotFoundException"), Exit.FAILED),
        (refused("ExpiredTokenException"), Exit.UNREACHABLE),
        (refused("SignatureDoesNotMatch", 403), Exit.UNREACHABLE),
        (refused("ServiceUnavailable", 503), Exit.UNREACHABLE),
        (EndpointConnectionError(endpoint_url="https://ecs"), Exit.UNREACHABLE),
        (NoCredentialsError(), Exit.UNREACHABLE),
    ],
)
def test_a_no_is_1_and_what_is_not_reached_or_does_not_know_us_is_3(error: Exception, code: Exit) -> None:
    assert exit_of(error) is code
    said = refusal(error, "service web")
    assert said.code is code
    assert "service web" in str(said)


def test_a_client_is_made_once_and_is_as_patient_as_is_asked_for() -> None:
    made: list[tuple[str, object]] = []

    class Session:
        def client(self, service: str, **more: object) -> object:
            made.append((service, more.get("config")))
            return object()

    aws = clients(CHANGING, Session())
    assert aws("ecs") is aws("ecs")
    assert aws("ec2") is not aws("ecs")
    assert made == [("ecs", CHANGING), ("ec2", CHANGING)]


def test_a_local_aws_is_asked_where_it_answers_whatever_the_shell_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere.invalid")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    client = local_clients("eu-central-1", lambda: "http://127.0.0.1:4711")("sts")
    assert (client.meta.region_name, client.meta.endpoint_url) == ("eu-central-1", "http://127.0.0.1:4711")
