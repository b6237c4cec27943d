"""Requests, rows and definitions as the tests need them: valid, and different only where a test says so."""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from contract.job import JobRow, job_row
from contract.report import ParameterSpec, Query, ReportDefinition
from contract.request import RequestOptions, RunRequest
from contract.states import JobState
from executor.core.launch import LaunchProfile
from executor.core.tasks import ContainerView, TaskView
from executor.core.transitions import RANK

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CLUSTER = "reporting"
ARN = f"arn:aws:ecs:us-east-1:123456789012:task/{CLUSTER}/0123456789abcdef0123456789abcdef"
PROFILE = LaunchProfile(
    cluster=CLUSTER, task_definition="reporting-job:3", container="report", subnets=("subnet-1", "subnet-2")
)

_numbers = itertools.count(1)


def definition(**changes: Any) -> ReportDefinition:
    """A small report with one parameter."""
    fields: dict[str, Any] = {
        "title": "Sales",
        "parameters": {"top_n": ParameterSpec(type="integer", default=5, minimum=1, maximum=100)},
        "queries": (Query(name="top", sql="SELECT 1 LIMIT :top_n"),),
    }
    return ReportDefinition.model_validate({**fields, **changes})


def request(**changes: Any) -> RunRequest:
    """A request that nobody made before."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "request_id": f"request-{number:04d}",
        "job_id": f"job-{number:04d}",
        "report_type": "SALES_REPORT",
        "report_version": 1,
        "params": {"top_n": 5},
        "options": RequestOptions(),
        "priority": 50,
        "business_date": date(2026, 3, 1),
        "source": "test",
        "trace_id": f"{number:032x}",
    }
    return RunRequest.model_validate({**fields, **changes})


def job(status: JobState = JobState.CLAIMED, **changes: Any) -> JobRow:
    """A row in that state, on its first attempt."""
    fields: dict[str, Any] = {
        "request_id": "request-1",
        "job_id": "job-1",
        "report_type": "SALES_REPORT",
        "report_version": 1,
        "params": {"top_n": 5},
        "business_date": date(2026, 3, 1),
        "priority": 50,
        "requested_by": "ANALYST",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "enqueued_at": NOW,
        "status": status,
        "attempt": 1,
        "launch_try": 0 if status is JobState.CLAIMED else 1,
        "status_rank": RANK[status],
    }
    if status in {JobState.LAUNCHED, JobState.RUNNING, JobState.CANCELLING}:
        fields |= {"task_arn": ARN, "launched_at": NOW, "result_uri": "s3://b/reports/SALES_REPORT/2026-03-01/job-1/1/"}
    return job_row({**fields, **changes})


def stopped(exit_code: int | None = 0, **changes: Any) -> TaskView:
    """A task that ran and has stopped."""
    container_reason = changes.pop("container_reason", None)
    fields: dict[str, Any] = {
        "arn": ARN,
        "last_status": "STOPPED",
        "stop_code": "EssentialContainerExited",
        "stopped_reason": "Essential container in task exited",
        "containers": (ContainerView("report", exit_code, container_reason),),
        "created_at": NOW,
        "started_at": NOW,
        "stopped_at": NOW,
    }
    return TaskView(**{**fields, **changes})
