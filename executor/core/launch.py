"""From a claimed row to a RunTask request: a pure function, so that a replay sends the same bytes.

ECS keeps a ``clientToken`` with the parameters it came with: the same token with the same parameters answers with
the first task, with others it is a ConflictException (ECS developer guide, "Ensuring idempotency"). Therefore
everything sent is made of the row, of a definition version that never changes, and of a launch profile that is
named by the hash of its own content. And the token is on the row *before* it is used for the first time.
"""

import hashlib
import json
from dataclasses import replace
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from contract.ids import launch_token, result_prefix, started_by
from contract.job import JobRow
from contract.report import ReportDefinition, ReportFormat
from contract.request import effective_definition, kept_options
from contract.resources import Resources
from contract.task_spec import SPEC_ENV, SPEC_URI_ENV, TaskSpec, spec_key

MAX_SPEC_CHARS: Final = 6_000
"""Longer specs travel through S3: ECS takes 8,192 characters for all overrides together, punctuation included.

Counted as the spec stands in the request, where every quote of its JSON takes a backslash."""

_NOT_FOR_THE_CONTAINER: Final[dict[str, Any]] = {"definition": {"capacity", "max_running", "shared"}}
"""Decided before the container is there; an older runner refuses what it does not know in a definition."""


class LaunchProfile(BaseModel):
    """Where and how tasks run. Named by the hash of its content, and never changed under that name."""

    model_config = ConfigDict(frozen=True)

    cluster: str
    task_definition: str
    container: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...] = ()
    assign_public_ip: bool = False
    platform_version: str = "LATEST"

    @property
    def name(self) -> str:
        """The first 16 hex digits of the SHA-256 of the content."""
        return _name(self)


@lru_cache(maxsize=256)  # every look at a job's profile asks for it, and there are only a few profiles
def _name(profile: LaunchProfile) -> str:
    return hashlib.sha256(profile.model_dump_json().encode()).hexdigest()[:16]


_IN_DOCUMENTS_IMAGE: Final = frozenset({ReportFormat.HTML, ReportFormat.PDF})
"""Formats whose libraries are large, so that an image of their own may carry them."""


def fitted(profile: LaunchProfile, definition: ReportDefinition, documents: str | None = None) -> LaunchProfile:
    """The profile of a report of this definition: it may name a container of its own.

    The container is called the same in every task definition: which one ECS tells the order must not hang on an answer
    of ECS, or a replay could send other bytes.

    Args:
        profile: of reports that name nothing.
        definition: with the request's options laid over it.
        documents: the task definition whose image can make HTML and PDF, where it is another.
    """
    own = definition.task_definition or (documents if _IN_DOCUMENTS_IMAGE & set(definition.formats) else None)
    return profile.model_copy(update={"task_definition": own}) if own else profile


def turned(profile: LaunchProfile, refusals: int) -> LaunchProfile:
    """The profile of a job that found no room so many times: one subnet after the other, then all of them again.

    Given several subnets Fargate chooses one by itself, and refuses when that zone is full.
    """
    turn = refusals % (len(profile.subnets) + 1)
    if turn == 0 or len(profile.subnets) == 1:
        return profile
    return profile.model_copy(update={"subnets": (profile.subnets[turn - 1],)})


class LaunchOrder(BaseModel):
    """One launch, ready to send: the RunTask arguments, and the spec when it must lie in S3 first."""

    model_config = ConfigDict(frozen=True)

    run_task: dict[str, Any]
    spec_key: str | None
    spec_json: str


def intend(job: JobRow, installation: str, profile: LaunchProfile, capacity_provider: str, spec: TaskSpec) -> JobRow:
    """The row as it must be committed before the first RunTask with its new token."""
    launch_try = job.launch_try + 1
    return replace(
        job,
        launch_try=launch_try,
        launch_token=launch_token(installation, job.job_id, job.attempt, launch_try),
        launch_profile=profile.name,
        capacity_provider=capacity_provider,
        cpu=spec.definition.resources.cpu,
        memory_mb=spec.definition.resources.memory_mb,
        result_uri=f"s3://{spec.bucket}/{spec.prefix}",
    )


def task_spec(job: JobRow, installation: str, bucket: str, definition: ReportDefinition) -> TaskSpec:
    """What the container of this attempt is told; a job that outgrew its definition's size keeps its own."""
    effective = effective_definition(definition, kept_options(job.options))
    if job.cpu is not None and job.memory_mb is not None:
        size = Resources(cpu=job.cpu, memory_mb=job.memory_mb)
        effective = effective.model_copy(update={"resources": size})
    return TaskSpec(
        installation=installation,
        job_id=job.job_id,
        attempt=job.attempt,
        report_type=job.report_type,
        report_version=job.report_version,
        business_date=job.business_date,
        params=job.params,
        definition=effective,
        bucket=bucket,
        prefix=result_prefix(job.report_type, job.business_date, job.job_id, job.attempt),
        trace_id=job.trace_id,
        requested_by=job.requested_by,
    )


def order(job: JobRow, profile: LaunchProfile, spec: TaskSpec) -> LaunchOrder:
    """The RunTask request of a row that carries its launch intent.

    Raises:
        ValueError: the row has no launch token yet.
    """
    if job.launch_token is None:
        raise ValueError(f"job {job.job_id} has no launch token; commit the intent first")
    spec_json = spec.model_dump_json(exclude=_NOT_FOR_THE_CONTAINER)
    by_uri = len(json.dumps(spec_json)) > MAX_SPEC_CHARS
    key = spec_key(spec.prefix)
    environment = {SPEC_URI_ENV: f"s3://{spec.bucket}/{key}"} if by_uri else {SPEC_ENV: spec_json}
    return LaunchOrder(
        run_task=_run_task(job, profile, spec, environment),
        spec_key=key if by_uri else None,
        spec_json=spec_json,
    )


def _run_task(job: JobRow, profile: LaunchProfile, spec: TaskSpec, environment: dict[str, str]) -> dict[str, Any]:
    network: dict[str, Any] = {
        "subnets": list(profile.subnets),
        "assignPublicIp": "ENABLED" if profile.assign_public_ip else "DISABLED",
    }
    if profile.security_groups:
        network["securityGroups"] = list(profile.security_groups)
    return {
        "cluster": profile.cluster,
        "taskDefinition": profile.task_definition,
        "count": 1,
        "clientToken": job.launch_token,
        "startedBy": started_by(spec.installation, job.job_id, job.attempt),
        "capacityProviderStrategy": [{"capacityProvider": job.capacity_provider, "weight": 1}],
        "platformVersion": profile.platform_version,
        "networkConfiguration": {"awsvpcConfiguration": network},
        "enableExecuteCommand": False,
        "propagateTags": "TASK_DEFINITION",
        "tags": [
            {"key": "reporting:installation", "value": spec.installation},
            {"key": "reporting:report_type", "value": job.report_type},
            {"key": "reporting:job_id", "value": job.job_id},
        ],
        "overrides": {
            "cpu": str(job.cpu),
            "memory": str(job.memory_mb),
            "containerOverrides": [
                {
                    "name": profile.container,
                    "environment": [{"name": name, "value": value} for name, value in sorted(environment.items())],
                }
            ],
        },
    }
