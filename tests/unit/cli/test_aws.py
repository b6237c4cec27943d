"""What ``run`` finds out about AWS before it starts."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from executor.cli import aws
from executor.cli.errors import CommandError, Exit
from executor.cli.region import region_faults
from executor.settings import ExecutorSettings

SETTINGS = ExecutorSettings(
    installation="prod", bucket="report-files", cluster="reporting", task_definition="job:3", subnets=("subnet-1",)
)


@pytest.fixture(autouse=True)
def no_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def test_a_missing_region_is_named_although_another_sdk_would_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    (fault,) = region_faults()
    assert fault.startswith("AWS_DEFAULT_REGION: is not set")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert region_faults() == []


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    (fault,) = region_faults()
    assert fault.startswith("AWS_PROFILE: ")
    assert "nobody" in fault


class Clients:
    """S3 and ECS, each with the error it answers with."""

    def __init__(self, **errors: Exception) -> None:
        self.errors, self.asked = errors, list[dict[str, Any]]()

    def __call__(self, service: str, **_: object) -> "Clients":
        return self

    def _answer(self, service: str, asked: dict[str, Any]) -> None:
        self.asked.append(asked)
        if service in self.errors:
            raise self.errors[service]

    def head_bucket(self, **asked: Any) -> None:
        self._answer("s3", asked)

    def list_tasks(self, **asked: Any) -> None:
        self._answer("ecs", asked)


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")


def test_bucket_and_cluster_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    clients = Clients()
    monkeypatch.setattr("boto3.client", clients)
    aws.ask(SETTINGS)
    assert clients.asked == [
        {"Bucket": "report-files"},
        {"cluster": "reporting", "startedBy": "reporting/prod/check/0"},
    ]


@pytest.mark.parametrize(
    ("errors", "code", "says"),
    [
        ({"s3": refused("404")}, Exit.USAGE, "REPORTING_BUCKET report-files is not there"),
        ({"s3": refused("403")}, Exit.FAILED, "AWS refuses REPORTING_BUCKET report-files"),
        ({"ecs": refused("ExpiredTokenException")}, Exit.UNREACHABLE, "AWS refuses REPORTING_CLUSTER reporting"),
        ({"ecs": refused("ClusterNotFoundException")}, Exit.USAGE, "REPORTING_CLUSTER reporting is not there"),
        ({"ecs": EndpointConnectionError(endpoint_url="http://x")}, Exit.UNREACHABLE, "AWS cannot be asked"),
    ],
)
def test_what_aws_says_instead_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, errors: dict[str, Exception], code: Exit, says: str
) -> None:
    monkeypatch.setattr("boto3.client", Clients(**errors))
    with pytest.raises(CommandError, match=says) as stopped:
        aws.ask(SETTINGS)
    assert stopped.value.code is code
