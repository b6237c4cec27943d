"""The manifest that a run would leave at any moment, and the log."""

import io
import json
import logging
from datetime import UTC, datetime, timedelta

from contract.manifest import QueryRun, ReportFailure, ReportFile
from contract.outcome import ExitCode
from contract.report import ReportFormat
from contract.task_spec import TaskSpec
from runner.log import LibraryMessages, Log
from runner.record import RunRecord
from runner.usage import Usage, usage_so_far

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
USAGE = Usage(cpu_seconds=1.5, peak_memory_mb=120.0)


def record() -> RunRecord:
    spec = TaskSpec.model_validate(
        {
            "installation": "local",
            "job_id": "j1",
            "attempt": 1,
            "report_type": "SALES_REPORT",
            "report_version": 1,
            "business_date": None,
            "params": {},
            "definition": {"title": "t", "queries": [{"name": "q", "sql": "SELECT 1"}]},
            "bucket": "files",
            "prefix": "p/",
            "trace_id": "t1",
            "requested_by": "ANALYST",
        }
    )
    done = RunRecord(spec, "arn:task", START)
    done.queries.append(QueryRun(name="q", query_id="01", rows=3, seconds=0.2))
    done.files.append(
        ReportFile(
            name="q.csv",
            uri="s3://files/p/q.csv",
            format=ReportFormat.CSV,
            query="q",
            bytes=9,
            rows=3,
            sha256="00",
            content_type="text/csv",
        )
    )
    return done


def test_a_success_names_its_files_and_its_time() -> None:
    manifest = record().manifest(ExitCode.DONE, START + timedelta(seconds=2.5), USAGE)
    assert (manifest.status, manifest.exit_code, manifest.seconds) == ("succeeded", 0, 2.5)
    assert [file.name for file in manifest.files] == ["q.csv"]
    assert (manifest.rows, manifest.bytes) == (3, 9)
    assert (manifest.cpu_seconds, manifest.peak_memory_mb) == (1.5, 120.0)


def test_a_failure_names_no_files_but_the_queries_that_ran() -> None:
    failure = ReportFailure(kind="DEADLINE", message="too slow")
    manifest = record().manifest(ExitCode.DEADLINE, START, USAGE, failure)
    assert (manifest.status, manifest.exit_code, manifest.files) == ("failed", 15, ())
    assert [run.name for run in manifest.queries] == ["q"]
    assert manifest.failure == failure


def test_usage_is_that_of_a_living_process() -> None:
    usage = usage_so_far()
    assert 5 < usage.peak_memory_mb < 64_000
    assert usage.cpu_seconds > 0


def test_a_log_line_carries_what_was_bound() -> None:
    out = io.StringIO()
    lines = Log(out, lambda: START)
    lines.bind(job_id="j1", attempt=2)
    lines.info("query_started", "query q is sent\nnow", query="q")
    [line] = out.getvalue().splitlines()
    assert json.loads(line) == {
        "ts": "2026-11-22T06:00:00+00:00",
        "level": "info",
        "action": "query_started",
        "message": "query q is sent\nnow",
        "job_id": "j1",
        "attempt": 2,
        "query": "q",
    }


def test_warnings_of_libraries_take_the_same_form_and_their_chatter_none() -> None:
    out = io.StringIO()
    logger = logging.Logger("some.driver")  # noqa: LOG001 - one of its own leaves the process as it was
    logger.addHandler(LibraryMessages(Log(out, lambda: START)))
    logger.info("wire detail")
    logger.warning("retrying %s", 3)
    [line] = out.getvalue().splitlines()
    written = json.loads(line)
    assert (written["action"], written["level"], written["message"], written["logger"]) == (
        "library_message",
        "warning",
        "retrying 3",
        "some.driver",
    )


def test_a_module_of_ours_without_a_log_says_its_own_action() -> None:
    out = io.StringIO()
    logger = logging.Logger("runner.writers.some")  # noqa: LOG001 - as above
    logger.addHandler(LibraryMessages(Log(out, lambda: START)))
    logger.warning("odd", extra={"action": "something_odd"})
    assert json.loads(out.getvalue())["action"] == "something_odd"


def test_versions_are_those_of_what_makes_files() -> None:
    versions = record().manifest(ExitCode.DONE, START, USAGE).versions
    assert {"python", "pyarrow", "XlsxWriter", "babel", "Jinja2", "vl-convert-python", "typst"} <= set(versions)
    assert "altair" not in versions
