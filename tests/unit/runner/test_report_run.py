"""A report's way from rows to files, with a source and a bucket that live in memory."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contract.outcome import ExitCode
from contract.report import ReportFormat
from contract.task_spec import TaskSpec
from runner import report
from runner.arrow import pa
from runner.failures import RunFailedError
from runner.log import Log
from runner.progress import Progress
from runner.record import RunRecord
from runner.report import ReportRun
from runner.source import Rows
from runner.store import Store
from runner.upload import PART_BYTES, part_bytes
from runner.writers import table
from runner.writers.format import Column

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
UNTIL = Column("until", type=pa.timestamp("ns"), kind="TIMESTAMP_NTZ")


class Bucket:
    """Takes small objects."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put_object(self, **parameters: Any) -> None:
        self.objects[parameters["Key"]] = parameters["Body"]


class Source:
    """Answers every query with the same rows."""

    def __init__(self, columns: tuple[Column, ...], batches: list[Any]) -> None:
        self._rows = (columns, batches)

    def moment(self) -> datetime:
        return datetime(2026, 11, 22, 6, tzinfo=UTC)

    def run(self, *_: object) -> Rows:
        columns, batches = self._rows
        return Rows("01-id", columns, iter(batches))


def specified(**definition: Any) -> TaskSpec:
    return TaskSpec.model_validate(
        {
            "installation": "local", "job_id": "j1", "attempt": 1, "report_type": "ANY", "report_version": 1,
            "business_date": "2026-11-21", "params": {}, "bucket": "files", "prefix": "p/", "trace_id": "t",
            "requested_by": "ANALYST",
            "definition": {"title": "t", "queries": [{"name": "q", "sql": "SELECT 1"}], **definition},
        }
    )  # fmt: skip


def run(source: Any, **definition: Any) -> tuple[ReportRun, Bucket, RunRecord, io.StringIO]:
    bucket: Any = Bucket()
    record, log = RunRecord(specified(**definition), "arn:task", NOW), io.StringIO()
    made = ReportRun(record, Store(bucket, "files", "p/"), Log(log, lambda: NOW), lambda: 0.0)
    made.make(source)
    return made, bucket, record, log


def timestamps(year: int, unit: str) -> Any:
    return pa.RecordBatch.from_pydict({"UNTIL": pa.array([datetime(year, 12, 31)], pa.timestamp(unit))})  # noqa: DTZ001 - a value without zone is the case


def test_all_formats_get_the_rows_of_one_pass() -> None:
    source = Source((Column("id", type=pa.int64()),), [pa.RecordBatch.from_pydict({"ID": [1, 2]})])
    made, bucket, record, _ = run(source, formats=["csv", "ndjson", "json", "parquet"])
    names = ["q.csv", "q.ndjson", "q.json", "q.parquet"]
    assert [(file.name, file.rows, file.query) for file in record.files] == [(name, 2, "q") for name in names]
    assert sorted(bucket.objects) == sorted(f"p/{name}" for name in names)
    assert made.uploads.bytes == sum(len(body) for body in bucket.objects.values())
    assert [(query.rows, query.query_id) for query in record.queries] == [(2, "01-id")]


def test_every_stage_is_told_that_may_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    entered: list[tuple[str, str | None]] = []

    class Told(Progress):
        def enter(self, stage: str, query: str | None = None) -> None:
            entered.append((stage, query))

    monkeypatch.setattr(report, "Progress", Told)
    run(Source((Column("id", type=pa.int64()),), []), formats=["csv"])
    assert entered == [("querying", "q"), ("writing", "q"), ("composing", None), ("publishing", None)]


def test_what_a_writer_refuses_ends_the_run_as_10_with_format_query_and_column_and_no_file() -> None:
    source = Source((UNTIL,), [timestamps(2026, "ns"), timestamps(9999, "us")])
    with pytest.raises(RunFailedError, match="cannot write query q as parquet: column until began as") as failed:
        run(source, formats=["csv", "parquet"])
    assert (failed.value.exit_code, failed.value.failure.query) == (ExitCode.REPORT_ERROR, "q")
    assert (failed.value.failure.kind, failed.value.failure.retry_helps) == ("UnfitError", False)


def test_a_writer_that_finds_the_disk_full_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_writer: object, _batch: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(table.writer_of(ReportFormat.CSV), "write", full)
    source = Source((Column("id", type=pa.int64()),), [pa.RecordBatch.from_pydict({"ID": [1]})])
    with pytest.raises(RunFailedError, match="cannot write query q as csv") as failed:
        run(source, formats=["csv"])
    assert (failed.value.failure.kind, failed.value.failure.retry_helps) == ("OSError", None)


def test_a_format_that_the_image_lacks_is_refused_before_any_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(table.WRITERS, ReportFormat.PDF, "runner.writers.of_nobody:PdfWriter")
    source: Any = None
    with pytest.raises(RunFailedError, match=r"cannot write pdf: it has no runner\.writers\.of_nobody") as failed:
        run(source, formats=["csv", "pdf"])
    assert failed.value.exit_code is ExitCode.REPORT_ERROR
    assert failed.value.failure.retry_helps is False


def test_every_format_has_its_place_in_the_table_and_the_data_formats_their_writers() -> None:
    assert set(table.WRITERS) == set(ReportFormat)
    for report_format in (ReportFormat.CSV, ReportFormat.NDJSON, ReportFormat.JSON, ReportFormat.PARQUET):
        assert table.writer_of(report_format).__module__ == f"runner.writers.{report_format}"
    assert table.writer_of(ReportFormat.XLSX).__name__ == "XlsxWriter"


def test_the_log_names_what_was_uploaded_and_where() -> None:
    source = Source((Column("id"),), [])
    _, _, _, log = run(source, formats=["csv"])
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    [uploaded] = [line for line in lines if line["action"] == "file_uploaded"]
    assert (uploaded["uri"], uploaded["bytes"], uploaded["rows"]) == ("s3://files/p/q.csv", 4, 0)


def test_ten_thousand_parts_hold_more_than_any_report_and_none_is_larger_than_memory_allows() -> None:
    sizes = [part_bytes(number) for number in range(1, 10_001)]
    assert sizes == sorted(sizes)
    assert (sizes[0], sizes[499], sizes[500]) == (PART_BYTES, PART_BYTES, 2 * PART_BYTES)
    assert sizes[-1] <= 160 * 2**20
    assert sum(sizes) > 800 * 2**30
