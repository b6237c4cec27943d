"""Settings: everything wrong is said at once."""

import re

import pytest
from pydantic import ValidationError

from executor.cli.deploy import DeploySettings
from executor.settings import ExecutorSettings, ObjectNames, SettingsError, SnowflakeSettings, load

GOOD = {
    "REPORTING_INSTALLATION": "prod",
    "REPORTING_BUCKET": "report-files",
    "REPORTING_CLUSTER": "reporting",
    "REPORTING_TASK_DEFINITION": "reporting-job:3",
    "REPORTING_SUBNETS": "subnet-1, subnet-2",
    "SNOWFLAKE_ACCOUNT": "org-account",
    "SNOWFLAKE_AUTHENTICATOR": "WORKLOAD_IDENTITY",
    "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER": "AWS",
}
KINDS = (ExecutorSettings, ObjectNames, SnowflakeSettings)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os  # noqa: PLC0415 - only to empty it

    for name in list(os.environ):
        if name.startswith(("REPORTING_", "SNOWFLAKE_")):
            monkeypatch.delenv(name)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)


def test_lists_are_written_with_commas() -> None:
    settings, names, _ = load(*KINDS)
    assert settings.subnets == ("subnet-1", "subnet-2")
    assert settings.security_groups == ()
    assert names == ObjectNames(database="ANALYTICS_PLATFORM", warehouse="REPORTS_WH")


def test_a_password_is_allowed_in_the_words_that_the_runner_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in ("yes", " On ", "1", "TRUE"):
        monkeypatch.setenv("REPORTING_ALLOW_PASSWORD", text)
        assert load(*KINDS)[0].allow_password
    monkeypatch.setenv("REPORTING_ALLOW_PASSWORD", "ja")
    with pytest.raises(SettingsError, match=r"REPORTING_ALLOW_PASSWORD: .*is 'ja'; write true or false"):
        load(*KINDS)


def test_everything_that_is_wrong_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORTING_BUCKET")
    monkeypatch.setenv("REPORTING_INSTALLATION", "Not Lower")
    monkeypatch.setenv("REPORTING_MAX_RUNNING", "many")
    monkeypatch.setenv("REPORTING_SCHEMA", "a-b")
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "https://org-account.snowflakecomputing.com")
    with pytest.raises(SettingsError) as refused:
        load(*KINDS)
    text = str(refused.value)
    assert "REPORTING_BUCKET: is not set" in text
    for name in ("REPORTING_INSTALLATION", "REPORTING_MAX_RUNNING", "REPORTING_SCHEMA", "SNOWFLAKE_ACCOUNT"):
        assert text.count(f"{name}: ") == 1, name


def test_who_has_set_no_account_is_told_how_to_read_the_settings_of_the_local_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("REPORTING_BUCKET")
    with pytest.raises(SettingsError) as refused:
        load(*KINDS)
    assert "set -a" not in str(refused.value)
    monkeypatch.delenv("SNOWFLAKE_ACCOUNT")
    with pytest.raises(SettingsError) as refused:
        load(*KINDS)
    assert str(refused.value).endswith(
        "\nFor the stack of reporting up, read its settings first: set -a; . .local/env; set +a"
    )


@pytest.mark.parametrize(
    "account",
    ["org-account", "ORG-ACCOUNT_1", "xy12345", "xy12345.eu-central-1", "xy12345.us-east-2.aws", "o-a.privatelink"],
)
def test_account_identifiers_of_every_form_are_taken(account: str) -> None:
    assert SnowflakeSettings(account=account).account == account


@pytest.mark.parametrize(
    ("account", "says"),
    [
        (" ", "is empty; write it as organisation-account or locator.region"),
        (" org-account", "has spaces in it; meant is org-account"),
        ("org - account", "has spaces in it; meant is org-account"),
        ("org account", "has spaces in it; meant is org-account"),
        ("https://app.snowflake.com/org/account", "is the address of Snowsight; meant is org-account"),
        ("https://app.snowflake.com/org/account/#/data", "is the address of Snowsight; meant is org-account"),
        ("app.snowflake.com/eu-central-1/xy12345/worksheets", "is the address of Snowsight; meant is xy12345.eu-cen"),
        ("app.snowflake.com/us-east-2.aws/xy12345", "is the address of Snowsight; meant is xy12345.us-east-2.aws"),
        ("https://org-account.snowflakecomputing.com/console", "is a pasted URL; meant is org-account"),
        ("https://xy12345.eu-central-1.snowflakecomputing.com:443", "is a pasted URL; meant is xy12345.eu-central-1"),
        ("org-account.snowflakecomputing.com", "is the name of the host; meant is org-account"),
        ("xy12345.eu-central-1.SNOWFLAKECOMPUTING.COM", "is the name of the host; meant is xy12345.eu-central-1"),
        ("org/account", "has a slash where a hyphen stands; meant is org-account"),
        ("ORG.ACCOUNT_1", "is organisation.account, the form of SQL; meant is ORG-ACCOUNT_1"),
        ("org-account.", "has no form that Snowflake knows; write it as organisation-account or locator.region"),
    ],
)
def test_what_people_paste_instead_of_an_account_identifier_is_named_with_what_is_meant(
    account: str, says: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        SnowflakeSettings(account=account)


@pytest.mark.parametrize("definition", ["reporting-job", "reporting-job:", "reporting-job:latest"])
def test_a_task_definition_names_its_revision(monkeypatch: pytest.MonkeyPatch, definition: str) -> None:
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", definition)
    with pytest.raises(SettingsError, match="REPORTING_TASK_DEFINITION"):
        load(*KINDS)


def test_p21_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SNOWFLAKE_AUTHENTICATOR", "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("SNOWFLAKE_USER", "executor")
    monkeypatch.setenv("SNOWFLAKE_HOST", "127.0.0.1")
    monkeypatch.setenv("SNOWFLAKE_PASSWORD", "canary-of-a-password")
    _, names, snowflake = load(*KINDS)
    assert "canary" not in repr(snowflake)
    assert snowflake.connect_arguments(names)["password"] == "canary-of-a-password"
    monkeypatch.setenv("SNOWFLAKE_PORT", "canary-of-a-port")
    with pytest.raises(SettingsError) as refused:
        load(*KINDS)
    assert "canary" not in str(refused.value)


def test_a_named_connection_stands_for_all_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SNOWFLAKE_ACCOUNT")
    monkeypatch.setenv("SNOWFLAKE_DEFAULT_CONNECTION_NAME", "prod")
    _, names, snowflake = load(*KINDS)
    arguments = snowflake.connect_arguments(names)
    assert arguments["connection_name"] == "prod"
    assert "account" not in arguments


def test_what_is_set_beside_a_named_connection_wins_over_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_DEFAULT_CONNECTION_NAME", "prod")
    monkeypatch.setenv("SNOWFLAKE_ROLE", "REPORT_EXECUTOR")
    _, names, snowflake = load(*KINDS)
    arguments = snowflake.connect_arguments(names)
    assert (arguments["connection_name"], arguments["role"]) == ("prod", "REPORT_EXECUTOR")


def test_without_any_way_to_sign_in_every_name_is_told_together_with_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER", "REPORTING_BUCKET"):
        monkeypatch.delenv(name)
    monkeypatch.delenv("SNOWFLAKE_AUTHENTICATOR")
    with pytest.raises(SettingsError) as refused:
        load(*KINDS, also=["AWS_DEFAULT_REGION: is not set"])
    for name in ("REPORTING_BUCKET", "SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_AUTHENTICATOR"):
        assert f"  {name}" in str(refused.value)


def test_a_workload_identity_needs_no_user_but_its_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER")
    with pytest.raises(SettingsError, match="SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER: is not set"):
        load(*KINDS)
    monkeypatch.setenv("SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER", "AWS")
    load(*KINDS)


def test_a_command_that_needs_less_asks_for_less_and_names_variables_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPORTING_CLUSTER")
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "org account")
    monkeypatch.setenv("REPORTING_WAREHOUSE", "a-b")
    with pytest.raises(SettingsError) as refused:
        load(ObjectNames, SnowflakeSettings)
    lines = str(refused.value).splitlines()[1:]
    assert [line.split(":")[0].strip() for line in lines] == ["REPORTING_WAREHOUSE", "SNOWFLAKE_ACCOUNT"]


@pytest.mark.parametrize("bucket", ["ab", "Reports", "a_b", "-ab", "a' OR 1", "reports'", "reports\n", "r" * 64])
def test_a_bucket_is_named_as_s3_names_them(monkeypatch: pytest.MonkeyPatch, bucket: str) -> None:
    monkeypatch.setenv("REPORTING_BUCKET", bucket)
    with pytest.raises(SettingsError, match="REPORTING_BUCKET"):
        load(*KINDS)
    with pytest.raises(SettingsError, match="REPORTING_BUCKET"):
        load(DeploySettings, ObjectNames)


@pytest.mark.parametrize("installation", ["a'b", "prod\n", "1prod", ""])
def test_an_installation_that_could_break_sql_text_is_refused(
    monkeypatch: pytest.MonkeyPatch, installation: str
) -> None:
    monkeypatch.setenv("REPORTING_INSTALLATION", installation)
    with pytest.raises(SettingsError, match="REPORTING_INSTALLATION"):
        load(DeploySettings, ObjectNames)


@pytest.mark.parametrize("value", ["", "two words", "1st"])
def test_a_name_that_cannot_be_one_is_told_in_words_and_not_as_a_pattern(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("REPORTING_DATABASE", value)
    with pytest.raises(SettingsError, match="REPORTING_DATABASE: is no plain name: letters, digits"):
        load(*KINDS)


def test_history_is_kept_longer_than_the_calendar_looks_back() -> None:
    assert ObjectNames.model_validate({"keep_days": 101}).keep_days == 101
    with pytest.raises(ValidationError, match="keep_days"):
        ObjectNames.model_validate({"keep_days": 100})
