"""Rows H4 and H5 of the problems from the field, from files: where logs go before a task runs, two accounts compared.

What is kept of a task that ended is asked of a running system in ``test_g_running.py``.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.main import app
from tests.field.always_on import NAMES, save
from tests.unit.infra.properties import of_type
from tests.unit.infra.template import GIVEN, made, raw

PARTS = ("always-on", "hours")


@pytest.mark.parametrize("hours", [GIVEN["HoursStart"], ""], ids=PARTS)
def test_H4_every_log_group_is_made_with_a_retention_before_the_task_that_writes_to_it(hours: str) -> None:
    resources = made(raw(), **{**GIVEN, "HoursStart": hours})
    groups = {one["LogGroupName"]: one for _, one in of_type(resources, "Logs::LogGroup")}
    written = {
        container["LogConfiguration"]["Options"]["awslogs-group"]
        for _, one in of_type(resources, "ECS::TaskDefinition")
        for container in one["ContainerDefinitions"]
    }
    kept = {name: one for name, one in groups.items() if written & {name, one["LogGroupName"]}}
    assert kept
    assert all(one["RetentionInDays"] for one in kept.values())
    assert {one.get("LogGroupClass", "STANDARD") for one in kept.values()} == {"STANDARD"}
    assert "logs:CreateLogGroup" not in json.dumps(resources)


def compared(old: Path, new: Path) -> tuple[int, dict[str, Any], str]:
    words = ["compare", str(old), str(new)]
    done = CliRunner().invoke(app, [*words, "--json"])
    return done.exit_code, json.loads(done.stdout), CliRunner().invoke(app, words).stdout


def test_H5_of_two_accounts_only_what_differs_is_told_and_no_secret(tmp_path: Path) -> None:
    secret = "canary-of-a-password"
    old = {"BROKER_URL": f"amqps://app:{secret}@mq.old.example.com:5671", "LOG_LEVEL": "INFO"}
    new = {"BROKER_URL": f"amqps://app:{secret}@mq.new.example.com:5671", "LOG_LEVEL": "INFO"}
    check = "python -c \"import os; os.stat('/tmp/alive')\""
    before = save(tmp_path / "old", environment=old, check=check)
    after = save(tmp_path / "new", environment=new)
    code, found, said = compared(before, after)
    assert (code, found["same"]) == (1, False)
    told = {one["name"]: {each["group"] for each in one["differences"]} for one in found["compared"]}
    assert all(told[f"task definition {name}"] == {"environment", "health check"} for name in NAMES), told
    assert "BROKER_URL" in said
    assert "LOG_LEVEL" not in said
    assert "ps aux" in said
    assert secret not in said + json.dumps(found)


def test_H5_what_is_the_same_in_both_accounts_is_not_told(tmp_path: Path) -> None:
    code, found, said = compared(save(tmp_path / "old"), save(tmp_path / "new"))
    assert (code, found["same"]) == (0, True)
    assert "nothing differs" in said
