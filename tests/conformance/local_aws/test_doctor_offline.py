"""What the local AWS tells of our own stack, saved and judged offline: nothing is wrong with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.doctor import app
from tests.conformance.local_aws.conftest import Cloud
from tests.conformance.local_aws.stacks import Stacks
from tests.conformance.local_aws.test_stacks import TEMPLATE, network

IMAGE = f"123456789012.dkr.ecr.us-east-1.amazonaws.com/reporting@sha256:{'0a' * 32}"
GIVEN = {
    "Environment": "judged", "ExecutorImage": IMAGE, "RunnerImage": IMAGE, "DocumentsImage": IMAGE,
    "ExecutorCount": "0", "SnowflakeAccount": "local", "SnowflakeHost": "127.0.0.1", "SnowflakeProtocol": "http",
}  # fmt: skip


@pytest.fixture(scope="module")
def saved(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Answers of describe-* on every part of the stack that a theory is about."""
    folder = tmp_path_factory.mktemp("saved")
    stacks = Stacks(cloud)
    stacks.change("judged", TEMPLATE, **GIVEN, **network(cloud))
    assert stacks.failures("judged") == {}
    parts = stacks.client.describe_stack_resources(StackName="judged")["StackResources"]
    definitions = [one["PhysicalResourceId"] for one in parts if one["ResourceType"] == "AWS::ECS::TaskDefinition"]
    answers: dict[str, Any] = {
        f"definition-{at}": cloud.ecs.describe_task_definition(taskDefinition=arn) for at, arn in enumerate(definitions)
    }
    where = {"cluster": "reporting-judged", "services": ["reporting-judged-executor"]}
    answers["services"] = cloud.ecs.describe_services(**where)
    answers["groups"] = cloud.logs.describe_log_groups(logGroupNamePrefix="/reporting/judged")
    for name, answer in answers.items():
        (folder / f"{name}.json").write_text(json.dumps(answer, default=str))
    stacks.delete("judged")
    assert len(definitions) == 3
    return folder


def judged(folder: Path) -> dict[str, Any]:
    done = CliRunner().invoke(app, [str(folder), "infra/executor.Dockerfile", "--json"])
    return {one["id"]: one for one in json.loads(done.stdout)["checks"]}


def test_a_deployed_stack_has_no_fault(saved: Path) -> None:
    found = judged(saved)
    assert {name: one["faults"] for name, one in found.items() if one["faults"]} == {}
    well = {name for name, one in found.items() if one["state"] == "well"}
    assert {"sizes", "roles", "log_groups", "health_checks", "endpoints", "network", "services"} <= well


def test_a_deployed_stack_that_was_changed_by_hand_has_one(saved: Path, tmp_path: Path) -> None:
    for path in saved.iterdir():
        text = path.read_text(encoding="utf-8").replace('"retentionInDays": 30', '"retentionInDays": 31')
        (tmp_path / path.name).write_text(text)
    assert [name for name, one in judged(tmp_path).items() if one["faults"]] == ["log_groups"]
