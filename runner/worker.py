"""The thread that makes the report, from the task spec to the manifest."""

import threading
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING

from contract import connection_test
from contract.manifest import ReportFailure
from contract.outcome import MAX_ERROR_BYTES, ExitCode, cut
from contract.task_spec import TaskSpec
from runner.clock import monotonic_s, utc_now
from runner.ecs_metadata import task_arn
from runner.ending import DeadlineSet, Ending, Finished, Message
from runner.failures import RunFailedError
from runner.log import Log
from runner.memory import collect_from_here
from runner.record import RunRecord
from runner.report import ReportRun
from runner.settings import read_task_spec, snowflake_arguments
from runner.store import Store, read_object, s3_client
from runner.uploads import Uploads
from runner.usage import usage_so_far

if TYPE_CHECKING:
    from queue import SimpleQueue

    from types_boto3_s3.client import S3Client

    from runner.source import Source


class Worker(threading.Thread):
    """Makes the report and posts how it went; never ends the process by itself."""

    def __init__(
        self, environment: Mapping[str, str], log: Log, mailbox: "SimpleQueue[Message]", ending: Ending
    ) -> None:
        """Take what the run needs; ``start`` begins it."""
        super().__init__(name="report", daemon=True)
        self._environment = environment
        self._log = log
        self._mailbox = mailbox
        self._ending = ending
        self._started_at = utc_now()
        self._started_s = monotonic_s()
        self._claimed = False
        self._has_ending = False
        self.record: RunRecord | None = None
        self.store: Store | None = None
        self.uploads: Uploads | None = None
        self.source: Source | None = None

    def run(self) -> None:
        """Make the report; whatever happens, post one :class:`Finished`."""
        try:
            exit_code = self._report()
        except RunFailedError as error:
            # What a writer stumbled over may be a bug of ours.
            is_a_bug = error.exit_code is ExitCode.REPORT_ERROR and error.__cause__ is not None
            exit_code = self._fail(error.exit_code, error.failure, **({"traceback": _trace()} if is_a_bug else {}))
        except Exception as error:  # noqa: BLE001 - the thread's edge: a bug ends as exit code 10, with its traceback
            message = cut(" ".join(str(error).split()), MAX_ERROR_BYTES)
            failure = ReportFailure(kind=type(error).__name__, message=message)
            exit_code = self._fail(ExitCode.REPORT_ERROR, failure, traceback=_trace())
        self._mailbox.put(Finished(exit_code))
        self._sign_out()

    def _report(self) -> ExitCode:
        client = s3_client()
        spec = read_task_spec(self._environment, lambda bucket, key: read_object(client, bucket, key))
        self._log.bind(job_id=spec.job_id, attempt=spec.attempt, trace_id=spec.trace_id)
        self._mailbox.put(DeadlineSet(self._started_s + spec.definition.timeout_s))
        self.record = RunRecord(spec, task_arn(self._environment), self._started_at)
        self.store = Store(client, spec.bucket, spec.prefix)
        report = ReportRun(self.record, self.store, self._log, monotonic_s)
        if spec.report_type == connection_test.REPORT_TYPE:
            self._test_connections(report, client)
        else:
            self._make(report, spec)
        if not self._claim_ending():
            return ExitCode.STOPPED
        manifest = self.record.manifest(ExitCode.DONE, utc_now(), usage_so_far())
        self.store.put_manifest(manifest)
        self._log.info(
            "report_finished",
            f"{len(manifest.files)} files, {manifest.rows} rows, {manifest.bytes} bytes in {manifest.seconds} s",
            files=len(manifest.files),
            rows=manifest.rows,
            bytes=manifest.bytes,
            seconds=manifest.seconds,
            cpu_seconds=manifest.cpu_seconds,
            peak_memory_mb=manifest.peak_memory_mb,
            moment=manifest.moment,
        )
        return ExitCode.DONE

    def _make(self, report: ReportRun, spec: TaskSpec) -> None:
        report.claim()
        self.uploads = report.uploads
        self._claimed = True
        arguments = snowflake_arguments(self._environment)

        from runner.source import Source  # noqa: PLC0415 - a second of imports that the start marker need not wait for

        self.source = Source.connect(arguments, spec)
        self._log.info("signed_in", "signed in to Snowflake", since_start_s=round(monotonic_s() - self._started_s, 3))
        collect_from_here()
        report.make(self.source)

    def _test_connections(self, report: ReportRun, client: "S3Client") -> None:
        try:
            report.claim()
            self._claimed = True
        except RunFailedError as error:
            # Whether S3 works is one of the questions; only an attempt that another task holds is none of ours.
            if error.exit_code is ExitCode.ALREADY_WORKED_ON:
                raise
            self._log.warning("attempt_not_claimed", error.failure.message)

        from runner.connection_test.run import run  # noqa: PLC0415 - only this kind of report needs it

        collect_from_here()
        if self.record is not None:
            run(self._environment, self.record, client, self._log)

    def _fail(self, exit_code: ExitCode, failure: ReportFailure, **fields: object) -> ExitCode:
        if not self._claim_ending():
            return exit_code
        details = failure.model_dump(exclude={"message"}, exclude_none=True)
        self._log.error("report_failed", failure.message, exit_code=int(exit_code), **details, **fields)
        self._give_up_uploads()
        self.leave_failed_manifest(exit_code, failure)
        return exit_code

    def _give_up_uploads(self) -> None:
        try:
            if self.uploads is not None:
                self.uploads.give_up()
        except Exception as error:  # noqa: BLE001 - S3 may be what failed; why there is no report is still to be told
            self._log.warning("clean_up_failed", str(error))

    def _claim_ending(self) -> bool:
        # Once claimed for a manifest that S3 then refused, it is still the worker's to say so.
        self._has_ending = self._has_ending or self._ending.claim()
        return self._has_ending

    def leave_failed_manifest(self, exit_code: ExitCode, failure: ReportFailure) -> None:
        """Write why there is no report, if this task holds the attempt and S3 takes it."""
        if self.record is None or self.store is None or not self._claimed:
            return
        try:
            self.store.put_manifest(self.record.manifest(exit_code, utc_now(), usage_so_far(), failure))
        except RunFailedError as error:
            self._log.warning("manifest_not_written", error.failure.message)

    def _sign_out(self) -> None:
        if self.source is None:
            return
        try:
            self.source.close()
        except Exception as error:  # noqa: BLE001 - the report is made; a session that does not close ends by itself
            self._log.warning("sign_out_failed", str(error))


def _trace() -> str:
    return traceback.format_exc()
