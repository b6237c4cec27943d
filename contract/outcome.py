"""How an attempt ended: exit codes of the container, classes of failure, and whose fault it was."""

from enum import IntEnum, StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict


class ExitCode(IntEnum):
    """What the container's exit code says; documented and stable."""

    DONE = 0
    REPORT_ERROR = 10
    BAD_PARAMETERS = 11
    QUERY_FAILED = 12
    SNOWFLAKE_UNREACHABLE = 13
    S3_UNWRITABLE = 14
    DEADLINE = 15
    ALREADY_WORKED_ON = 16
    STOPPED = 143


class Blame(StrEnum):
    """Whose budget a failure uses."""

    REPORT = "report"
    INFRASTRUCTURE = "infrastructure"
    NOBODY = "nobody"


class CodeRan(StrEnum):
    """Whether the report's code ran before the attempt ended; ``n/a`` where no report was meant to run."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"
    NOT_APPLICABLE = "n/a"


class FailureClass(StrEnum):
    """Why an attempt failed: few, stable, public. ``docs/reference/failures.md`` says what to do about each."""

    REPORT_ERROR = "REPORT_ERROR"
    BAD_PARAMETERS = "BAD_PARAMETERS"
    QUERY_FAILED = "QUERY_FAILED"
    SNOWFLAKE_UNREACHABLE = "SNOWFLAKE_UNREACHABLE"
    S3_UNWRITABLE = "S3_UNWRITABLE"
    DEADLINE = "DEADLINE"
    START_DEADLINE = "START_DEADLINE"
    OUT_OF_MEMORY = "OUT_OF_MEMORY"
    NO_MANIFEST = "NO_MANIFEST"
    FILES_MISSING = "FILES_MISSING"
    STOPPED = "STOPPED"
    START_FAILED = "START_FAILED"
    LAUNCH_REFUSED = "LAUNCH_REFUSED"
    CAPACITY = "CAPACITY"
    THROTTLED = "THROTTLED"
    SPOT_INTERRUPTION = "SPOT_INTERRUPTION"
    LOST = "LOST"
    NEVER_RAN = "NEVER_RAN"
    CRASHED = "CRASHED"


class Verdict(BaseModel):
    """What is made of one ended attempt: its class, whose fault, whether a retry helps, what to say and advise.

    Attributes:
        failure_class: one of few public words.
        cause_id: the stable name of the cause in the failure catalogue, or the class in small letters.
        blame: whose budget it uses.
        retry_helps: whether the same attempt again may end better.
        with_change: whether it may end better with something changed, more memory for example.
        code_ran: whether the report's code ran.
        start_up: whether the deployment kept the code from running, so that other jobs meet the same.
        diagnosis: what happened.
        remedy: what to do about it.
    """

    model_config = ConfigDict(frozen=True)

    failure_class: FailureClass
    cause_id: str
    blame: Blame
    retry_helps: bool
    diagnosis: str
    remedy: str
    with_change: bool = False
    code_ran: CodeRan = CodeRan.MAYBE
    start_up: bool = False


MAX_ERROR_BYTES: Final = 2_048
MAX_LOG_TAIL_BYTES: Final = 4_096


def cut(text: str, max_bytes: int, *, keep_end: bool = False) -> str:
    """The text within a number of UTF-8 bytes, marked where it was cut; its start unless ``keep_end``."""
    raw = text.encode()
    if len(raw) <= max_bytes:
        return text
    room = max_bytes - len("…".encode())
    if keep_end:
        return "…" + raw[-room:].decode(errors="ignore")
    return raw[:room].decode(errors="ignore") + "…"
