"""Links to the files of a report: signed by Snowflake through a stage on the bucket, good for an hour at most."""

from datetime import timedelta
from typing import Any, Final

from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkSQLException

from contract.refusal import refuse, shown
from contract.states import JobState
from snowpark_procs import enqueue
from snowpark_procs.statements import run
from snowpark_procs.status import report_status

MAX_EXPIRES_S: Final = 3600
"""The most that Snowflake signs for a stage behind an IAM role (docs, GET_PRESIGNED_URL)."""

_NOT_THERE: Final = frozenset((2003, 2043))
_ROOT: Final = "/reports/"


def report_url(session: Session, job_id: str | None, expires_s: int | None) -> dict[str, Any]:
    """The files of a job, each with its link.

    Raises:
        RefusedError: no such job, or it has no files; a time out of range; an installation without a stage for links.
    """
    if expires_s is None or not 1 <= expires_s <= MAX_EXPIRES_S:
        raise refuse("expires_s", f"{shown(expires_s)} is not between 1 and {MAX_EXPIRES_S} seconds")
    row = report_status(session, job_id)
    if row["status"] != JobState.SUCCEEDED:
        raise refuse("job_id", f"{row['job_id']} is {row['status']}; only a job that SUCCEEDED has files")
    expires_at = enqueue.now(session) + timedelta(seconds=int(expires_s))
    files = [_plain(file) for file in run(session, "files_of_job", job_id=row["job_id"])]
    return {
        "job_id": row["job_id"],
        "report_type": row["report_type"],
        "business_date": row["business_date"],
        "expires_s": int(expires_s),
        "expires_at": expires_at.isoformat(timespec="seconds"),
        "file_count": row["files"],
        "files": [file | {"url": _link(session, file["uri"], int(expires_s))} for file in files],
    }


def _plain(file: dict[str, Any]) -> dict[str, Any]:
    return file | {name: None if file[name] is None else int(file[name]) for name in ("bytes", "row_count")}


def _link(session: Session, uri: str, expires_s: int) -> str:
    # The stage begins where the reports do: s3://bucket/reports/.
    path = uri.partition("://")[2].partition(_ROOT)[2]
    try:
        return str(run(session, "link", path=path, expires_s=expires_s)[0]["url"])
    except SnowparkSQLException as error:
        if error.sql_error_code not in _NOT_THERE:
            raise
        raise refuse(
            "report_url",
            "cannot sign links, because this installation has no stage on its bucket; set "
            "REPORTING_STORAGE_INTEGRATION and run reporting deploy snowflake",
        ) from error
