"""How far a running job is, as its container keeps it in the bucket; read through the stage of the links."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkSQLException

from contract.ids import result_prefix
from contract.states import JobState
from snowpark_procs.statements import run_at

_STAGE: Final = re.compile(r"[a-z][a-z ]{0,19}")
_ROWS: Final = re.compile(r"[0-9]{1,15}")


def so_far(session: Session, row: Mapping[str, Any]) -> tuple[str, int] | None:
    """Stage and rows of the attempt that runs.

    None where nobody could know: the job does not run, or not long enough to have said anything; the installation has
    no stage on its bucket, or its role may not list there; or an image of somebody else's has written something else.
    A location that nothing matches gives no rows; reading takes USAGE on the stage, which a procedure with its owner's
    rights has from its owner, and of the stage's role in AWS s3:GetObject, s3:GetObjectVersion, s3:ListBucket
    and s3:GetBucketLocation (Snowflake documentation, "Query data in staged files", "Access control privileges",
    "Configuring a Snowflake storage integration to access Amazon S3").

    Args:
        session: the procedure's.
        row: the job as ``report_status`` answers with it.
    """
    if row["status"] != JobState.RUNNING or not row.get("attempt"):
        return None
    day = date.fromisoformat(row["business_date"]) if row.get("business_date") else None
    prefix = result_prefix(row["report_type"], day, row["job_id"], int(row["attempt"]))
    try:
        return _understood(run_at(session, "so_far", prefix))
    except (SnowparkSQLException, ValueError):  # the row is answer enough
        return None


def _understood(lines: list[dict[str, Any]]) -> tuple[str, int] | None:
    for line in lines:
        stage, rows = str(line["stage"]), str(line["row_count"])
        if _STAGE.fullmatch(stage) and _ROWS.fullmatch(rows):
            return stage, int(rows)
    return None
