"""What `make verify-account` does in a real account, done on the local Snowflake: each step runs and tells."""

from collections.abc import Iterator

import pytest

from executor.deploy.snowflake import deploy
from executor.settings import ObjectNames, SnowflakeSettings
from tests.account.__main__ import main
from tests.account.account import Account, Step
from tests.account.steps import STEPS, look_at
from tests.local_stack import served

pytestmark = pytest.mark.thorough

WITHOUT = {  # what takes more than a local Snowflake alone
    "sign_in": "signed in by A PASSWORD",
    "doorbell": "no doorbell is set up",
    "links": "no links are set up",
    "running_reports": "no links are set up",
}


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with served("local_cloud.snowflake", "--data-dir", str(tmp_path_factory.mktemp("snowflake"))) as server:
        given = {"account": "local", "user": "TESTER", "password": "any-password", "protocol": "http"}
        settings = SnowflakeSettings.model_validate(given | {"host": server["host"], "port": server["port"]})
        deploy(
            installation="verified",
            bucket="report-files",
            names=ObjectNames(),
            snowflake_settings=settings,
            say=lambda _line: None,
        )
        yield Account(settings.connect_arguments(ObjectNames()))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_step_runs_and_tells(account: Account, step: Step) -> None:
    ((_, seen),) = look_at(account, [step.name])
    if step.name in WITHOUT:
        assert seen.verdict == "not tried"
        assert WITHOUT[step.name] in seen.detail
    else:
        assert seen.verdict == "holds", seen.detail


def test_the_script_says_what_it_found(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("account", "user", "password", "host", "port", "protocol"):
        monkeypatch.setenv(f"SNOWFLAKE_{name.upper()}", str(account.arguments[name]))
    monkeypatch.setattr("sys.argv", ["verify-account", "probe_without_warehouse"])
    assert main() == 0
    assert capsys.readouterr().out.startswith("holds      probe_without_warehouse: The look at the intake")


def test_what_snowflake_refuses_is_a_finding(account: Account) -> None:
    nobody = Account({**account.arguments, "schema": "NOWHERE"})
    ((_, seen),) = look_at(nobody, ["caller_in_owners_rights"])
    assert seen.verdict == "differs"
    assert seen.detail.startswith("refused: ")
