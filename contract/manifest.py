"""What the container leaves behind: the start marker first, the files, the manifest last."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MANIFEST_NAME: Final = "manifest.json"
FAILURE_NAME: Final = "failure.json"
START_MARKER_NAME: Final = "started.json"
PROGRESS_NAME: Final = "progress.txt"
"""How far an attempt is: one line, `stage,rows`. Not a name that a report's file can have."""

# Any image may write these; what cannot be true, or would not fit into a column, is no manifest.
Count = Annotated[int, Field(ge=0, le=10**15)]
FormatName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")]
Amount = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class _Left(BaseModel):
    # A newer runner may say more than this reader knows.
    model_config = ConfigDict(frozen=True, extra="ignore")


class StartMarker(_Left):
    """The first thing an attempt writes, only if nobody did: it proves that code ran, and which task's."""

    schema_version: Literal[1] = 1
    task_arn: str
    started_at: datetime


class ReportFile(_Left):
    """One file of a report: ``bytes`` its size, ``rows`` without the header, ``sha256`` in hex.

    ``format`` is one of :class:`~contract.report.ReportFormat`, or another word where another image made the file.
    ``query`` is None of a file that holds the whole report, as a workbook or a document does.
    """

    name: str
    uri: str
    format: FormatName
    query: str | None = None
    bytes: Count
    rows: Count
    sha256: str
    content_type: str


class QueryRun(_Left):
    """One query as it ran: Snowflake's query id, rows, seconds from sending to the last row."""

    name: str
    query_id: str | None
    rows: Count
    seconds: Amount


class ReportFailure(_Left):
    """Why a report made no files: the kind of error, its text, and the query it came from.

    ``remedy`` and ``retry_helps`` are for what the container knows better than its exit code tells in general.
    """

    kind: str
    message: str
    query: str | None = None
    query_id: str | None = None
    remedy: str | None = None
    retry_helps: bool | None = None


class Manifest(_Left):
    """The result of one attempt, and with ``status`` succeeded what makes a job SUCCEEDED.

    A failed attempt leaves it under another name, ``failure.json``: whoever sees ``manifest.json`` may believe in the
    files. ``moment`` is the time at which all queries saw their tables, if they said so (``:_moment``).
    """

    schema_version: Literal[1] = 1
    status: Literal["succeeded", "failed"]
    exit_code: int
    job_id: str
    attempt: int
    report_type: str
    report_version: int
    trace_id: str
    task_arn: str
    started_at: datetime
    finished_at: datetime
    files: tuple[ReportFile, ...] = Field(default=(), max_length=10_000)
    queries: tuple[QueryRun, ...] = Field(default=(), max_length=10_000)
    failure: ReportFailure | None = None
    moment: datetime | None = None
    seconds: Amount
    cpu_seconds: Amount
    peak_memory_mb: Amount
    versions: dict[str, str] = {}

    @property
    def rows(self) -> int:
        """Rows that the queries gave, each query counted once."""
        return sum(run.rows for run in self.queries)

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(file.bytes for file in self.files)


class Latest(_Left):
    """What ``latest.json`` of a report type says: where its newest result lies."""

    schema_version: Literal[1] = 1
    report_type: str
    job_id: str
    result_uri: str
    manifest: str
    finished_at: datetime
