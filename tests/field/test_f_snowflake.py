"""Rows D3, F1 and F2 of the problems from the field: what is wrong on the Snowflake side.

One local Snowflake with the product in it; each test breaks one thing for real, and mends it with what it was told.
"""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import ProgrammingError

from executor.deploy import procedures_zip, templates
from executor.deploy.snowflake import deploy
from executor.settings import ObjectNames, SnowflakeSettings
from tests.field.asking import at_a_desk, classified, doctor, said
from tests.local_stack import served

pytestmark = pytest.mark.thorough
PLACE = "ANALYTICS_PLATFORM.REPORTING"
SNOWFLAKE_CHECKS = (
    "sign_in",
    "user",
    "installed",
    "objects",
    "grants",
    "procedures",
    "tasks_resumed",
    "earlier_design",
)
Connect = Callable[..., SnowflakeConnection]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with served("local_cloud.snowflake", "--data-dir", str(tmp_path_factory.mktemp("snowflake"))) as ready:
        way = {"account": "organisation-account", "host": ready["host"], "port": ready["port"], "protocol": "http"}
        owner = SnowflakeSettings.model_validate(way | {"user": "owner", "password": "any"})
        deploy(
            installation="prod", bucket="report-files", names=ObjectNames(), snowflake_settings=owner,
            say=lambda _line: None,
        )  # fmt: skip
        yield way


@pytest.fixture
def connect(server: dict[str, Any]) -> Iterator[Connect]:
    opened: list[SnowflakeConnection] = []

    def connect(role: str) -> SnowflakeConnection:
        names = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
        more = {"user": "somebody", "password": "any", "role": role, "platform_detection_timeout_seconds": 0}
        opened.append(snowflake.connector.connect(**server, **names, **more))
        return opened[-1]

    yield connect
    for one in opened:
        one.close()


@pytest.fixture
def owner(connect: Connect) -> Callable[[str], object]:
    connection = connect("ACCOUNTADMIN")
    return lambda sql: connection.cursor().execute(sql)


@pytest.fixture(autouse=True)
def settings(server: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    at_a_desk(monkeypatch, tmp_path, server)
    return monkeypatch


def refusal(connection: SnowflakeConnection, sql: str) -> str:
    with pytest.raises(ProgrammingError) as refused:
        connection.cursor().execute(sql)
    return f"{refused.value.errno:06d} ({refused.value.sqlstate}): {refused.value.msg}"


def statements(check: dict[str, Any]) -> list[str]:
    return [fault["remedy"] for fault in check["faults"]]


def test_F1_a_deployment_grants_what_is_needed_in_the_right_order_and_needs_no_integration(connect: Connect) -> None:
    found = doctor(*SNOWFLAKE_CHECKS)
    states = {name: check["state"] for name, check in found.items() if check["state"] != "well"}
    assert states == {"user": "warned"}, found  # whoever is not made as a user of the account is a person to it
    connection = connect("REPORT_REQUESTER")
    connection.cursor().execute("CALL generate_report('SALES_REPORT')")
    assert not connection.cursor().execute("SHOW API INTEGRATIONS").fetchall()  # type: ignore[union-attr]  # a cursor


def test_F1_a_missing_grant_is_named_as_the_statement_that_mends_it(
    connect: Connect, owner: Callable[[str], object]
) -> None:
    owner("REVOKE USAGE ON PROCEDURE report_status(STRING) FROM ROLE report_requester")
    call = "CALL report_status('nothing')"
    text = refusal(connect("REPORT_REQUESTER"), call)
    assert classified(text)["family"] == "snowflake_object_missing"
    found = doctor("grants")["grants"]
    assert found["state"] == "failed"
    wanted = f"GRANT USAGE ON PROCEDURE {PLACE}.REPORT_STATUS(STRING) TO ROLE REPORT_REQUESTER;"
    assert statements(found) == [wanted]
    owner(wanted.rstrip(";"))
    assert doctor("grants")["grants"]["state"] == "well"
    assert "the view jobs lists them" in refusal(connect("REPORT_REQUESTER"), call)  # the procedure's own words now


def test_F1_an_object_that_is_gone_is_named_and_so_is_a_task_that_does_not_run(owner: Callable[[str], object]) -> None:
    owner("DROP VIEW punctuality")
    owner("ALTER TASK daily_reports_task SUSPEND")
    found = doctor("objects", "tasks_resumed")
    assert [fault["says"] for fault in found["objects"]["faults"]] == [f"view {PLACE}.PUNCTUALITY is not there"]
    assert "reporting deploy snowflake" in said(found["objects"])
    assert f"ALTER TASK {PLACE}.DAILY_REPORTS_TASK RESUME" in said(found["tasks_resumed"])
    owner(templates.script("views/R__view_2_punctuality.sql"))
    owner(f"ALTER TASK {PLACE}.DAILY_REPORTS_TASK RESUME")
    for statement in statements(doctor("grants")["grants"]):  # a view that is made anew is granted to nobody
        owner(statement.rstrip(";"))
    assert {check["state"] for check in doctor("objects", "tasks_resumed", "grants").values()} == {"well"}


HTTP = """
CREATE PROCEDURE call_service() RETURNS VARIANT LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
PACKAGES = ('snowflake-snowpark-python') IMPORTS = ('@own_code/calling.zip') HANDLER = 'calling.service.run'
"""
CALLING = "def run(session):\n    import xlsxwriter\n    return xlsxwriter.__version__\n"


def test_F2_a_package_that_is_not_declared_is_found_before_and_explained_after_the_call(
    owner: Callable[[str], object], connect: Connect, settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "calling.zip", "w") as archive:
        archive.writestr("calling/__init__.py", "")
        archive.writestr("calling/service.py", CALLING)
    settings.setenv("SNOWFLAKE_ROLE", "ACCOUNTADMIN")
    assert doctor("procedures")["procedures"]["state"] == "well"
    owner("CREATE STAGE own_code")
    owner(f"PUT 'file://{tmp_path}/calling.zip' @own_code AUTO_COMPRESS = FALSE")
    owner(HTTP)
    found = doctor("procedures")["procedures"]
    assert found["state"] == "warned", found
    assert "CALL_SERVICE() imports xlsxwriter, which its PACKAGES do not name (snowflake-snowpark-python)" in said(
        found
    )
    text = refusal(connect("ACCOUNTADMIN"), "CALL call_service()")
    assert "No module named 'xlsxwriter'" in text
    cause = classified(text)
    assert (cause["cause_id"], cause["family"]) == ("snowflake_package", "snowflake_package")
    owner("DROP PROCEDURE call_service()")
    owner("DROP STAGE own_code")


def test_F2_a_procedure_of_ours_without_its_package_is_not_even_made(connect: Connect) -> None:
    script = templates.script("procedures/R__procedure_report_status.sql", procedures_zip=procedures_zip.build()[0])
    text = refusal(connect("ACCOUNTADMIN"), script.replace(", 'pydantic'", ""))
    assert "No module named 'pydantic'" in text
    assert classified(text)["cause_id"] == "snowflake_package"


OLD = (
    "CREATE DATABASE old_reports",
    "CREATE API INTEGRATION ecs_api_integration API_PROVIDER = aws_api_gateway ENABLED = TRUE",
    """CREATE EXTERNAL FUNCTION old_reports.public.generate_report_via_ecs(job_id VARCHAR) RETURNS VARIANT
    API_INTEGRATION = ecs_api_integration AS 'https://reports.example.com/generate'""",
    "CREATE NETWORK RULE old_reports.public.ecs_network_rule MODE = EGRESS TYPE = HOST_PORT VALUE_LIST = ('x:443')",
    "CREATE EXTERNAL ACCESS INTEGRATION ecs_access ALLOWED_NETWORK_RULES = (ecs_network_rule) ENABLED = TRUE",
    "CREATE API INTEGRATION specs_of_others API_PROVIDER = aws_api_gateway ENABLED = TRUE",
)
LEFT = (
    "function OLD_REPORTS.PUBLIC.GENERATE_REPORT_VIA_ECS(VARCHAR)",
    "external access integration ECS_ACCESS",
    "api integration ECS_API_INTEGRATION",
    "network rule OLD_REPORTS.PUBLIC.ECS_NETWORK_RULE",
)


def test_D3_what_called_a_service_at_an_address_that_changes_is_found_and_may_go(
    owner: Callable[[str], object], settings: pytest.MonkeyPatch
) -> None:
    settings.setenv("SNOWFLAKE_ROLE", "ACCOUNTADMIN")
    for statement in OLD:
        owner(statement)
    found = doctor("earlier_design")["earlier_design"]
    assert found["state"] == "warned"
    assert [fault["says"].partition(" is left")[0] for fault in found["faults"]] == list(LEFT)
    assert all("nothing of this one uses it" in fault["says"] for fault in found["faults"])
    assert "reporting deploy move-over --matching ECS_API_INTEGRATION" in said(found)
    gone = ("DATABASE old_reports", "INTEGRATION ecs_access", "INTEGRATION ecs_api_integration",
            "INTEGRATION specs_of_others")  # fmt: skip
    for one in gone:
        owner(f"DROP {one}")
