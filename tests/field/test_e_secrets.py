"""Rows E2 and E3 of the problems from the field: a secret was made anew, or lies in another region."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from executor.deploy import key_pairs
from executor.deploy.environment import from_file
from executor.settings import SettingsError
from tests.field.asking import doctor, said
from tests.field.deployed import ACCOUNT, REGION, Deployed, explained, verdict

OTHER = "us-east-1"


def with_secret(prod: Deployed, value_from: str) -> str:
    """A task definition that names another secret."""
    secrets = [{"name": "SNOWFLAKE_PRIVATE_KEY", "valueFrom": value_from}]
    return prod.registered(lambda _, container: container.update(secrets=secrets))


@pytest.fixture
def made_anew(prod: Deployed) -> Iterator[tuple[str, str]]:
    """The ARN of a secret that was deleted, and that of another one of the same name."""
    client = prod.client("secretsmanager")
    value = json.dumps({"private_key": "canary"})
    before = client.create_secret(Name="app/key", SecretString=value)["ARN"]
    client.delete_secret(SecretId=before, ForceDeleteWithoutRecovery=True)
    yield before, client.create_secret(Name="app/key", SecretString=value)["ARN"]
    client.delete_secret(SecretId="app/key", ForceDeleteWithoutRecovery=True)


def test_E2_the_task_definition_takes_the_secrets_arn_from_the_stack(prod: Deployed) -> None:
    (box,) = prod.definition()["containerDefinitions"]
    assert {one["valueFrom"].partition(":private_key")[0].partition(":passphrase")[0] for one in box["secrets"]} == {
        prod.secret
    }
    assert doctor("secrets")["secrets"]["state"] == "well"


def test_E2_a_secret_that_was_made_anew_is_found_with_the_arn_that_it_has_now(
    prod: Deployed, made_anew: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, now = made_anew
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", with_secret(prod, f"{before}:private_key::"))
    found = doctor("secrets")["secrets"]
    assert found["state"] == "failed"
    assert f"{before} is not there any more: the secret app/key was made anew, and is {now} now" in said(found)


@pytest.mark.parametrize(
    ("suffix", "says"),
    [(":password::", "has no key password"), (":private_key:OLD:", "has no version OLD")],
)
def test_E2_a_key_or_version_that_the_secret_does_not_have_is_found(
    prod: Deployed, monkeypatch: pytest.MonkeyPatch, suffix: str, says: str
) -> None:
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", with_secret(prod, prod.secret + suffix))
    found = doctor("secrets")["secrets"]
    assert found["state"] == "failed"
    assert f"SNOWFLAKE_PRIVATE_KEY: {prod.secret} {says}" in said(found)
    assert "canary" not in json.dumps(found)


@pytest.mark.parametrize("suffix", ["", ":password::"])
def test_E2_a_start_without_its_secret_names_the_arn_or_the_key(
    prod: Deployed, made_anew: tuple[str, str], suffix: str
) -> None:
    before, now = made_anew
    arn = now if suffix else before
    task = prod.run(with_secret(prod, arn + suffix))
    report, row = explained(task), verdict(task)
    cause = "secret_json_key_missing" if suffix else "secret_not_found"
    assert (report["cause_id"], report["certainty"], row.cause_id) == (cause, "certain", cause)
    for told in (report["theories"][0]["evidence"][0], row.diagnosis):
        assert ("json key password" if suffix else before) in told


def test_E3_a_secret_of_another_region_is_found_with_both_regions(
    prod: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = prod.secret.replace(REGION, OTHER)
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", with_secret(prod, f"{arn}:private_key::"))
    found = doctor("secrets")["secrets"]
    assert found["state"] == "failed"
    assert f"{arn}:private_key:: is of region {OTHER}, tasks run in {REGION}" in said(found)


def test_E3_a_start_that_looked_for_its_secret_in_another_region_says_so(prod: Deployed) -> None:
    arn = prod.secret.replace(REGION, OTHER)
    task = prod.run(with_secret(prod, arn))
    assert "Secrets Manager can't find the specified secret" in task["stoppedReason"]
    report, row = explained(task), verdict(task)
    assert (report["cause_id"], row.cause_id) == ("secret_in_other_region", "secret_in_other_region")
    for told in (" ".join(report["theories"][0]["evidence"]), row.diagnosis):
        assert f"The secret {arn} is of region {OTHER}, and the task runs in {REGION}" in told


def test_E3_a_deployment_makes_its_secrets_itself_in_its_region_and_takes_no_other_arn(
    deployed: Deployed, tmp_path: Path
) -> None:
    client = deployed.client("secretsmanager")
    arn, _ = key_pairs.ensure(client, "reporting-other/runner")
    assert arn.startswith(f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:reporting-other/runner-")
    assert key_pairs.ensure(client, "reporting-other/runner")[0] == arn
    example = Path("infra/environments/example.toml").read_text(encoding="utf-8")
    (tmp_path / "other.toml").write_text(f'{example}RunnerSecretArn = "{arn.replace(REGION, OTHER)}"\n')
    with pytest.raises(SettingsError, match="RunnerSecretArn"):
        from_file("other", tmp_path)
