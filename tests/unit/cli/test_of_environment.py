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


def found(
    monkeypatch: pytest.MonkeyPatch, endpoint: str, outputs: list[dict[str, str]], account: str = "organisation-account"
) -> dict[str, str]:
    stacks: Any = {"Stacks": [{"StackStatus": "CREATE_COMPLETE", "Outputs": outputs}]}
    client = SimpleNamespace(
        meta=SimpleNamespace(region_name="eu-central-1", endpoint_url=endpoint), describe_stacks=lambda **_: stacks
    )
    sign_in = SnowflakeSettings.model_validate({"account": account, "user": "ann", "password": "canary"})
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


OUTPUTS = [{"OutputKey": "Bucket", "OutputValue": "reporting-prod-1"}]


@pytest.mark.parametrize("account", ["organisation-other", "elsewhere-account"])
def test_who_signs_in_to_another_account_than_the_environments_is_refused(
    monkeypatch: pytest.MonkeyPatch, account: str
) -> None:
    with pytest.raises(CommandError, match=f"organisation-account, as its file says, and you sign in to {account}"):
        found(monkeypatch, "https://s3.eu-central-1.amazonaws.com", OUTPUTS, account)


@pytest.mark.parametrize("account", ["ORGANISATION-ACCOUNT", "ab12345.eu-central-1"])
def test_the_same_account_written_otherwise_is_taken(monkeypatch: pytest.MonkeyPatch, account: str) -> None:
    told = found(monkeypatch, "https://s3.eu-central-1.amazonaws.com", OUTPUTS, account)
    assert told["SNOWFLAKE_ACCOUNT"] == account


def test_what_the_shell_says_of_another_place_does_not_reach_an_environment() -> None:
    shell = {
        "SNOWFLAKE_ROLE": "OTHER", "snowflake_authenticator": "externalbrowser", "SNOWFLAKE_HOST": "other.host",
        "SNOWFLAKE_DEFAULT_CONNECTION_NAME": "other", "REPORTING_SCHEMA": "OTHER", "REPORTING_BUCKET": "others",
        "AWS_PROFILE": "other", "SNOWFLAKE_HOME": "/home", "REPORTING_DEBUG": "1", "HOME": "/home",
    }  # fmt: skip
    kept = {"SNOWFLAKE_HOME": "/home", "REPORTING_DEBUG": "1", "HOME": "/home"}
    real, local = {"REPORTING_BUCKET": "prod"}, {"REPORTING_BUCKET": "local", "AWS_ACCESS_KEY_ID": "any"}
    for variables, more in ((real, {"AWS_PROFILE": "other"}), (local, {})):
        environ = dict(shell)
        of_environment.stand_in(variables, environ)
        assert environ == {**kept, **more, **variables}
