"""Verbs of the queue reach a deployed environment by its name."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from executor.cli import of_environment
from executor.cli.errors import CommandError
from executor.deploy.environment import Environment
from executor.deploy.whole import Site
from executor.settings import SnowflakeSettings

FILE = {
    "name": "prod", "region": "eu-central-1", "vpc": "vpc-0", "subnets": ["subnet-0"],
    "snowflake": {"account": "organisation-account", "database": "D", "schema": "S", "warehouse": "W"},
}  # fmt: skip


def found(monkeypatch: pytest.MonkeyPatch, endpoint: str, outputs: list[dict[str, str]]) -> dict[str, str]:
    stacks: Any = {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": outputs}]}
    client = SimpleNamespace(
        meta=SimpleNamespace(region_name="eu-central-1", endpoint_url=endpoint), describe_stacks=lambda **_: stacks
    )
    sign_in = SnowflakeSettings.model_validate({"account": "organisation-account", "user": "ann", "password": "canary"})
    environment = Environment.model_validate(FILE)
    site = Site(environment, lambda _name: client, sign_in, Path(), lambda *_: None, lambda _: None)
    monkeypatch.setattr(of_environment, "site_of", lambda *_, **_more: site)
    return of_environment.variables_of("prod", Path(), lambda _: None)


def test_an_environments_settings_are_those_that_verbs_read(monkeypatch: pytest.MonkeyPatch) -> None:
    outputs = [{"OutputKey": "Bucket", "OutputValue": "reporting-prod-1"}]
    told = found(monkeypatch, "https://s3.eu-central-1.amazonaws.com", outputs)
    assert told == {
        "REPORTING_INSTALLATION": "prod", "REPORTING_BUCKET": "reporting-prod-1", "REPORTING_DATABASE": "D",
        "REPORTING_SCHEMA": "S", "REPORTING_WAREHOUSE": "W", "AWS_DEFAULT_REGION": "eu-central-1",
        "SNOWFLAKE_ACCOUNT": "organisation-account", "SNOWFLAKE_USER": "ann", "SNOWFLAKE_PASSWORD": "canary",
    }  # fmt: skip
    here = found(monkeypatch, "http://127.0.0.1:4566", outputs)
    assert here["AWS_ENDPOINT_URL_S3"] == "http://127.0.0.1:4566"


def test_an_environment_that_is_not_deployed_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="prod is not deployed: there is no stack reporting-prod"):
        found(monkeypatch, "https://s3.eu-central-1.amazonaws.com", [])
