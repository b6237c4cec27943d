"""What a deployment and the procedures make of notification integrations."""

import json
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from executor.deploy import bells
from executor.deploy import snowflake as snowflake_side
from executor.settings import ObjectNames
from tests.acceptance.system.driving import until
from tests.conformance.deploy.conftest import Account


def test_an_integration_that_is_not_there_is_told(connection: snowflake.connector.SnowflakeConnection) -> None:
    with pytest.raises(LookupError, match=r"REPORTING_DOORBELL_INTEGRATION is NOBODY, .* reporting deploy doorbell"):
        bells.choose(connection, ObjectNames(doorbell_integration="NOBODY"))


def test_a_plan_tells_that_a_bell_is_switched_on_or_off_and_one_that_is_not_there(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    bells.create_doorbell(
        connection, "PLANNED", "arn:aws:sns:us-east-1:123456789012:x", "arn:aws:iam::123456789012:role/x"
    )
    on = snowflake_side.planned(**account.what(doorbell_integration="PLANNED"))
    assert on.bells == ("doorbell: none, from now on PLANNED",)
    bells.choose(connection, ObjectNames(doorbell_integration="PLANNED"))
    assert snowflake_side.planned(**account.what(doorbell_integration="planned")).bells == ()
    off = snowflake_side.planned(**account.what())
    assert off.bells == ("doorbell: PLANNED, from now on none",)
    assert not off.nothing_new
    connection.cursor().execute("DROP INTEGRATION planned")
    bells.choose(connection, ObjectNames())
    absent = account.what(operators_integration="NOBODY")
    assert snowflake_side.planned(**absent).bells == ("operators: none, from now on NOBODY, which is not there yet",)
    with pytest.raises(snowflake_side.DeployError, match="nothing was changed: REPORTING_OPERATORS_INTEGRATION is NOB"):
        snowflake_side.deploy(**absent, say=lambda _line: None)


def test_a_bell_that_cannot_be_rung_fails_no_call(connection: snowflake.connector.SnowflakeConnection) -> None:
    bells.create_doorbell(
        connection, "BROKEN", "arn:aws:sns:us-east-1:123456789012:x", "arn:aws:iam::123456789012:role/x"
    )
    bells.choose(connection, ObjectNames(doorbell_integration="BROKEN"))
    connection.cursor().execute("DROP INTEGRATION BROKEN")
    ((answer,),) = connection.cursor().execute("CALL generate_report('CONNECTION_TEST')").fetchall()  # type: ignore[union-attr]  # a cursor, not None
    assert json.loads(answer)["status"] == "QUEUED"
    bells.choose(connection, ObjectNames())


def test_operators_are_told_once_of_each_failed_job_and_late_report(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    def told() -> dict[str, Any]:
        with connection.cursor() as cursor:
            ((answer,),) = cursor.execute("CALL notify_operators()").fetchall()  # type: ignore[union-attr]  # a cursor, not None
            found: dict[str, Any] = json.loads(answer)
            return found

    run = connection.cursor().execute
    with pytest.raises(ProgrammingError, match="set REPORTING_OPERATORS_INTEGRATION"):
        told()
    run("CREATE NOTIFICATION INTEGRATION mail TYPE = EMAIL ENABLED = TRUE DEFAULT_RECIPIENTS = ('oncall@example.com')")
    bells.choose(connection, ObjectNames(operators_integration="MAIL"))
    late = {job["job_id"] for job in told()["jobs"]}  # nobody asked for what a new installation expects
    run(
        "INSERT INTO job_intake (request_id, kind, job_id, report_type, payload_version, enqueued_at) "
        "SELECT 'failing', 'RUN', 'failing-job', 'SALES_REPORT', 1, SYSDATE()"
    )
    run(
        "INSERT INTO job_state (request_id, job_id, status, attempt, fence, finished_at) "
        "SELECT 'failing', 'failing-job', 'FAILED', 1, 1, SYSDATE()"
    )
    run(
        'INSERT INTO job_results (request_id, job_id, attempt, diagnosis, remedy, error, "AT") '
        "SELECT 'failing', 'failing-job', 1, 'It ran out of memory.', 'Give it more.', 'MemoryError: rows', SYSDATE()"
    )
    assert told() == {"told": 1, "jobs": [{"kind": "FAILED", "job_id": "failing-job"}]}
    assert told() == {"told": 0, "jobs": []}
    assert "failing-job" not in late
    assert bells.operators(connection) == "MAIL"
    mail = until(lambda: next((text for text in mails(account.data) if "failing-job" in text), None))
    assert "To: oncall@example.com\nSubject: Reports: 1 failed\n" in mail
    assert "cause: It ran out of memory.\n  error: MemoryError: rows\n  what to do: Give it more." in mail


def test_operators_are_told_through_nothing_where_the_integration_is_gone_or_nothing_is_installed(
    account: Account, connection: snowflake.connector.SnowflakeConnection
) -> None:
    connection.cursor().execute("CREATE NOTIFICATION INTEGRATION going TYPE = EMAIL ENABLED = TRUE")
    bells.choose(connection, ObjectNames(operators_integration="GOING"))
    assert bells.operators(connection) == "GOING"
    connection.cursor().execute("DROP INTEGRATION going")
    assert bells.operators(connection) is None
    with account.connect("NOWHERE") as elsewhere:
        assert bells.operators(elsewhere) is None
    bells.choose(connection, ObjectNames())


def mails(data: Path) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in data.glob("mail/*.eml")]
