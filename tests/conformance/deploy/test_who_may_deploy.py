"""Who may deploy, and whose the roles are: told before anything is changed, with what to do."""

import pytest
import snowflake.connector

from executor.deploy import foreign_roles
from executor.deploy import snowflake as snowflake_side
from tests.conformance.deploy.conftest import Account


def refusal(account: Account, role: str, **names: object) -> str:
    """What a plan says to a role that may not deploy."""
    what = account.what(**names)
    what["snowflake_settings"] = what["snowflake_settings"].model_copy(update={"role": role})
    with pytest.raises(snowflake_side.DeployError) as refused:
        snowflake_side.planned(**what)
    return str(refused.value)


def test_a_role_that_may_not_deploy_is_shown_no_plan_but_what_it_lacks_and_the_remedy(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    connection.execute_string("CREATE ROLE IF NOT EXISTS passer_by; GRANT ROLE passer_by TO USER tester;")
    said = refusal(account, "PASSER_BY")
    for part in (
        "there is no plan: role PASSER_BY may not deploy: it lacks CREATE DATABASE ON ACCOUNT (for database ANALYTICS",
        "CREATE WAREHOUSE ON ACCOUNT (for warehouse REPORTS_WH)",
        "Set SNOWFLAKE_ROLE to the role that deployed before",
        'GRANT CREATE DATABASE ON ACCOUNT TO ROLE "PASSER_BY"; GRANT CREATE WAREHOUSE',
    ):
        assert part in said
    # Operators see database, schema and warehouse, and own nothing of them.
    connection.execute_string("GRANT ROLE report_operator TO USER tester;")
    said = refusal(account, "REPORT_OPERATOR")
    assert "it lacks OWNERSHIP ON SCHEMA ANALYTICS_PLATFORM.REPORTING (which ACCOUNTADMIN has)" in said
    assert "GRANT" not in said


def test_a_role_that_was_granted_what_a_deployment_takes_is_shown_its_plan(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    connection.execute_string(
        "CREATE ROLE IF NOT EXISTS granted; GRANT ROLE granted TO USER tester; CREATE ROLE IF NOT EXISTS builder;"
        "GRANT CREATE DATABASE ON ACCOUNT TO ROLE builder; GRANT CREATE WAREHOUSE ON ACCOUNT TO ROLE builder;"
        "GRANT ROLE builder TO ROLE granted; GRANT MANAGE GRANTS ON ACCOUNT TO ROLE builder;"
    )
    what = account.what(database="ELSEWHERE", warehouse="ELSEWHERE_WH")
    what["snowflake_settings"] = what["snowflake_settings"].model_copy(update={"role": "GRANTED"})
    assert "database ELSEWHERE" in snowflake_side.planned(**what).new_objects
    connection.execute_string("REVOKE CREATE WAREHOUSE ON ACCOUNT FROM ROLE builder;")
    assert "it lacks CREATE WAREHOUSE ON ACCOUNT (for warehouse ELSEWHERE_WH)." in refusal(
        account, "GRANTED", database="ELSEWHERE", warehouse="ELSEWHERE_WH"
    )


@pytest.mark.parametrize("act", ["plan", "deploy"])
def test_a_role_of_the_products_name_that_is_somebody_elses_is_found_before_anything_is_changed(
    account: Account, connection: snowflake.connector.SnowflakeConnection, act: str
) -> None:
    def run() -> str:
        what = account.what(database="ANOTHER", warehouse="ANOTHER_WH")
        with pytest.raises(snowflake_side.DeployError) as refused:
            snowflake_side.planned(**what) if act == "plan" else snowflake_side.deploy(**what, say=lambda _line: None)
        return str(refused.value)

    ours = foreign_roles.comments()["REPORT_OPERATOR"]
    connection.execute_string("COMMENT ON ROLE report_operator IS 'Operators of the sales team';")
    try:
        said = run()
    finally:
        connection.execute_string(f"COMMENT ON ROLE report_operator IS '{ours}';")
    for part in (
        "nothing was changed: role REPORT_OPERATOR is there already, and its comment 'Operators of the sales team' is",
        f"say so: COMMENT ON ROLE REPORT_OPERATOR IS '{ours}'",
        "ALTER ROLE REPORT_OPERATOR RENAME TO another name",
    ):
        assert part in said
    assert "REPORT_AUTHOR" not in said
    with connection.cursor() as cursor:
        assert cursor.execute("SHOW DATABASES")
        assert "ANOTHER" not in {row[1] for row in map(tuple, cursor.fetchall())}


def test_a_role_that_does_not_own_the_products_roles_is_told_who_does(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    connection.execute_string(
        "CREATE ROLE IF NOT EXISTS second_team; GRANT ROLE second_team TO USER tester;"
        "GRANT CREATE DATABASE ON ACCOUNT TO ROLE second_team; GRANT CREATE WAREHOUSE ON ACCOUNT TO ROLE second_team;"
        "GRANT CREATE ROLE ON ACCOUNT TO ROLE second_team;"
    )
    said = refusal(account, "SECOND_TEAM", database="ANOTHER", warehouse="ANOTHER_WH")
    for part in (
        "role REPORT_REQUESTER is there already and belongs to ACCOUNTADMIN, which SECOND_TEAM is not and does not",
        'GRANT OWNERSHIP ON ROLE REPORT_RUNNER TO ROLE "SECOND_TEAM" COPY CURRENT GRANTS',
    ):
        assert part in said
