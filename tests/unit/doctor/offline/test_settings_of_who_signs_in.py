"""Settings are judged by what they are for: whoever only signs in to Snowflake needs none of the executor."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from executor.cli.doctor import app

_SIGNS_IN = {
    "SNOWFLAKE_ACCOUNT": "acme-prod", "SNOWFLAKE_USER": "ada@acme.net", "SNOWFLAKE_AUTHENTICATOR": "externalbrowser",
}  # fmt: skip


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of ours but those of the test."""
    for name in [one for one in os.environ if one.startswith(("REPORTING_", "SNOWFLAKE_"))]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("more", "code", "says"),
    [
        ({}, 0, "settings"),
        ({"SNOWFLAKE_ACCOUNT": "acme prod"}, 1, "SNOWFLAKE_ACCOUNT"),
        ({"REPORTING_CLUSTER": "reporting"}, 1, "REPORTING_BUCKET"),
    ],
)
def test_the_environment_of_who_deploys_is_judged_without_the_executor(
    more: dict[str, str], code: int, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (_SIGNS_IN | more).items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["--offline", "--only", "settings"])
    assert (done.exit_code, says in done.output) == (code, True), done.output


def test_so_is_a_file_of_settings(tmp_path: Path) -> None:
    path = tmp_path / "sign-in.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in _SIGNS_IN.items()))
    done = CliRunner().invoke(app, [str(path), "--only", "settings"])
    assert done.exit_code == 0, done.output
