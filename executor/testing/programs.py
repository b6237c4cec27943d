"""What fake containers run: they read their task spec as the real one does, and leave a manifest."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contract.manifest import Manifest, ReportFailure
from contract.outcome import ExitCode
from contract.task_spec import SPEC_ENV, SPEC_URI_ENV, TaskSpec
from executor.testing.memory_artifacts import MemoryArtifacts


def spec_of(request: Mapping[str, Any], artifacts: MemoryArtifacts) -> TaskSpec:
    """The task spec of a RunTask request, from its environment or from the bucket."""
    pairs = request["overrides"]["containerOverrides"][0]["environment"]
    environment = {pair["name"]: pair["value"] for pair in pairs}
    if SPEC_ENV in environment:
        return TaskSpec.model_validate_json(environment[SPEC_ENV])
    key = environment[SPEC_URI_ENV].removeprefix(f"s3://{artifacts.bucket}/")
    return TaskSpec.model_validate_json(artifacts.objects[key])


def result_uri(spec: TaskSpec) -> str:
    """Where an attempt leaves its files."""
    return f"s3://{spec.bucket}/{spec.prefix}"


def manifest_of(spec: TaskSpec, task_arn: str, at: datetime, failure: ReportFailure | None = None) -> Manifest:
    """The manifest of an attempt that took a second, done or failed by the report's own fault."""
    return Manifest(
        status="failed" if failure else "succeeded",
        exit_code=ExitCode.REPORT_ERROR if failure else ExitCode.DONE,
        job_id=spec.job_id,
        attempt=spec.attempt,
        report_type=spec.report_type,
        report_version=spec.report_version,
        trace_id=spec.trace_id,
        task_arn=task_arn,
        started_at=at,
        finished_at=at,
        failure=failure,
        seconds=1.0,
        cpu_seconds=0.5,
        peak_memory_mb=90.0,
    )
