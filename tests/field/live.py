"""A service of the local ECS explained, live and from what was saved of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.main import app


def is_explained(cloud: Any, name: str, monkeypatch: pytest.MonkeyPatch, saved: Path) -> None:
    """A service whose check asks for a program that slim images lack: asked of AWS, and then of the saved answers."""
    known = {"AWS_ENDPOINT_URL": cloud.endpoint, "AWS_DEFAULT_REGION": "us-east-1", "AWS_SECRET_ACCESS_KEY": "local"}
    for variable, value in (known | {"AWS_ACCESS_KEY_ID": "AKIALOCALCLOUDTESTS0"}).items():
        monkeypatch.setenv(variable, value)
    more = ["--image-base", "python:3.11-slim", "--json"]
    live = ["explain", "service", name, "--cluster", cloud.stack.cluster, "--collect", str(saved), *more]
    for words in (live, ["explain", "bundle", str(saved), *more]):
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, done.output
        (report,) = json.loads(done.stdout)
        assert report["cause_id"] == "container_health_failed"
        assert (report["theory"], report["certainty"]) == ("health_check", "certain")
        assert "`wget2` is not in `python:3.11-slim`" in report["theories"][0]["evidence"][1]
        assert any("ended for failed health checks" in line and "with 2 wanted" in line for line in report["seen"])
        assert {"start", "crash", "command", "memory", "network"} <= set(report["ruled_out"])
