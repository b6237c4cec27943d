"""Rows B1 and B2 of the problems from the field: nobody is signed in to the registry, or may not push to it."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from doctor.checks.registry import PUSHES
from executor.cli.with_cause import with_cause
from executor.deploy.images import ImageError, Registry, run, sign_in
from tests.field.asking import doctor, said
from tests.field.deployed import ACCOUNT, REGION, REGISTRY, Deployed, classified

REPOSITORY = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/reporting-prod/runner"
ALL_THE_REST = pytest.mark.thorough
SIX = ["ecr:GetAuthorizationToken", *PUSHES]


def refused(action: str) -> str:
    """What Docker prints when the registry refuses a push."""
    who = f"User: arn:aws:iam::{ACCOUNT}:user/deployer is not authorized to perform: {action} on resource: {REPOSITORY}"
    return f"denied: {who} because no identity-based policy allows the {action} action"


def of_image(prod: Deployed, monkeypatch: pytest.MonkeyPatch, address: str) -> str:
    """What doctor says of the registry of another image."""
    name = prod.registered(lambda _, container: container.update(image=address))
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", name)
    found = doctor("registry")["registry"]
    assert found["state"] in {"failed", "warned"}, found
    return said(found)


def test_B1_each_deployment_signs_docker_in_anew_with_a_password_that_stands_in_no_list_of_processes(
    deployed: Deployed, tmp_path: Path
) -> None:
    commands: list[Sequence[str]] = []
    passwords: list[str | None] = []

    def docker(command: Sequence[str], _folder: Path, text: str | None) -> None:
        commands.append(command)
        passwords.append(text)

    registry = Registry(deployed.client("ecr"), "prod", "ARM64", tmp_path)
    for _ in range(2):
        sign_in(registry, REGISTRY, docker)
    assert [command[1] for command in commands] == ["login", "login"]
    assert all(text and text not in " ".join(command) for text, command in zip(passwords, commands, strict=True))


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (
            f"210987654321.dkr.ecr.{REGION}.amazonaws.com/reports:1",
            f"not in account 210987654321, {REGION}: RepositoryNot",
        ),
        (f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/reports:1", f"is in us-east-1, tasks run in {REGION}"),
        (f"{REGISTRY}/gone:1", f"repository gone is not in account {ACCOUNT}, {REGION}: RepositoryNotFoundException"),
    ],
)
def test_B1_a_registry_of_another_account_or_region_and_a_missing_repository_are_found(
    prod: Deployed, monkeypatch: pytest.MonkeyPatch, address: str, says: str
) -> None:
    assert says in of_image(prod, monkeypatch, address)


def test_B1_without_credentials_the_failed_push_names_cause_and_remedy(tmp_path: Path) -> None:
    told = classified("no basic auth credentials")
    assert (told["cause_id"], told["family"], told["certainty"]) == ("registry_auth", "registry_auth", "certain")
    with pytest.raises(ImageError, match="no basic auth credentials") as caught:
        run(["sh", "-c", "echo 'no basic auth credentials' >&2; exit 1"], tmp_path, None)
    said = with_cause(str(caught.value))
    assert said.endswith(f"\n  cause: registry_auth (certain)\n  what to do: {told['remedy']}")


def test_B2_whoever_has_all_six_rights_of_a_push_is_told_nothing(prod: Deployed) -> None:
    assert doctor("registry")["registry"]["state"] == "well"


@pytest.mark.parametrize("missing", [SIX[0], SIX[1], *(pytest.param(one, marks=ALL_THE_REST) for one in SIX[2:])])
def test_B2_each_right_that_a_push_lacks_is_found_and_named(prod: Deployed, missing: str) -> None:
    allowed = [{"Effect": "Allow", "Action": [one for one in SIX if one != missing], "Resource": "*"}]
    whole = [{"Effect": "Allow", "Action": SIX, "Resource": "*"}]
    prod.allow("user", "deployer", allowed)
    try:
        found = doctor("registry")["registry"]
    finally:
        prod.allow("user", "deployer", whole)
    assert found["state"] == "warned"
    assert f"the caller arn:aws:iam::{ACCOUNT}:user/deployer may not {missing} on " in said(found)
    assert f'"Action": ["{missing}"]' in said(found)


def test_B2_a_repository_whose_policy_denies_a_push_is_found_with_its_statement(prod: Deployed) -> None:
    ecr, name = prod.client("ecr"), "reporting-prod/runner"
    deny = {"Sid": "Frozen", "Effect": "Deny", "Principal": "*", "Action": "ecr:PutImage"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    ecr.set_repository_policy(repositoryName=name, policyText=policy)
    try:
        found = doctor("registry")["registry"]
    finally:
        ecr.delete_repository_policy(repositoryName=name)
    assert found["state"] == "failed"
    assert f"the policy of repository {name} denies ecr:PutImage (statement Frozen)" in said(found)


@pytest.mark.parametrize("action", PUSHES)
def test_B2_a_push_that_is_refused_names_the_missing_right_and_all_that_a_push_needs(
    tmp_path: Path, action: str
) -> None:
    told = classified(refused(action))
    assert (told["cause_id"], told["family"], told["certainty"]) == ("ecr_push_denied", "registry_auth", "certain")
    with pytest.raises(ImageError) as caught:
        run(["sh", "-c", f"echo '{refused(action)}' >&2; exit 1"], tmp_path, None)
    assert f"not authorized to perform: {action} on resource: {REPOSITORY}" in str(caught.value)
    assert all(right.removeprefix("ecr:") in told["remedy"] for right in SIX)
