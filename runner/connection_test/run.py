"""The connection test as a run: its files below the job's prefix, its lines on the log, its verdict."""

import base64
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from contract.connection_test import JSON_NAME, TEXT_NAME, ConnectionReport, StepResult, StepStatus
from contract.manifest import ReportFile
from contract.outcome import ExitCode
from runner.clock import utc_now
from runner.connection_test.course import STEPS, walk
from runner.connection_test.page import page
from runner.connection_test.step import BrokenError, Trip
from runner.connection_test.storage import Write, asked
from runner.failures import RunFailedError
from runner.log import Log
from runner.record import RunRecord

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

KIND = "CONNECTION_BROKEN"
_LEVELS = {StepStatus.BROKEN: "error", StepStatus.WARNING: "warning"}


def run(environment: Mapping[str, str], record: RunRecord, client: "S3Client", log: Log) -> None:
    """Test everything that a report needs to reach.

    Args:
        environment: the container's.
        record: of the run; the files are added to it.
        client: of S3.
        log: gets a line per step, which is all that is left when S3 is what is broken.

    Raises:
        RunFailedError: a step is broken; the first one, with its exit code and what to do.
    """
    trip = Trip(environment, record.spec, client, utc_now)
    steps = []
    try:
        for result in walk(trip):
            steps.append(result)
            _tell(log, result)
    finally:
        if trip.source is not None:
            trip.source.close()
    report = _report(record, steps)
    if all(step.status is StepStatus.OK for step in steps if step.name.startswith("s3_")):
        _keep(client, record, report)
    _end(steps)


def _tell(log: Log, result: StepResult) -> None:
    write = getattr(log, _LEVELS.get(result.status, "info"))
    write(
        "connection_test_step",
        f"{result.name}: {result.status}: {result.detail}",
        step=result.name,
        status=str(result.status),
        seconds=result.seconds,
        remedy=result.remedy,
    )


def _report(record: RunRecord, steps: list[StepResult]) -> ConnectionReport:
    broken = next((step.name for step in steps if step.status is StepStatus.BROKEN), None)
    return ConnectionReport(
        status=StepStatus.OK if broken is None else StepStatus.BROKEN,
        first_broken=broken,
        job_id=record.spec.job_id,
        task_arn=record.task_arn,
        started_at=record.started_at,
        seconds=round((utc_now() - record.started_at).total_seconds(), 3),
        steps=tuple(steps),
    )


def _keep(client: "S3Client", record: RunRecord, report: ConnectionReport) -> None:
    for name, body, content_type in (
        (TEXT_NAME, page(report), "text/plain; charset=utf-8"),
        (JSON_NAME, report.model_dump_json(indent=1), "application/json"),
    ):
        try:
            record.files.append(_put(client, record, name, body.encode(), content_type))
        except BrokenError as error:
            _end(list(report.steps))  # what was broken before is the news
            raise RunFailedError(
                ExitCode.S3_UNWRITABLE,
                f"S3 took the test's first bytes, but not {name}: {error.detail}",
                kind=KIND,
                remedy=error.remedy or Write.remedy,
            ) from error


def _put(client: "S3Client", record: RunRecord, name: str, body: bytes, content_type: str) -> ReportFile:
    spec, digest = record.spec, hashlib.sha256(body)
    asked(
        lambda: client.put_object(
            Bucket=spec.bucket,
            Key=spec.prefix + name,
            Body=body,
            ContentType=content_type,
            ContentDisposition=f'attachment; filename="{name}"',
            ChecksumSHA256=base64.b64encode(digest.digest()).decode(),
        )
    )
    return ReportFile(
        name=name,
        uri=f"s3://{spec.bucket}/{spec.prefix}{name}",
        format=name.rsplit(".", 1)[-1],
        bytes=len(body),
        rows=len(STEPS),
        sha256=digest.hexdigest(),
        content_type=content_type,
    )


def _end(steps: list[StepResult]) -> None:
    codes: dict[str, ExitCode] = {step.name: step.exit_code for step in STEPS}
    for step in steps:
        if step.status is StepStatus.BROKEN:
            raise RunFailedError(
                codes[step.name],
                f"step {step.name}: {step.detail}",
                kind=KIND,
                remedy=step.remedy,
                # The answer is known; whoever mended something asks again.
                retry_helps=False,
            )
