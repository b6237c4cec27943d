"""``doctor health-check``: five services from one template, as people and as programs read it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.doctor import app
from executor.cli.errors import CommandError

NAMES = ("consumer", "scheduler", "mailer", "importer", "archiver")


def template(check: str) -> str:
    resources: dict[str, Any] = {}
    for name in NAMES:
        health = {"Command": ["CMD-SHELL", {"Fn::Sub": check.format(name=name)}], "Interval": 30, "Retries": 3}
        container = {
            "Name": name,
            "Image": {"Fn::Sub": f"${{AWS::AccountId}}.dkr.ecr.eu-central-1.amazonaws.com/{name}:1"},
        }
        definition = {"Family": name, "ContainerDefinitions": [container | {"HealthCheck": health}]}
        resources[f"{name}Task"] = {"Type": "AWS::ECS::TaskDefinition", "Properties": definition}
        service = {"ServiceName": name, "TaskDefinition": {"Ref": f"{name}Task"}, "DesiredCount": 2}
        resources[f"{name}Service"] = {"Type": "AWS::ECS::Service", "Properties": service}
    return json.dumps({"Resources": resources})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "template.json").write_text(template("ps aux | grep -v grep | grep {name}.py || exit 1"))
    for name in NAMES:
        (tmp_path / f"{name}.Dockerfile").write_text(
            f'FROM python:3.11-slim\nCOPY . /app\nCMD ["python", "-m", "src.{name}"]\n'
        )
    return tmp_path


def asked(*arguments: object) -> tuple[int, Any]:
    done = CliRunner().invoke(app, ["health-check", *map(str, arguments), "--json"])
    if isinstance(done.exception, CommandError):
        raise done.exception
    return done.exit_code, json.loads(done.stdout)


def test_five_services_are_each_judged_with_their_own_dockerfile(folder: Path) -> None:
    files = [word for name in NAMES for word in ("--dockerfile", f"{name}={folder / name}.Dockerfile")]
    code, found = asked(folder / "template.json", *files)
    assert code == 1
    assert [(one["service"], one["container"]) for one in found] == [(name, name) for name in NAMES]
    for one in found:
        assert (one["can_ever_pass"], one["can_ever_fail"]) == (False, True)
        assert [fault["id"] for fault in one["faults"]] == ["program_missing", "pattern_cannot_match"]
        assert one["better"]["command"][:2] == ["CMD", "python"]


def test_from_the_template_alone_nothing_is_settled(folder: Path) -> None:
    code, found = asked(folder / "template.json")
    assert code == 1
    assert {one["can_ever_pass"] for one in found} == {"depends"}
    assert {fault["id"] for one in found for fault in one["faults"]} == {"program_doubtful"}


def test_the_name_of_the_base_image_is_enough_for_the_missing_program(folder: Path) -> None:
    _, found = asked(folder / "template.json", "--image-base", "python:3.11-slim")
    assert {one["can_ever_pass"] for one in found} == {False}


def test_a_check_without_a_fault_ends_with_zero(folder: Path) -> None:
    (folder / "template.json").write_text(template("python -c \"import os; os.stat('/tmp/{name}')\""))
    code, found = asked(folder / "template.json", "--image-base", "python:3.11-slim")
    assert code == 0
    assert {(one["can_ever_pass"], one["can_ever_fail"], one["better"]) for one in found} == {(True, True, None)}


def test_people_read_the_change_as_a_diff_and_a_summary(folder: Path) -> None:
    done = CliRunner().invoke(app, ["health-check", str(folder / "template.json"), "--image-base", "python:3.11-slim"])
    lines = done.stdout.splitlines()
    assert '  - ["CMD-SHELL", "ps aux | grep -v grep | grep consumer.py || exit 1"]' in lines
    assert any(line.startswith('  + ["CMD", "python"') for line in lines)
    assert lines[-1] == "5 health checks: 5 with faults, of which 5 can never pass and 0 can never fail"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["missing.json"], "missing.json: No such file or directory"),
        (["template.json", "--dockerfile", "nobody=consumer.Dockerfile"], "no service or container is named 'nobody'"),
        (["template.json", "--dockerfile", "absent"], "--dockerfile absent: No such file"),
        (["template.json", "--parameter", "Tag"], "--parameter Tag: wants name=value"),
        (["template.json", "--parameter", "Tag=1"], "--parameter Tag: no template has such a parameter"),
        (["consumer.Dockerfile"], "consumer.Dockerfile: "),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(
    arguments: list[str], says: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(CommandError, match=says):
        asked(*arguments)
