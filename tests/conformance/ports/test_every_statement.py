"""Every statement of ``sql/queries`` and every view runs on the local Snowflake, as far as it goes without jobs.

What the statements do with jobs is for the other tests; this one misses none. A new statement whose binds have no
sample here fails.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from contract.binding import binds, bound
from executor.deploy import templates
from tests.conformance.ports.stores import SnowflakeQueue
from tests.house import tree

PLACE = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH", "paramstyle": "qmark"}
RAISED = 100357
SAMPLES: dict[str, Any] = {
    "breaker": '{"phase": "closed"}',
    "claim_id": "a-claim",
    "claimed_rank": 1,
    "days": 7,
    "dedupe_key": "a-key",
    "dedupe_keys": '["a-key"]',
    "definition": '{"title": "t"}',
    "digest": "d" * 64,
    "doorbell": None,
    "dropped": False,
    "duplicate_rank": 9,
    "ended_rank": 5,
    "expires_s": 60,
    "holder": "an-executor",
    "job_id": "a-job",
    "job_ids": '["a-job"]',
    "keep_days": 30,
    "keys": '[{"report_type": "SALES_REPORT", "version": 1}]',
    "kind": "CANCEL",
    "max_queue_age_s": 3600,
    "most": 10,
    "operators": None,
    "operators_by_mail": False,
    "options": "{}",
    "params": "{}",
    "payload_version": 1,
    "per_requester": None,
    "per_type": None,
    "queries": '[{"sql": "SELECT 1 AS n", "values": []}]',
    "report_type": "SALES_REPORT",
    "months": 3,
    "request_id": "a-request",
    "request_ids": '["a-request"]',
    "role": "REPORT_OPERATOR",
    "rows": "[]",
    "since": "2026-01-01 00:00:00",
    "slots": 1,
    "source": "somebody",
    "status": "QUEUED",
    "time_zone": "Europe/Berlin",
    "told": "[]",
    "trace_id": "a-trace",
    "until": "2026-01-02 00:00:00.5",
    "version": 1,
}
TEMPLATES = {
    "database": "ANALYTICS_PLATFORM",
    "deployer": "ACCOUNTADMIN",
    "integration": "A_BELL",
    "kind": "VIEW",
    "lock": "deployment_lock",
    "name": "nothing",
    "procedure": "ANALYTICS_PLATFORM.REPORTING.GENERATE_REPORT(VARCHAR, OBJECT, OBJECT)",
    "role": "REPORT_OPERATOR",
    "role_arn": "arn:aws:iam::123456789012:role/rings",
    "schema": "REPORTING",
    "task": "daily_reports_task",
    "user": "ROOT",
    "topic_arn": "arn:aws:sns:us-east-1:123456789012:bells",
    "warehouse": "REPORTS_WH",
}
# Their table is there only while somebody deploys; the others of the lock make it and take it away. They run in
# tests/conformance/deploy/test_upgrade.py.
WHILE_DEPLOYING = {"deployment_lock", "set_aside_deployment_lock"}
# They take away what the other tests stand on, and run in tests/conformance/deploy/test_removal.py and
# tests/acceptance/deployment/test_there_and_back.py.
WHILE_REMOVING = {"drop_integration", "drop_schema", "drop_user"}
# They need S3 beside Snowflake, and run where both are: tests/acceptance/system/test_reports_defined_in_sql.py.
WITH_S3 = {"create_storage_integration", "create_links_stage", "link", "so_far"}
# It needs a topic, and runs where there is one: tests/acceptance/system/test_doorbell.py.
WITH_SNS = {"send_notification"}
# It needs a file on a stage, and a folder: tests/field/test_f_snowflake.py.
WITH_FILES = {"fetch_staged"}
# There is no such job.
REFUSED = {"call_cancel_report", "call_retry_report", "call_report_url"}
VIEWS = sorted(set(re.findall(r"(?m)^view (\w+):", tree.text(Path("tests/house/signatures.txt")))))
STATEMENTS = sorted(path.stem for path in tree.files(".sql", ("sql/queries",)))


@pytest.fixture
def cursor(snowflake_arguments: dict[str, Any], snowflake_queue: SnowflakeQueue) -> Iterator[Any]:
    snowflake_queue.empty()
    with snowflake.connector.connect(**snowflake_arguments | PLACE) as connection:
        yield connection.cursor()
    snowflake_queue.empty()


def run(cursor: Any, name: str, other_session: str) -> None:
    text = templates.query(name, **TEMPLATES)
    (fence,) = cursor.execute("SELECT fence FROM job_state WHERE request_id = '__leader__'").fetchone()
    samples = {"fence": fence, "session_id": other_session, **SAMPLES}
    cursor.execute(*bound(text, {each: samples[each] for each in binds(text)})).fetchall()


def test_every_statement_runs(cursor: Any, snowflake_queue: SnowflakeQueue) -> None:
    (other,) = snowflake_queue.sql("SELECT CURRENT_SESSION() AS id")
    assert set(STATEMENTS) > WITH_S3
    for name in sorted(set(STATEMENTS) - WITH_S3 - WITH_SNS - WITH_FILES - WHILE_DEPLOYING - WHILE_REMOVING):
        cursor.execute("BEGIN")
        refused = None
        try:
            run(cursor, name, other["id"])
        except ProgrammingError as error:
            refused = error.errno
        finally:
            cursor.execute("ROLLBACK")
        assert refused == (RAISED if name in REFUSED else None), name
    cursor.execute("DROP INTEGRATION A_BELL")
    cursor.execute(templates.query("drop_deployment_lock", **TEMPLATES))


def test_every_view_is_read_whole(cursor: Any) -> None:
    for view in VIEWS:
        cursor.execute(f"SELECT * FROM {view}").fetchall()


def test_show_and_describe_tell_what_each_procedure_does_and_takes(cursor: Any) -> None:
    signatures = tree.text(Path("tests/house/signatures.txt"))
    shown = cursor.execute("SHOW PROCEDURES IN SCHEMA").fetchall()
    names = [column.name for column in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in shown]
    assert {row["name"].lower() for row in rows} == set(re.findall(r"(?m)^procedure (\w+)", signatures))
    assert [row["name"] for row in rows if not row["description"].endswith(".")] == []
    for row in rows:
        signature = row["arguments"].split(" RETURN ")[0].replace("DEFAULT ", "").replace("[", "").replace("]", "")
        assert cursor.execute(f"DESCRIBE PROCEDURE {signature}").fetchall()


def test_a_status_has_the_columns_of_the_view_and_its_progress(cursor: Any) -> None:
    (asked,) = cursor.execute("CALL generate_report('SALES_REPORT')").fetchone()
    job_id = json.loads(asked)["job_id"]
    columns = re.findall(r"(?m)^view jobs: (\w+)", tree.text(Path("tests/house/signatures.txt")))
    for call, more in ((f"report_status('{job_id}')", set()), (f"wait_for_report('{job_id}', 0)", {"timed_out"})):
        (answer,) = cursor.execute(f"CALL {call}").fetchone()
        assert set(json.loads(answer)) == {*columns, "progress", *more}
