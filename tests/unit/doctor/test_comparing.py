"""Two deployments side by side: what differs, what that can cause, and no secret in the answer."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.main import app


def definition(account: str, region: str, environment: dict[str, str], **container: Any) -> dict[str, Any]:
    image = f"{account}.dkr.ecr.{region}.amazonaws.com/web:41"
    pairs = [{"name": name, "value": value} for name, value in environment.items()]
    return {"taskDefinition": {
        "taskDefinitionArn": f"arn:aws:ecs:{region}:{account}:task-definition/web:1", "family": "web", "revision": 1,
        "cpu": "256", "memory": "512", "executionRoleArn": f"arn:aws:iam::{account}:role/start",
        "containerDefinitions": [{"name": "app", "image": image, "environment": pairs, **container}],
    }}  # fmt: skip


def compared(folder: Path, old: dict[str, Any], new: dict[str, Any]) -> tuple[int, dict[str, Any], str]:
    (folder / "old.json").write_text(json.dumps(old))
    (folder / "new.json").write_text(json.dumps(new))
    words = ["compare", str(folder / "old.json"), str(folder / "new.json")]
    done = CliRunner().invoke(app, [*words, "--json"])
    return done.exit_code, json.loads(done.stdout), CliRunner().invoke(app, words).stdout


HERE, THERE = ("111111111111", "eu-west-1"), ("222222222222", "eu-central-1")


def test_what_only_moves_with_account_and_region_is_one_line(tmp_path: Path) -> None:
    url = "https://sqs.{1}.amazonaws.com/{0}/jobs"
    old, new = (definition(*place, {"QUEUE_URL": url.format(*place)}) for place in (HERE, THERE))
    code, found, said = compared(tmp_path, old, new)
    assert (code, found["same"]) == (0, True)
    assert found["compared"][0]["places"] == [" ".join(HERE), " ".join(THERE)]
    assert "nothing differs but account and region" in said


def test_an_address_that_stayed_behind_is_a_difference(tmp_path: Path) -> None:
    left = {"QUEUE_URL": "https://sqs.eu-west-1.amazonaws.com/111111111111/jobs"}
    code, found, said = compared(tmp_path, definition(*HERE, left), definition(*THERE, left))
    (difference,) = found["compared"][0]["differences"]
    assert (code, difference["group"]) == (1, "environment")
    assert "stays, though account or region changed" in said


def test_differences_are_grouped_by_what_they_can_cause_and_defaults_are_none(tmp_path: Path) -> None:
    check = {"command": ["CMD", "true"]}
    old = definition(*HERE, {"MODE": "a"}, essential=True, healthCheck=check | {"interval": 30, "retries": 3})
    new = definition(*HERE, {"MODE": "b", "NEW": ""}, command=["python", "-m", "src.web"], healthCheck=check)
    _, found, said = compared(tmp_path, old, new)
    differences = found["compared"][0]["differences"]
    assert [(one["group"], one["path"].split("app.")[1]) for one in differences] == [
        ("command", "command"),
        ("environment", "environment.MODE"),
        ("environment", "environment.NEW"),
    ]
    assert all(one["can_cause"] for one in differences)
    assert said.splitlines()[-1] == "3 differences in 1 compared"


@pytest.mark.parametrize(("new", "differs"), [("hunter2", False), ("hunter3", True)])
def test_secrets_are_compared_and_never_shown(tmp_path: Path, new: str, differs: bool) -> None:
    old = {"API_TOKEN": "hunter2", "DATABASE_URL": "postgres://app:hunter2@db.acme.net/x"}
    other = {"API_TOKEN": new, "DATABASE_URL": f"postgres://app:{new}@db.acme.net/x"}
    code, found, said = compared(tmp_path, definition(*HERE, old), definition(*HERE, other))
    assert code == int(differs)
    assert len(found["compared"][0]["differences"]) == 2 * differs
    assert "hunter" not in said + json.dumps(found)
    assert said.count("secret #") == 4 * differs


def test_two_task_definitions_of_other_names_are_compared_and_what_has_no_counterpart_is_named(tmp_path: Path) -> None:
    old, new = definition(*HERE, {}), definition(*HERE, {})
    new["taskDefinition"]["family"] = "web-new"
    assert compared(tmp_path, old, new)[1]["compared"][0]["name"] == "task definition web → task definition web-new"
    code, found, _ = compared(tmp_path, {"all": [old, new]}, old)
    assert (code, found["only_old"]) == (1, ["task definition web-new"])
