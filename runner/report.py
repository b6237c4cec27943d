"""The way through a report: start marker, then query by query to files and into the bucket."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contract.manifest import QueryRun, ReportFile, StartMarker
from contract.report import Query
from contract.task_spec import TaskSpec
from runner.log import Log
from runner.record import RunRecord
from runner.store import Store

if TYPE_CHECKING:
    from runner.source import Source
    from runner.spool import SpooledFile

PROGRESS_EVERY_S: Final = 5.0


def shown_name(spec: TaskSpec, file_name: str) -> str:
    """The name under which a person saves a file, for example ``sales_report_2026-11-21_monthly.csv``."""
    day = spec.business_date.isoformat() if spec.business_date else re.sub(r"[^A-Za-z0-9_-]", "_", spec.job_id)
    return f"{spec.report_type.lower()}_{day}_{file_name}"


class ReportRun:
    """One attempt at one report."""

    def __init__(self, record: RunRecord, store: Store, log: Log, clock_s: Callable[[], float]) -> None:
        """Keep what the steps share; ``clock_s`` is monotonic."""
        self._record = record
        self._store = store
        self._log = log
        self._clock_s = clock_s

    def claim(self) -> None:
        """Say that this task works on the attempt.

        Raises:
            RunFailedError: another one does (16), or S3 cannot be written (14).
        """
        self._store.claim(StartMarker(task_arn=self._record.task_arn, started_at=self._record.started_at))
        self._log.info("attempt_claimed", "this task works on the attempt", task_arn=self._record.task_arn)

    def make(self, source: "Source", folder: Path) -> None:
        """Run every query and put its files into the bucket.

        Args:
            source: where the queries run.
            folder: where files lie until they are uploaded.

        Raises:
            RunFailedError: whatever ended it.
        """
        for query in self._record.spec.definition.queries:
            self._record.current_query = query.name
            for file in self._write(source, query, folder):
                self._upload(query, file)
        self._record.current_query = None

    def _write(self, source: "Source", query: Query, folder: Path) -> list["SpooledFile"]:
        from runner.source import bound_values  # noqa: PLC0415 - loads the connector, which the marker need not wait for
        from runner.spool import Spool  # noqa: PLC0415 - as above

        spec, begun_s = self._record.spec, self._clock_s()
        self._log.info("query_started", f"query {query.name} is sent", query=query.name)
        rows = source.run(query, bound_values(query, spec.params))
        self._log.info("query_answered", f"query {query.name} answers", query=query.name, query_id=rows.query_id)
        spool = Spool(folder, query.name, spec.definition.formats, rows.columns)
        told_s = self._clock_s()
        for batch in rows.batches:
            spool.write(batch)
            if self._clock_s() - told_s >= PROGRESS_EVERY_S:
                told_s = self._clock_s()
                self._log.info("query_progress", f"{spool.rows} rows so far", query=query.name, rows=spool.rows)
        files, seconds = spool.finish(), round(self._clock_s() - begun_s, 3)
        run = QueryRun(name=query.name, query_id=rows.query_id, rows=spool.rows, seconds=seconds)
        self._record.queries.append(run)
        self._log.info(
            "query_finished", f"{spool.rows} rows in {seconds} s", query=query.name, rows=spool.rows, seconds=seconds
        )
        return files

    def _upload(self, query: Query, file: "SpooledFile") -> None:
        name, spec = file.path.name, self._record.spec
        self._store.put_file(
            name,
            file.path,
            sha256=file.sha256,
            content_type=file.content_type,
            shown_as=shown_name(spec, name),
        )
        file.path.unlink()
        uri = self._store.uri(name)
        self._record.files.append(
            ReportFile(
                name=name,
                uri=uri,
                format=file.format,
                query=query.name,
                bytes=file.size_bytes,
                rows=file.rows,
                sha256=file.sha256.hex(),
                content_type=file.content_type,
            )
        )
        self._log.info("file_uploaded", f"{name} is in S3", uri=uri, bytes=file.size_bytes, rows=file.rows)
