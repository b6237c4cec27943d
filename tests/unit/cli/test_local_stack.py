"""The local stack takes nothing from the shell that belongs to an account, and hands its switches on."""

import json
from pathlib import Path

import pytest

from executor.cli.aws_options import AwsOptions
from executor.cli.local_install import make_known, only
from executor.cli.local_settings import snowflake_environment
from executor.settings import ObjectNames
from local_cloud.aws.__main__ import parse_arguments


def test_what_the_shell_says_of_an_account_does_not_reach_the_local_snowflake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_DEFAULT_CONNECTION_NAME", "prod")
    monkeypatch.setenv("SNOWFLAKE_AUTHENTICATOR", "externalbrowser")
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "org-account")
    arguments = only(snowflake_environment("http://127.0.0.1:4711")).connect_arguments(ObjectNames())
    assert {"connection_name", "authenticator"}.isdisjoint(arguments)
    assert (arguments["account"], arguments["host"], arguments["port"]) == ("local", "127.0.0.1", 4711)


def test_an_image_that_somebody_added_stays_when_the_stack_starts_again(tmp_path: Path) -> None:
    file = tmp_path / "images.json"
    make_known(file, {"runner": {"command": ["old"]}})
    file.write_text(json.dumps(json.loads(file.read_text()) | {"mine:1": {"command": ["me"]}}))
    make_known(file, {"runner": {"command": ["new"]}})
    assert json.loads(file.read_text()) == {"mine:1": {"command": ["me"]}, "runner": {"command": ["new"]}}


def test_the_switches_of_up_reach_the_local_aws(tmp_path: Path) -> None:
    options = AwsOptions(0.1, "aws", 2.0, 60.0, 0.01)
    settings = parse_arguments(["--data-dir", str(tmp_path), "--images", "images.json", *options.words()])
    assert (settings.start_delay_s, settings.throttled, settings.visible_after_s) == (0.1, True, 2.0)
    assert (settings.stopped_retention_s, settings.time_scale) == (60.0, 0.01)
