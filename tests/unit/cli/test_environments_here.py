"""What is on the local cloud is asked there, and to ask changes nothing."""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from executor.cli.live_side import live
from executor.cli.local_environment import LocalCloud
from executor.cli.sides import Side

FILE = 'cloud = "local"\nregion = "eu-west-1"\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two environments are noted in it; a cloud that runs is this very process."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cloud.json").write_text(json.dumps({"aws": {"pid": os.getpid(), "endpoint": "http://127.0.0.1:1"}}))
    (tmp_path / "environments.json").write_text(json.dumps({"local": "us-east-1", "dev": "eu-west-1"}))
    (tmp_path / "infra/environments").mkdir(parents=True)
    (tmp_path / "infra/environments/dev.toml").write_text(FILE)
    return tmp_path


class Told:
    """CloudFormation of each region, with the stacks that are there."""

    def __init__(self) -> None:
        self.regions: list[str] = []

    def clients(self, region: str) -> Any:
        self.regions.append(region)
        stack = {"StackName": "reporting-dev", "Parameters": []}
        return lambda _service: SimpleNamespace(
            list_stacks=lambda: {"StackSummaries": [stack]},
            describe_stacks=lambda **_: {"Stacks": [stack]},
            describe_stack_resources=lambda **_: {"StackResources": []},
        )


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    one = Told()
    monkeypatch.setattr(LocalCloud, "clients", lambda _cloud, region: one.clients(region))
    return one


@pytest.mark.parametrize(
    ("name", "region", "asked"),
    [("local", None, "us-east-1"), ("dev", None, "eu-west-1"), ("dev", "eu-north-1", "eu-north-1")],
)
def test_an_environment_of_the_local_cloud_is_compared_there(
    folder: Path, told: Told, name: str, region: str | None, asked: str
) -> None:
    found = live(Side("environment", name, region=region), secrets=False, folder=folder)
    assert told.regions == [asked]
    assert [one["StackName"] for one in found.stacks] == ["reporting-dev"]


def test_who_else_is_there_is_told_and_stays_noted_until_it_is_forgotten(folder: Path, told: Told) -> None:
    cloud, noted = LocalCloud(folder), folder / "environments.json"
    before = noted.read_text()
    assert cloud.others("local") == ["dev"]
    assert cloud.others("dev") == []
    assert noted.read_text() == before
    cloud.forget("local")
    assert json.loads(noted.read_text()) == {"dev": "eu-west-1"}
