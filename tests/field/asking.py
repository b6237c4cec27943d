"""The command line over a local cloud that it takes for a real one: the endpoint stands in the SDK's own file.

With ``AWS_ENDPOINT_URL`` set, checks of routes and quotas would not ask: a local cloud's tasks are processes.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.main import app

KEYS = {"AWS_ACCESS_KEY_ID": "AKIALOCALCLOUDTESTS0", "AWS_SECRET_ACCESS_KEY": "local"}
SETTINGS = {
    "REPORTING_INSTALLATION": "prod",
    "REPORTING_BUCKET": "report-files",
    "REPORTING_CLUSTER": "reporting",
    "REPORTING_TASK_DEFINITION": "reporting-runner:1",
    "REPORTING_SUBNETS": "subnet-1",
    "SNOWFLAKE_ACCOUNT": "organisation-account",
    "SNOWFLAKE_USER": "SVC_REPORTING",
    "SNOWFLAKE_AUTHENTICATOR": "WORKLOAD_IDENTITY",
    "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER": "AWS",
}


def environment(patch: pytest.MonkeyPatch, folder: Path, endpoint: str, region: str, **more: str) -> None:
    """Set what a machine with an account has set, and nothing else of ours."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "REPORTING_", "SNOWFLAKE_"))]:
        patch.delenv(name)
    file = folder / "aws-config"
    file.write_text(f"[default]\nregion = {region}\nendpoint_url = {endpoint}\n")
    for name, value in {**KEYS, "AWS_CONFIG_FILE": str(file), "AWS_DEFAULT_REGION": region, **SETTINGS, **more}.items():
        patch.setenv(name, value)


def at_a_desk(patch: pytest.MonkeyPatch, folder: Path, server: dict[str, Any]) -> None:
    """Set what an operator at his desk has set; nobody answers for AWS, which is not asked."""
    way = {f"SNOWFLAKE_{name.upper()}": str(value) for name, value in server.items()}
    operator = {"SNOWFLAKE_USER": "OPERATOR_1", "SNOWFLAKE_PASSWORD": "any", "SNOWFLAKE_ROLE": "REPORT_OPERATOR"}
    environment(patch, folder, "http://127.0.0.1:1", "eu-central-1", **way, **operator)
    for name in ("SNOWFLAKE_AUTHENTICATOR", "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER"):
        patch.delenv(name)


def doctor(*checks: str) -> dict[str, dict[str, Any]]:
    """What ``reporting doctor --only … --json`` finds, by check."""
    words = [word for check in checks for word in ("--only", check)]
    done = CliRunner().invoke(app, ["doctor", "--json", *words])
    assert done.exit_code in {0, 1}, (done.output, done.exception)
    return {check["id"]: check for check in json.loads(done.stdout)["checks"]}


def said(check: dict[str, Any]) -> str:
    """Everything that a check says to its reader."""
    return " ".join(f"{fault['says']} {fault['remedy']}" for fault in check["faults"]) or str(check["says"])


def classified(text: str) -> dict[str, Any]:
    """What ``reporting classify --json`` makes of a text."""
    found = json.loads(CliRunner().invoke(app, ["classify", text, "--json"]).stdout)
    cause: dict[str, Any] = found[0] if isinstance(found, list) else found.get("causes", [found])[0]
    return cause
