"""The happy way: from a task spec to files and a manifest, through the real clients."""

import base64
import csv
import hashlib
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from contract.manifest import StartMarker
from tests.conformance.runner.s3_gate import S3Gate
from tests.local_stack import BUCKET, LocalStack

VALUES = """
SELECT
    1 AS id,
    CAST(:day AS DATE) AS "Day",
    CAST(12345678901234567890.10 AS NUMBER(38, 2)) AS amount,
    PARSE_JSON('{"a": [1, 2.5]}') AS payload,
    'x, "y"' AS note,
    CAST(NULL AS VARCHAR) AS nothing,
    CAST('2026-11-21 10:11:12.5' AS TIMESTAMP_NTZ) AS at,
    CAST(NULL AS TIMESTAMP_NTZ) AS never,
    TRUE AS flag,
    CAST(:top AS NUMBER(4, 0)) AS top
"""
DEFINITION: dict[str, Any] = {
    "title": "Values of every kind",
    "parameters": {"day": {"type": "string", "format": "date"}, "top": {"type": "integer"}},
    "queries": [
        {"name": "all_kinds", "sql": VALUES},
        # Snowflake takes what follows the semicolon for a second statement.
        {"name": "none", "sql": "SELECT 1 AS id WHERE 1 = 0; -- nothing\n/* end; */"},
    ],
}
EARLIER = Path(__file__).parents[1] / "ports" / "earlier_executor" / "definitions.json"
PARAMS: dict[str, Any] = {"day": "2026-02-28", "top": 7}


def test_every_query_becomes_one_file_per_format_and_the_manifest_names_them(stack: LocalStack) -> None:
    attempt = stack.attempt(DEFINITION, PARAMS)
    report = attempt.run()
    assert report.process.returncode == 0, report.lines[-2:]
    manifest = attempt.manifest()
    files = ["all_kinds.csv", "all_kinds.json", "none.csv", "none.json"]
    assert attempt.names() == sorted([*files, "manifest.json", "started.json"])
    assert (manifest.status, manifest.exit_code, manifest.failure) == ("succeeded", 0, None)
    assert sorted(file.name for file in manifest.files) == files
    assert [(run.name, run.rows, run.query_id is not None) for run in manifest.queries] == [
        ("all_kinds", 1, True),
        ("none", 0, True),
    ]
    assert manifest.trace_id == attempt.spec["trace_id"]
    assert manifest.peak_memory_mb > 10
    assert manifest.cpu_seconds > 0
    assert {"python", "pyarrow", "snowflake-connector-python"} <= set(manifest.versions)


def test_p20_a_report_of_an_earlier_definition_is_made(stack: LocalStack) -> None:
    stored = json.loads(EARLIER.read_text(encoding="utf-8"))["stored"]["EVERYTHING"]
    params: dict[str, Any] = {
        "since": "2026-01-01",
        "until": "2026-01-31",
        "region": "south",
        "top": 7,
        "share": 0.25,
        "closed": True,
    }
    attempt = stack.attempt(stored, params)
    report = attempt.run()
    assert report.process.returncode == 0, report.lines[-2:]
    assert json.loads(attempt.read("one.json")) == [params]


def test_values_arrive_exactly(stack: LocalStack) -> None:
    attempt = stack.attempt(DEFINITION, PARAMS)
    assert attempt.run().process.returncode == 0
    [row] = json.loads(attempt.read("all_kinds.json"), parse_float=Decimal)
    assert row == {
        "id": 1,
        "day": "2026-02-28",
        "amount": Decimal("12345678901234567890.10"),
        "payload": {"a": [1, Decimal("2.5")]},
        "note": 'x, "y"',
        "nothing": None,
        "at": "2026-11-21T10:11:12.5",
        "never": None,
        "flag": True,
        "top": 7,
    }
    text = attempt.read("all_kinds.csv").decode()
    [header, cells] = csv.reader(io.StringIO(text, newline=""))
    assert dict(zip(header, cells, strict=True)) == {
        "id": "1",
        "day": "2026-02-28",
        "amount": "12345678901234567890.10",
        "payload": '{"a":[1,2.5]}',
        "note": 'x, "y"',
        "nothing": "",
        "at": "2026-11-21T10:11:12.5",
        "never": "",
        "flag": "true",
        "top": "7",
    }
    assert attempt.read("none.csv") == b"id\r\n"
    assert json.loads(attempt.read("none.json")) == []


def test_p4_size_and_checksum_of_every_file_are_those_of_the_manifest(stack: LocalStack) -> None:
    attempt = stack.attempt(DEFINITION, PARAMS)
    attempt.run()
    for file in attempt.manifest().files:
        content = attempt.read(file.name)
        key = file.uri.removeprefix(f"s3://{BUCKET}/")
        head = stack.s3.head_object(Bucket=BUCKET, Key=key, ChecksumMode="ENABLED")
        digest = hashlib.sha256(content)
        assert (file.bytes, file.sha256) == (len(content), digest.hexdigest())
        assert head["ChecksumSHA256"] == base64.b64encode(digest.digest()).decode()
        assert head["ContentType"] == file.content_type
        assert head["ContentDisposition"] == f'attachment; filename="sales_report_2026-11-21_{file.name}"'


def test_the_order_may_lie_in_the_bucket(stack: LocalStack) -> None:
    attempt = stack.attempt(DEFINITION, PARAMS)
    key = attempt.spec["prefix"] + "task_spec.json"
    stack.s3.put_object(Bucket=BUCKET, Key=key, Body=json.dumps(attempt.spec).encode())
    report = attempt.run(REPORTING_TASK_SPEC="", REPORTING_TASK_SPEC_URI=f"s3://{BUCKET}/{key}")
    assert report.process.returncode == 0, report.lines[-2:]
    assert attempt.manifest().status == "succeeded"


def test_p21_the_log_is_json_with_job_attempt_and_trace_and_without_the_password(stack: LocalStack) -> None:
    attempt = stack.attempt(DEFINITION, PARAMS)
    report = attempt.run()
    bound = [line for line in report.lines if "job_id" in line]
    assert {"attempt_claimed", "signed_in", "query_finished", "file_uploaded", "report_finished"} <= {
        line["action"] for line in bound
    }
    for line in bound:
        assert {"ts", "level", "action", "message"} <= set(line)
        expected = (attempt.spec["job_id"], 1, attempt.spec["trace_id"])
        assert (line["job_id"], line["attempt"], line["trace_id"]) == expected
    everything = json.dumps(report.lines) + report.stderr + attempt.read("manifest.json").decode()
    assert attempt.environment["SNOWFLAKE_PASSWORD"] not in everything
    assert report.stderr == ""


def test_the_session_says_whose_job_it_runs(stack: LocalStack) -> None:
    attempt = stack.attempt({"title": "Tag", "queries": [{"name": "session", "sql": "SHOW PARAMETERS"}]})
    attempt.run()
    [tag] = [row["value"] for row in json.loads(attempt.read("session.json")) if row["key"] == "QUERY_TAG"]
    spec = attempt.spec
    assert tag == f"reporting:job:{spec['job_id']}:SALES_REPORT:1:{spec['trace_id']}"


def test_a_large_result_is_streamed_in_bounded_memory(stack: LocalStack) -> None:
    rows = 300_000
    sql = f"SELECT SEQ4() AS id, 'row ' || SEQ4() AS note FROM TABLE(GENERATOR(ROWCOUNT => {rows}))"
    attempt = stack.attempt({"title": "Many rows", "queries": [{"name": "many", "sql": sql}]})
    assert attempt.run().process.returncode == 0
    manifest = attempt.manifest()
    assert (manifest.rows, [file.rows for file in manifest.files]) == (rows, [rows, rows])
    assert attempt.read("many.csv").count(b"\r\n") == rows + 1
    assert len(json.loads(attempt.read("many.json"))) == rows
    assert manifest.peak_memory_mb < 400


def test_a_start_marker_whose_answer_was_lost_is_known_as_ones_own(stack: LocalStack, s3_gate: S3Gate) -> None:
    s3_gate.lose_answer_to = "started.json"
    attempt = stack.attempt(DEFINITION, PARAMS)
    report = attempt.run(AWS_ENDPOINT_URL=s3_gate.endpoint)
    assert report.process.returncode == 0, report.lines[-2:]
    assert s3_gate.has_lost_the_answer()
    marker = StartMarker.model_validate_json(attempt.read("started.json"))
    assert marker.started_at <= datetime.now(UTC)  # noqa: TID251 - the marker is dated by the machine's clock


def test_a_task_that_comes_back_to_its_own_attempt_goes_on(stack: LocalStack, task_metadata: str) -> None:
    attempt = stack.attempt(DEFINITION, PARAMS)
    for _ in range(2):
        report = attempt.run(ECS_CONTAINER_METADATA_URI_V4=task_metadata)
        assert report.process.returncode == 0, report.lines[-2:]
    assert attempt.manifest().task_arn == "arn:aws:ecs:us-east-1:123456789012:task/reporting/0123"


def test_a_connection_may_come_from_snowflakes_own_file(stack: LocalStack, tmp_path: Path) -> None:
    attempt = stack.attempt(DEFINITION, PARAMS)
    own = {name: value for name, value in stack.environment.items() if name.startswith("SNOWFLAKE_")}
    lines = [f'{name.removeprefix("SNOWFLAKE_").lower()} = "{value}"' for name, value in own.items()]
    lines = [line.replace('"', "") if line.startswith("port ") else line for line in lines]
    file = tmp_path / "connections.toml"
    file.write_text("[reports]\n" + "\n".join(lines))
    file.chmod(0o600)
    report = attempt.run(
        **dict.fromkeys(own, ""), SNOWFLAKE_HOME=str(tmp_path), SNOWFLAKE_DEFAULT_CONNECTION_NAME="reports"
    )
    assert report.process.returncode == 0, report.lines[-2:]


def test_a_log_that_nobody_reads_does_not_change_how_a_run_ends(stack: LocalStack) -> None:
    attempt = stack.attempt({"title": "One", "queries": [{"name": "one", "sql": "SELECT 1 AS id"}]})
    command = [sys.executable, "-m", "runner"]
    process = subprocess.Popen(command, env=attempt.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    process.stdout.close()
    assert process.wait(60) == 0
    assert attempt.manifest().status == "succeeded"
