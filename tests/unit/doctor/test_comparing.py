"""Two deployments side by side: what differs, what that can cause, and no secret in the answer."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.main import app
from executor.cli.sides import Side, side


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


def service(account: str, region: str, *subnets: str) -> dict[str, Any]:
    arn = f"arn:aws:ecs:{region}:{account}:service/main/web"
    network = {"awsvpcConfiguration": {"subnets": list(subnets), "securityGroups": ["sg-0a1b2c3d"]}}
    return {"services": [{"serviceName": "web", "serviceArn": arn, "desiredCount": 1, "events": [],
                          "networkConfiguration": network}]}  # fmt: skip


def test_ids_of_another_account_are_no_difference_but_one_that_stayed_behind_is(tmp_path: Path) -> None:
    old = service(*HERE, "subnet-0a1b2c3d", "subnet-1a1b2c3d")
    moved = service(*THERE, "subnet-0a9b9c9d", "subnet-1a9b9c9d")
    left = service(*THERE, "subnet-0a9b9c9d", "subnet-1a1b2c3d")
    paths = [
        [one["path"].rsplit(".", 1)[-1] for one in compared(tmp_path, old, new)[1]["compared"][0]["differences"]]
        for new in (moved, left)
    ]
    assert paths == [["securityGroups"], ["securityGroups", "subnets"]]


def test_the_letters_that_end_a_secrets_arn_are_its_accounts(tmp_path: Path) -> None:
    def with_secret(place: tuple[str, str], name: str) -> dict[str, Any]:
        arn = f"arn:aws:secretsmanager:{place[1]}:{place[0]}:secret:{name}:key::"
        return definition(*place, {}, secrets=[{"name": "TOKEN", "valueFrom": arn}])

    old = with_secret(HERE, "app-AbCdEf")
    assert compared(tmp_path, old, with_secret(THERE, "app-GhIjKl"))[0] == 0
    assert compared(tmp_path, old, with_secret(THERE, "other-GhIjKl"))[0] == 1
    assert compared(tmp_path, old, with_secret(HERE, "app-GhIjKl"))[0] == 1


def test_settings_in_files_are_compared_and_their_secrets_never_shown(tmp_path: Path) -> None:
    for name, cap, password in (("old", 50, "hunter2"), ("new", 20, "hunter3")):
        lines = f'# ours\nexport REPORTING_BUCKET=files\nREPORTING_MAX_RUNNING={cap}\nSNOWFLAKE_PASSWORD="{password}"\n'
        (tmp_path / f"{name}.env").write_text(lines)
    words = ["compare", str(tmp_path / "old.env"), str(tmp_path / "new.env"), "--json"]
    done = CliRunner().invoke(app, words)
    (found,) = json.loads(done.stdout)["compared"]
    told = {one["path"]: (one["old"], one["new"]) for one in found["differences"]}
    assert (done.exit_code, found["name"], len(told)) == (1, "settings", 2)
    assert told["settings.REPORTING_MAX_RUNNING"] == ("50", "20")
    assert "hunter" not in done.stdout


def test_settings_of_the_environment_are_a_side_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("REPORTING_BUCKET=files\n")
    for name in [name for name in os.environ if name.startswith(("REPORTING_", "SNOWFLAKE_", "AWS_"))]:
        monkeypatch.delenv(name)
    for bucket, code in (("files", 0), ("others", 1)):
        monkeypatch.setenv("REPORTING_BUCKET", bucket)
        assert CliRunner().invoke(app, ["compare", str(tmp_path / ".env"), "settings"]).exit_code == code


def test_saved_stacks_differ_in_parameters_that_do_not_follow_from_their_names(tmp_path: Path) -> None:
    def stack(name: str, size: str, secret: str) -> dict[str, Any]:
        given = {"Environment": name, "Size": size, "Bucket": f"files-{name}", "DbPassword": secret}
        listed = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
        return {"Stacks": [{"StackName": f"reporting-{name}", "StackId": "", "Parameters": listed}]}

    _, found, said = compared(tmp_path, stack("dev", "small", "hunter2"), stack("prod", "large", "hunter3"))
    told = {one["path"] for one in found["compared"][0]["differences"]}
    assert told == {"parameters.Size", "parameters.DbPassword"}
    assert "hunter" not in said + json.dumps(found)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("old.json", Side("file", "old.json")),
        ("settings", Side("settings", "settings")),
        ("service:main/web", Side("service", "main/web", "p", "r")),
        ("service:main/web@prod", Side("service", "main/web", "prod", "r")),
        ("service:main/web@eu-west-1", Side("service", "main/web", "p", "eu-west-1")),
        ("service:main/web@prod/us-gov-west-1", Side("service", "main/web", "prod", "us-gov-west-1")),
        ("task-definition:web:3@prod", Side("task-definition", "web:3", "prod", "r")),
        ("stack:web", Side("stack", "web", "p", "r")),
        ("environment:dev@dev", Side("environment", "dev", "dev", "r")),
    ],
)
def test_a_side_is_a_file_or_something_in_an_account_and_region(text: str, wanted: Side) -> None:
    assert side(text, "p", "r") == wanted
