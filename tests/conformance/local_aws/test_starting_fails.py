"""What cannot start stops with TaskFailedToStart and the sentences by which tools know the cause."""

import json
from typing import Any

import pytest


def failed(cloud: Any, definition: str) -> Any:
    task = cloud.finish(taskDefinition=definition, overrides={})
    assert task["stopCode"] == "TaskFailedToStart"
    assert "startedAt" not in task
    assert all("exitCode" not in container for container in task["containers"])
    return task


def test_an_unknown_image_cannot_be_pulled(cloud: Any) -> None:
    task = failed(cloud, cloud.register({"name": "report", "image": "nobody/nothing:1"}))
    assert task["stoppedReason"].startswith(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref nobody"
    )
    assert task["stoppedReason"].endswith(": not found")
    assert task["containers"][0]["reason"] == task["stoppedReason"]
    assert "pullStoppedAt" not in task


def test_a_program_that_does_not_exist_cannot_be_started(cloud: Any) -> None:
    task = failed(cloud, cloud.register({"name": "report", "entryPoint": ["no-such-program"]}))
    assert task["stoppedReason"].startswith("CannotStartContainerError: ")
    assert 'exec: "no-such-program": executable file not found in $PATH' in task["stoppedReason"]


def test_a_file_without_the_right_to_run_cannot_be_started(cloud: Any) -> None:
    task = failed(cloud, cloud.register({"name": "report", "entryPoint": ["/etc/passwd"]}))
    assert 'exec: "/etc/passwd": permission denied' in task["stoppedReason"]


def test_the_failure_of_one_container_ends_the_others(cloud: Any) -> None:
    definition = cloud.register(
        {"name": "sidecar", "command": ["-c", "import time; time.sleep(60)"]},
        {"name": "report", "entryPoint": ["no-such-program"]},
    )
    task = cloud.finish(taskDefinition=definition, overrides={})
    assert task["stopCode"] == "TaskFailedToStart"
    assert [item.get("exitCode") for item in task["containers"]] == [143, None]


def test_a_missing_log_group_is_named(cloud: Any) -> None:
    logs = cloud.log_configuration(**{"awslogs-group": "/nobody/made/this"})
    task = failed(cloud, cloud.register({"name": "report", "logConfiguration": logs}))
    assert task["stoppedReason"] == (
        "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: "
        "failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not "
        "exist. : exit status 1"
    )


def test_a_log_group_is_made_where_the_definition_asks_for_it(cloud: Any) -> None:
    options = {"awslogs-group": "/made/on/demand", "awslogs-create-group": "true"}
    definition = cloud.register(
        {"name": "report", "logConfiguration": cloud.log_configuration(**options), "command": ["-c", "print(1)"]}
    )
    assert cloud.finish(taskDefinition=definition, overrides={})["containers"][0]["exitCode"] == 0


@pytest.fixture(scope="module")
def secret_arn(cloud: Any) -> str:
    value = json.dumps({"user": "me", "port": 443})
    return str(cloud.client("secretsmanager").create_secret(Name="app/login", SecretString=value)["ARN"])


def with_secret(cloud: Any, value_from: str) -> str:
    code = "import os; print(os.environ['SECRET'])"
    secrets = [{"name": "SECRET", "valueFrom": value_from}]
    return str(cloud.register({"name": "report", "secrets": secrets, "command": ["-c", code]}))


@pytest.mark.parametrize(
    ("suffix", "text"),
    [("", '{"user": "me", "port": 443}'), (":user::", "me"), (":port:AWSCURRENT:", "443")],
)
def test_a_container_gets_a_secret_whole_or_one_key_of_it(cloud: Any, secret_arn: str, suffix: str, text: str) -> None:
    task = cloud.finish(taskDefinition=with_secret(cloud, secret_arn + suffix), overrides={})
    assert cloud.lines(task["taskArn"]) == [text]


def test_a_container_gets_a_parameter_by_name_and_by_arn(cloud: Any) -> None:
    cloud.client("ssm").put_parameter(Name="/app/token", Value="t0ken", Type="SecureString")
    for value_from in ("/app/token", "arn:aws:ssm:us-east-1:123456789012:parameter/app/token"):
        task = cloud.finish(taskDefinition=with_secret(cloud, value_from), overrides={})
        assert cloud.lines(task["taskArn"]) == ["t0ken"]


@pytest.mark.parametrize(
    ("value_from", "text"),
    [
        ("arn:aws:secretsmanager:us-east-1:123456789012:secret:none-AbCdEf", "can't find the specified secret"),
        ("/no/such/parameter", "invalid ssm parameters: /no/such/parameter"),
    ],
)
def test_a_missing_secret_is_a_failure_of_the_tasks_resources(cloud: Any, value_from: str, text: str) -> None:
    task = failed(cloud, with_secret(cloud, value_from))
    assert task["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets or registry auth: ")
    assert text in task["stoppedReason"]


def test_a_missing_key_of_a_secret_is_named(cloud: Any, secret_arn: str) -> None:
    task = failed(cloud, with_secret(cloud, f"{secret_arn}:password::"))
    assert "did not contain json key password" in task["stoppedReason"]
