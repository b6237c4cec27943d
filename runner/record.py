"""What has happened in a run so far; at any moment it can say the manifest."""

import importlib.metadata
import platform
from dataclasses import dataclass, field
from datetime import datetime

from contract.manifest import Manifest, QueryRun, ReportFailure, ReportFile
from contract.outcome import ExitCode
from contract.task_spec import TaskSpec
from runner.usage import Usage

_PACKAGES = (
    "reporting", "snowflake-connector-python", "pyarrow", "boto3",
    "XlsxWriter", "babel", "Jinja2", "vl-convert-python", "typst",
)  # fmt: skip


@dataclass(slots=True)
class RunRecord:
    """The growing record of one attempt, written by the worker and read by whoever ends the run."""

    spec: TaskSpec
    task_arn: str
    started_at: datetime
    queries: list[QueryRun] = field(default_factory=list)
    files: list[ReportFile] = field(default_factory=list)
    current_query: str | None = None
    moment: datetime | None = None

    def manifest(
        self, exit_code: ExitCode, finished_at: datetime, usage: Usage, failure: ReportFailure | None = None
    ) -> Manifest:
        """The manifest, if the run ended now; files are named only by one that succeeded."""
        return Manifest(
            status="succeeded" if exit_code is ExitCode.DONE else "failed",
            exit_code=exit_code,
            job_id=self.spec.job_id,
            attempt=self.spec.attempt,
            report_type=self.spec.report_type,
            report_version=self.spec.report_version,
            trace_id=self.spec.trace_id,
            task_arn=self.task_arn,
            started_at=self.started_at,
            finished_at=finished_at,
            files=tuple(self.files) if exit_code is ExitCode.DONE else (),
            queries=tuple(self.queries),
            failure=failure,
            moment=self.moment,
            seconds=round((finished_at - self.started_at).total_seconds(), 3),
            cpu_seconds=usage.cpu_seconds,
            peak_memory_mb=usage.peak_memory_mb,
            versions=_versions(),
        )


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            # An image may carry our modules without the metadata of a package around them.
            continue
    return versions
