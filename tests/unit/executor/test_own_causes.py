"""Causes of one's own go before the shipped ones, and a file that cannot be used says all that is wrong with it."""

from pathlib import Path

import pytest

from executor import causes
from executor.causes.own import OwnCausesError
from executor.core.classify import classify
from executor.core.families import Family
from executor.settings import ExecutorSettings, SettingsError
from executor.settings import load as read_settings

OWN = """
[[causes]]
id = "vault_sealed"
family = "secret_network"
means = "The vault is sealed."
remedy = "Unseal it."
retry_helps = "no"

[[texts]]
cause = "vault_sealed"
where = "log line"
pattern = 'vault is sealed'
example = "hvac.exceptions.VaultDown: Vault is sealed"

[[texts]]
cause = "disk_full"
where = "stoppedReason"
pattern = 'scratch volume exhausted'
example = "TaskFailed: scratch volume exhausted"
certainty = "certain"
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "causes.toml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_a_cause_of_ones_own_is_answered_with_its_remedy(own: Path) -> None:
    known = causes.load(str(own))
    found = classify(known, "ERROR hvac.exceptions.VaultDown: Vault is sealed", "log")
    assert (found.cause_id, found.family, found.remedy) == ("vault_sealed", Family.SECRET_NETWORK, "Unseal it.")
    assert classify(known, "TaskFailed: scratch volume exhausted", "stoppedReason").cause_id == "disk_full"
    assert "vault_sealed" in {cause.cause_id for cause in known.causes}
    assert classify(causes.load(), "Vault is sealed", "log").cause_id == "unknown"


@pytest.mark.parametrize(
    ("was", "put", "says"),
    [
        ('id = "vault_sealed"', 'id = "disk_full"', "disk_full is a cause of the catalogue already"),
        ('family = "secret_network"', 'family = "vault"', "causes.0.family"),
        ('retry_helps = "no"', 'retry_helps = "perhaps"', "causes.0.retry_helps"),
        ("'vault is sealed'", "'vault ( sealed'", "texts.0: the pattern is no regular expression"),
        ("'vault is sealed'", "'vault was sealed'", "texts.0: the pattern does not match its own example"),
        ("'vault is sealed'", "'(vault)?.*'", "texts.0: the pattern matches every text"),
        ('where = "log line"', 'where = "kitchen"', "texts.0.where"),
        ('cause = "disk_full"', 'cause = "disc_full"', "texts.1: there is no cause disc_full"),
        ('cause = "vault_sealed"', 'cause = "oom"', "causes: vault_sealed has no text that leads to it"),
        ("[[texts]]", "[texts", "is no TOML"),
        ("means =", "sense =", "causes.0.means"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_by_its_place(own: Path, was: str, put: str, says: str) -> None:
    own.write_text(OWN.replace(was, put, 1), encoding="utf-8")
    with pytest.raises(OwnCausesError, match=says.replace("(", r"\(")):
        causes.load(str(own) + "")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OwnCausesError, match=r"nowhere\.toml: cannot be read: No such file"):
        causes.load(str(tmp_path / "nowhere.toml"))


def test_the_executor_does_not_start_with_a_file_that_it_cannot_use(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"INSTALLATION": "dev", "BUCKET": "reports-dev", "CLUSTER": "c", "SUBNETS": "subnet-1"}.items():
        monkeypatch.setenv(f"REPORTING_{name}", value)
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", "report:1")
    monkeypatch.setenv("REPORTING_CAUSES_FILE", str(own))
    assert ExecutorSettings().causes_file == str(own)
    monkeypatch.setenv("REPORTING_CAUSES_FILE", "/nowhere.toml")
    with pytest.raises(SettingsError, match=r"REPORTING_CAUSES_FILE: /nowhere\.toml: cannot be read"):
        read_settings(ExecutorSettings, ExecutorSettings)
