"""Settings: everything wrong is said at once."""

import pytest

from executor.settings import ObjectNames, SettingsError, SnowflakeSettings, load

GOOD = {
    "REPORTING_INSTALLATION": "prod",
    "REPORTING_BUCKET": "report-files",
    "REPORTING_CLUSTER": "reporting",
    "REPORTING_TASK_DEFINITION": "reporting-job:3",
    "REPORTING_SUBNETS": "subnet-1, subnet-2",
    "SNOWFLAKE_ACCOUNT": "org-account",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os  # noqa: PLC0415 - only to empty it

    for name in list(os.environ):
        if name.startswith(("REPORTING_", "SNOWFLAKE_")):
            monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_lists_are_written_with_commas() -> None:
    settings, names, _ = load()
    assert settings.subnets == ("subnet-1", "subnet-2")
    assert settings.security_groups == ()
    assert names == ObjectNames(database="ANALYTICS_PLATFORM", warehouse="REPORTS_WH")


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORTING_BUCKET")
    monkeypatch.setenv("REPORTING_INSTALLATION", "Not Lower")
    monkeypatch.setenv("REPORTING_MAX_RUNNING", "many")
    monkeypatch.setenv("REPORTING_SCHEMA", "a-b")
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "https://org-account.snowflakecomputing.com")
    with pytest.raises(SettingsError) as refused:
        load()
    text = str(refused.value)
    assert "REPORTING_BUCKET: is not set" in text
    for name in ("REPORTING_INSTALLATION", "REPORTING_MAX_RUNNING", "REPORTING_SCHEMA", "SNOWFLAKE_ACCOUNT"):
        assert text.count(f"{name}: ") == 1, name


@pytest.mark.parametrize(
    "account", ["org-account", "ORG-ACCOUNT_1", "xy12345", "xy12345.eu-central-1", "xy12345.us-east-2.aws"]
)
def test_account_identifiers_of_every_form_are_taken(account: str) -> None:
    assert SnowflakeSettings(account=account).account == account


@pytest.mark.parametrize(
    "account",
    [
        "",
        " org-account",
        "org account",
        "https://app.snowflake.com/org/account",
        "org/account",
        "org-account.",
        "org-account.snowflakecomputing.com",
        "xy12345.eu-central-1.SNOWFLAKECOMPUTING.COM",
    ],
)
def test_what_people_paste_instead_of_an_account_identifier_is_refused(account: str) -> None:
    with pytest.raises(ValueError, match="organisation-account"):
        SnowflakeSettings(account=account)


@pytest.mark.parametrize("definition", ["reporting-job", "reporting-job:", "reporting-job:latest"])
def test_a_task_definition_names_its_revision(monkeypatch: pytest.MonkeyPatch, definition: str) -> None:
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", definition)
    with pytest.raises(SettingsError, match="REPORTING_TASK_DEFINITION"):
        load()


def test_p21_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_PASSWORD", "canary-of-a-password")
    _, names, snowflake = load()
    assert "canary" not in repr(snowflake)
    assert snowflake.connect_arguments(names)["password"] == "canary-of-a-password"
    monkeypatch.setenv("SNOWFLAKE_PORT", "canary-of-a-port")
    with pytest.raises(SettingsError) as refused:
        load()
    assert "canary" not in str(refused.value)


def test_a_named_connection_stands_for_all_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SNOWFLAKE_ACCOUNT")
    monkeypatch.setenv("SNOWFLAKE_DEFAULT_CONNECTION_NAME", "prod")
    _, names, snowflake = load()
    arguments = snowflake.connect_arguments(names)
    assert arguments["connection_name"] == "prod"
    assert "account" not in arguments
