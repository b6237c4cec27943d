"""What was asked for, from what its attempts left in S3: for the day on which the intake is lost, too.

A request comes back for a job whose newest attempt has ended: its state will say how, so nothing is launched for it.
Who asked and with which parameters stands in no manifest. So a job that may still be alive is not made up: with
parameters that are not its own it might be launched again, and be another report under the same name.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from contract.ids import calendar_job_id
from contract.job import JobRow
from contract.states import JobState
from executor.core.recover import Attempt, Folder, backfill_call

LOST_OF_REQUESTS: Final = ("requested_by", "params", "options", "dedupe_key", "not_before", "retry_of")
"""Columns of ``JOB_INTAKE`` that nothing in S3 tells; ``enqueued_at`` is the first start."""
_OF_A_PERIOD: Final = re.compile(r".*?_(\d{4}-\d{2}-\d{2})(?:_to_(\d{4}-\d{2}-\d{2}))?_[0-9a-f]{12}")
_PRIORITY: Final = 50


def is_of_the_calendar(folder: Folder, installation: str) -> bool:
    """Whether the calendar of this installation gave the job its id, which nobody else's would."""
    found = _OF_A_PERIOD.fullmatch(folder.job_id)
    if found is None:
        return False
    try:
        first, so_far = (date.fromisoformat(day) if day else None for day in found.groups())
    except ValueError:
        return False
    return first is not None and calendar_job_id(installation, folder.report_type, first, so_far) == folder.job_id


def request_again(folder: Folder, attempts: Sequence[Attempt], request_id: str) -> JobRow | None:
    """The request of a job whose newest attempt has ended; None of one that may be alive.

    Args:
        folder: of one of its attempts.
        attempts: at least one, in the order of their numbers.
        request_id: that of its state row, or a new one.
    """
    ended = attempts[-1].manifest
    if ended is None:
        return None
    begun = [one.started_at for attempt in attempts for one in (attempt.marker, attempt.manifest) if one is not None]
    return JobRow(
        request_id=request_id,
        job_id=folder.job_id,
        report_type=folder.report_type,
        report_version=ended.report_version,
        params={},
        business_date=folder.business_date,
        priority=_PRIORITY,
        requested_by="",
        trace_id=ended.trace_id,
        enqueued_at=min(begun),
        status=JobState.QUEUED,
        attempt=0,
        launch_try=0,
        status_rank=0,
    )


def between(folders: Iterable[Folder]) -> tuple[str, ...]:
    """The CALLs that ask for what is missing between the first and the last period of each type of the calendar.

    Args:
        folders: of jobs of the calendar whose requests came back; what is there is not made again by them.
    """
    days: dict[str, list[date]] = {}
    for folder in folders:
        found = _OF_A_PERIOD.fullmatch(folder.job_id)
        if found is not None and folder.business_date is not None:
            days.setdefault(folder.report_type, []).extend([date.fromisoformat(found[1]), folder.business_date])
    return tuple(backfill_call(name, min(seen), max(seen)) for name, seen in sorted(days.items()))
