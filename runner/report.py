"""The way through a report: start marker, then query by query into all its files at once, and into the bucket."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from contract.manifest import QueryRun, StartMarker
from contract.moment import says_moment
from contract.outcome import ExitCode
from contract.report import Query, ReportFormat
from contract.task_spec import TaskSpec
from runner.failures import RunFailedError
from runner.log import Log
from runner.progress import Progress
from runner.progress_file import ProgressFile
from runner.record import RunRecord
from runner.store import Store
from runner.uploads import Uploads

if TYPE_CHECKING:
    from runner.arrow import RecordBatch
    from runner.source import Source
    from runner.writers.format import ReportWriter

    Writers = dict[ReportFormat, ReportWriter]

_OF_THE_ROWS = (ValueError, TypeError, ArithmeticError, LookupError)
"""Errors of a writer that the same rows would meet again."""


def shown_name(spec: TaskSpec, made_at: datetime, file_name: str) -> str:
    """The name under which a person saves a file, for example ``sales_report_2026-11-21_monthly.csv``.

    Args:
        spec: the job's; one without a business date is known by the day on which it was made, in the report's zone,
            and by its id.
        made_at: with its zone.
        file_name: as it lies in the bucket.
    """
    name = spec.report_type.lower()
    if spec.business_date:
        return f"{name}_{spec.business_date.isoformat()}_{file_name}"
    day = made_at.astimezone(ZoneInfo(spec.definition.time_zone)).date().isoformat()
    # A job id that we gave begins with the type and the day it was asked for; neither need stand there twice.
    own = re.sub(r"[^A-Za-z0-9_-]", "_", spec.job_id).removeprefix(f"{spec.report_type}_")
    if re.match(r"\d{4}-\d\d-\d\d_", own):
        return f"{name}_{own}_{file_name}"
    return f"{name}_{day}_{own}_{file_name}"


class ReportRun:
    """One attempt at one report."""

    def __init__(self, record: RunRecord, store: Store, log: Log, clock_s: Callable[[], float]) -> None:
        """Keep what the steps share; ``clock_s`` is monotonic."""
        self._record = record
        self._store = store
        self._log = log
        self._clock_s = clock_s
        self.uploads = Uploads(store, lambda name: shown_name(record.spec, record.started_at, name))
        self._progress = Progress(log, lambda: self.uploads.bytes)
        self._progress_file = ProgressFile(self._progress, store.put_progress, log)

    def claim(self) -> None:
        """Say that this task works on the attempt.

        Raises:
            RunFailedError: another one does (16), or S3 cannot be written (14).
        """
        self._store.claim(StartMarker(task_arn=self._record.task_arn, started_at=self._record.started_at))
        self._log.info("attempt_claimed", "this task works on the attempt", task_arn=self._record.task_arn)

    def make(self, source: "Source") -> None:
        """Run every query, its rows into all files at once, and publish them when they are whole.

        Raises:
            RunFailedError: whatever ended it.
        """
        definition = self._record.spec.definition
        with self._progress, self._progress_file:
            writers = self._writers()
            if definition.one_moment and any(says_moment(query.sql) for query in definition.queries):
                self._record.moment = source.moment()
                self._log.info("moment_taken", "all queries see this moment", moment=self._record.moment.isoformat())
            for query in definition.queries:
                self._record.current_query = query.name
                self._write(source, query, writers)
            self._record.current_query = None
            self._progress.enter("composing")
            for report_format, writer in writers.items():
                with _said(report_format, None):
                    writer.finish()
            self._publish()

    def _writers(self) -> "Writers":
        from runner.writers.format import Report  # noqa: PLC0415 - loads Arrow, which the marker need not wait for
        from runner.writers.table import writer_of  # noqa: PLC0415 - as above

        spec = self._record.spec
        report = Report(
            spec.report_type, spec.definition, spec.params, spec.business_date, self._record.started_at, spec.job_id
        )
        types = {report_format: writer_of(report_format) for report_format in spec.definition.formats}
        writers: Writers = {}
        for report_format, writer in types.items():
            with _said(report_format, None):
                writers[report_format] = writer(self.uploads, report)
        return writers

    def _write(self, source: "Source", query: Query, writers: "Writers") -> None:
        from runner.source import as_asked, bound_values  # noqa: PLC0415 - loads the connector, which the marker need not wait for
        from runner.writers.format import Result  # noqa: PLC0415 - as above

        begun_s = self._clock_s()
        self._progress.enter("querying", query.name)
        asked = as_asked(query, self._record.moment, source.moment)
        values = bound_values(asked, self._record.spec.params)
        self._log.info("query_started", f"query {query.name} is sent", query=query.name)
        answer = source.run(asked, values)
        self._log.info("query_answered", f"query {query.name} answers", query=query.name, query_id=answer.query_id)
        self._progress.enter("writing", query.name)
        result = Result(query, answer.columns)
        for report_format, writer in writers.items():
            with _said(report_format, query.name):
                writer.begin(result)
        rows = self._write_rows(query, answer.batches, writers)
        for report_format, writer in writers.items():
            with _said(report_format, query.name):
                writer.end()
        seconds = round(self._clock_s() - begun_s, 3)
        run = QueryRun(name=query.name, query_id=answer.query_id, rows=rows, seconds=seconds)
        self._record.queries.append(run)
        self._log.info("query_finished", f"{rows} rows in {seconds} s", query=query.name, rows=rows, seconds=seconds)

    def _write_rows(self, query: Query, batches: "Iterator[RecordBatch]", writers: "Writers") -> int:
        rows = 0
        for batch in batches:
            for report_format, writer in writers.items():
                with _said(report_format, query.name):
                    writer.write(batch)
            rows += batch.num_rows
            self._progress.count(rows)
        return rows

    def _publish(self) -> None:
        self._progress.enter("publishing")
        for file in self.uploads.publish():
            self._record.files.append(file)
            self._log.info("file_uploaded", f"{file.name} is in S3", uri=file.uri, bytes=file.bytes, rows=file.rows)


@contextmanager
def _said(report_format: ReportFormat, query: str | None) -> Iterator[None]:
    """Give what goes wrong in a writer the name of its format and query."""
    try:
        yield
    except RunFailedError:
        raise
    except Exception as error:
        where = f"query {query}" if query else "the report"
        raise RunFailedError(
            ExitCode.REPORT_ERROR,
            f"cannot write {where} as {report_format}: {error}",
            kind=type(error).__name__,
            query=query,
            # A full disk or memory may not be full the next time.
            retry_helps=False if isinstance(error, _OF_THE_ROWS) else None,
        ) from error
