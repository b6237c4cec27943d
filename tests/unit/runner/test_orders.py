"""What the environment may say, and what is made of it."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector import errors

from contract.outcome import ExitCode
from contract.report import Query, ReportDefinition
from contract.task_spec import TaskSpec
from runner.failures import RunFailedError
from runner.report import shown_name
from runner.settings import LOGIN_TIMEOUT_ENV, read_task_spec, snowflake_arguments
from runner.source import bound_values, failed_query, query_tag

SPEC: dict[str, Any] = {
    "installation": "local",
    "job_id": "SALES_REPORT_2026-11-21_0123456789ab",
    "attempt": 2,
    "report_type": "SALES_REPORT",
    "report_version": 3,
    "business_date": "2026-11-21",
    "params": {},
    "definition": {"title": "Sales", "queries": [{"name": "monthly", "sql": "SELECT 1"}]},
    "bucket": "files",
    "prefix": "reports/x/2/",
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "requested_by": "ANALYST",
}


def no_fetch(bucket: str, key: str) -> str:
    raise AssertionError(f"nothing to fetch, but {bucket}/{key} was asked for")


def spec(**changes: Any) -> TaskSpec:
    return TaskSpec.model_validate({**SPEC, **changes})


def test_the_order_is_read_from_the_environment() -> None:
    assert read_task_spec({"REPORTING_TASK_SPEC": json.dumps(SPEC)}, no_fetch) == spec()


def test_a_long_order_is_fetched_from_where_the_environment_says() -> None:
    asked: list[tuple[str, str]] = []

    def fetch(bucket: str, key: str) -> str:
        asked.append((bucket, key))
        return json.dumps(SPEC)

    assert read_task_spec({"REPORTING_TASK_SPEC_URI": "s3://files/reports/x/2/task_spec.json"}, fetch) == spec()
    assert asked == [("files", "reports/x/2/task_spec.json")]


def test_an_order_of_a_newer_release_is_read() -> None:
    newer = json.dumps({**SPEC, "of_a_later_release": True})
    assert read_task_spec({"REPORTING_TASK_SPEC": newer}, no_fetch) == spec()


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, "set REPORTING_TASK_SPEC"),
        ({"REPORTING_TASK_SPEC_URI": "https://files/x"}, "not 'https://files/x'"),
        ({"REPORTING_TASK_SPEC_URI": "s3://files"}, "not 's3://files'"),
        ({"REPORTING_TASK_SPEC": "{"}, "the task spec in REPORTING_TASK_SPEC is wrong"),
        ({"REPORTING_TASK_SPEC": json.dumps({**SPEC, "attempt": "two"})}, "spec.attempt"),
        ({"REPORTING_TASK_SPEC": json.dumps({**SPEC, "schema_version": 2})}, "spec.schema_version"),
    ],
)
def test_what_is_no_order_is_refused_as_bad_parameters(environment: dict[str, str], says: str) -> None:
    with pytest.raises(RunFailedError) as refused:
        read_task_spec(environment, no_fetch)
    assert refused.value.exit_code is ExitCode.BAD_PARAMETERS
    assert says in str(refused.value)


IDENTITY = {"SNOWFLAKE_AUTHENTICATOR": "workload_identity", "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER": "AWS"}


def test_snowflakes_own_settings_become_the_connectors_arguments() -> None:
    given = {"SNOWFLAKE_ACCOUNT": "ORG-ACC", "SNOWFLAKE_USER": "U", "SNOWFLAKE_PORT": "8443", "SNOWFLAKE_ROLE": ""}
    arguments = snowflake_arguments(given | IDENTITY)
    assert (arguments["account"], arguments["user"], arguments["port"]) == ("ORG-ACC", "U", 8443)
    assert arguments["workload_identity_provider"] == "AWS"
    assert "role" not in arguments
    assert "connection_name" not in arguments
    assert arguments["login_timeout"] > 0
    assert arguments["network_timeout"] > 0


def test_a_named_connection_needs_nothing_else() -> None:
    assert snowflake_arguments({"SNOWFLAKE_DEFAULT_CONNECTION_NAME": "reports"})["connection_name"] == "reports"


def test_what_is_set_beside_a_named_connection_is_handed_over_too() -> None:
    arguments = snowflake_arguments({"SNOWFLAKE_DEFAULT_CONNECTION_NAME": "reports", "SNOWFLAKE_WAREHOUSE": "BIG_WH"})
    assert (arguments["connection_name"], arguments["warehouse"]) == ("reports", "BIG_WH")


@pytest.mark.parametrize(
    ("variable", "argument"),
    [("SNOWFLAKE_PRIVATE_KEY_FILE", "private_key_file"), ("SNOWFLAKE_TOKEN_FILE_PATH", "token_file_path")],
)
def test_a_key_pair_and_a_token_file_are_taken(variable: str, argument: str, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    environment = {"SNOWFLAKE_ACCOUNT": "a", "SNOWFLAKE_USER": "u", variable: str(file)}
    with pytest.raises(RunFailedError, match=f"{variable}: there is no file"):
        snowflake_arguments(environment)
    file.touch()
    assert snowflake_arguments(environment)[argument] == str(file)


def test_everything_that_keeps_a_run_from_signing_in_is_told_at_once() -> None:
    wrong = {"SNOWFLAKE_PASSWORD": "canary", "SNOWFLAKE_PORT": "many", LOGIN_TIMEOUT_ENV: "0"}
    with pytest.raises(RunFailedError) as refused:
        snowflake_arguments(wrong)
    assert refused.value.exit_code is ExitCode.SNOWFLAKE_UNREACHABLE
    for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PASSWORD", "SNOWFLAKE_PORT", LOGIN_TIMEOUT_ENV):
        assert f"{name}: " in str(refused.value)
    assert "canary" not in str(refused.value)


def test_a_password_at_an_account_must_be_allowed() -> None:
    given = {"SNOWFLAKE_ACCOUNT": "a", "SNOWFLAKE_USER": "u", "SNOWFLAKE_PASSWORD": "p"}
    with pytest.raises(RunFailedError, match="REPORTING_ALLOW_PASSWORD"):
        snowflake_arguments(given)
    for allowed in ("True", "1", "yes", "on"):
        arguments = snowflake_arguments(given | {"REPORTING_ALLOW_PASSWORD": allowed})
        assert (arguments["password"], "allow_password" in arguments) == ("p", False)
    with pytest.raises(RunFailedError, match="REPORTING_ALLOW_PASSWORD: is 'ja'; write true or false"):
        snowflake_arguments(given | {"REPORTING_ALLOW_PASSWORD": "ja"})


def test_who_watches_takes_a_password_as_with_every_other_command() -> None:
    given = {"SNOWFLAKE_ACCOUNT": "a", "SNOWFLAKE_USER": "u", "SNOWFLAKE_PASSWORD": "p"}
    assert snowflake_arguments(given, service=False)["password"] == "p"


def test_values_stand_in_the_order_of_their_places() -> None:
    query = Query(name="q", sql="SELECT :last, ':first', v:first, :first, :last::DATE")
    assert bound_values(query, {"first": 1, "last": None, "other": 3}) == [None, 1, None]


def test_a_value_that_is_not_given_is_bad_parameters() -> None:
    with pytest.raises(RunFailedError, match="query q needs first, last") as refused:
        bound_values(Query(name="q", sql="SELECT :last, :first"), {})
    assert refused.value.exit_code is ExitCode.BAD_PARAMETERS


def test_the_query_tag_names_job_type_attempt_and_trace() -> None:
    assert query_tag(spec()) == (
        "reporting:job:SALES_REPORT_2026-11-21_0123456789ab:SALES_REPORT:2:0af7651916cd43dd8448eb211c80319c"
    )


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (errors.ProgrammingError(msg="no such table", errno=2003, sqlstate="42S02"), ExitCode.QUERY_FAILED),
        (errors.DatabaseError(msg="numeric value", errno=100038, sqlstate="22018"), ExitCode.QUERY_FAILED),
        (errors.ProgrammingError(msg="token expired", errno=390114), ExitCode.SNOWFLAKE_UNREACHABLE),
        (errors.NotSupportedError(), ExitCode.QUERY_FAILED),
        (errors.OperationalError(msg="no route", errno=250003), ExitCode.SNOWFLAKE_UNREACHABLE),
        (errors.InternalServerError(msg="503", errno=290503), ExitCode.SNOWFLAKE_UNREACHABLE),
        (errors.InterfaceError(msg="closed", errno=250002), ExitCode.SNOWFLAKE_UNREACHABLE),
    ],
)
def test_an_error_in_a_query_is_the_querys_or_the_lines(error: errors.Error, exit_code: ExitCode) -> None:
    failed = failed_query("monthly", error, "01b2")
    assert (failed.exit_code, failed.failure.query, failed.failure.query_id) == (exit_code, "monthly", "01b2")
    assert failed.failure.kind == type(error).__name__


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "sales_report_2026-11-21_monthly.csv"),
        ({"business_date": None}, "sales_report_2026-11-21_0123456789ab_monthly.csv"),
        ({"business_date": None, "job_id": "of-ours-7"}, "sales_report_2026-11-24_of-ours-7_monthly.csv"),
    ],
)
def test_a_file_is_saved_under_a_name_that_a_person_recognises_with_its_day(changes: Any, name: str) -> None:
    definition = SPEC["definition"] | {"time_zone": "Asia/Tokyo"}
    there_the_24th = datetime(2026, 11, 23, 20, tzinfo=UTC)
    assert shown_name(spec(definition=definition, **changes), there_the_24th, "monthly.csv") == name


def test_a_message_is_one_line_and_bounded() -> None:
    failed = RunFailedError(ExitCode.QUERY_FAILED, "SQL compilation error:\n" + "x" * 10_000)
    assert "\n" not in failed.failure.message
    assert len(failed.failure.message.encode()) <= 2048


def test_a_definition_that_a_job_may_carry_is_one_the_runner_can_bind() -> None:
    definition = ReportDefinition.model_validate(
        {"title": "t", "parameters": {"n": {"type": "integer"}}, "queries": [{"name": "q", "sql": "SELECT :n"}]}
    )
    assert bound_values(definition.queries[0], {"n": 4}) == [4]
