"""What each kind of bad end is called, whose fault it is, whether another try helps, and what a person can do."""

from dataclasses import dataclass
from typing import Final

from contract.outcome import Blame, CodeRan, ExitCode, FailureClass
from executor.core.causes import Cause, Fault, Retry
from executor.core.families import Family
from executor.core.stopping import StopCause


@dataclass(frozen=True, slots=True)
class Rule:
    """A verdict without the facts of the attempt."""

    failure_class: FailureClass
    blame: Blame
    retry_helps: bool
    diagnosis: str
    remedy: str
    cause_id: str | None = None
    with_change: bool = False
    code_ran: CodeRan = CodeRan.YES
    start_up: bool = False
    by_exit: bool = False
    """Whether an exit code of the contract said it, with a cause that its message names."""


_F, _B = FailureClass, Blame

BY_EXIT: Final[dict[int, Rule]] = {
    ExitCode.REPORT_ERROR: Rule(
        _F.REPORT_ERROR, _B.REPORT, True,
        "The report's own code failed.",
        "Read the error and the log tail on this row; the fault is in the report, not in the cloud.",
    ),
    ExitCode.BAD_PARAMETERS: Rule(
        _F.BAD_PARAMETERS, _B.REPORT, False,
        "The container could not use its parameters.",
        "Compare the job's params with the report's definition; ask again with values it takes.",
    ),
    ExitCode.QUERY_FAILED: Rule(
        _F.QUERY_FAILED, _B.REPORT, False,
        "Snowflake refused or failed a query of the report.",
        "Run the query named in the error with the job's params; correct the report's definition or the data it reads.",
    ),
    ExitCode.SNOWFLAKE_UNREACHABLE: Rule(
        _F.SNOWFLAKE_UNREACHABLE, _B.INFRASTRUCTURE, True,
        "The container could not sign in to or reach Snowflake.",
        "Check the account identifier, the runner's user and secret, and the way out of its subnets (443).",
    ),
    ExitCode.S3_UNWRITABLE: Rule(
        _F.S3_UNWRITABLE, _B.INFRASTRUCTURE, True,
        "The container could not write its files to S3.",
        "Check that the bucket exists and that the runner's task role may put objects below reports/.",
    ),
    ExitCode.DEADLINE: Rule(
        _F.DEADLINE, _B.REPORT, True,
        "The report took longer than its timeout.",
        "Raise timeout_s in the report's definition or its options, or make the query faster.",
    ),
    ExitCode.STOPPED: Rule(
        _F.STOPPED, _B.INFRASTRUCTURE, True,
        "The task was told to stop before it was done.",
        "Look at the stop reason; if a person stopped it, ask for the report again.",
    ),
}  # fmt: skip

SPOT: Final = Rule(
    _F.SPOT_INTERRUPTION, _B.INFRASTRUCTURE, True,
    "Fargate Spot took the capacity back.",
    "Nothing to do: the job is tried again by itself.",
    code_ran=CodeRan.MAYBE,
)  # fmt: skip
START: Final = Rule(
    _F.START_FAILED, _B.INFRASTRUCTURE, True,
    "ECS could not start the task; no code ran.",
    "Read the stop reason: image, secret, log group, network or size of the task definition.",
    code_ran=CodeRan.NO, start_up=True,
)  # fmt: skip
MEMORY: Final = Rule(
    _F.OUT_OF_MEMORY, _B.REPORT, False,
    "The container used more memory than the task has.",
    "The job is tried again with more memory while its attempts last. Give the report more: options.cpu and "
    "options.memory, or resources in its definition.",
    cause_id="oom", with_change=True,
)  # fmt: skip
NO_MANIFEST: Final = Rule(
    _F.NO_MANIFEST, _B.REPORT, True,
    "The container ended with exit code 0 but left no manifest of this job that can be read.",
    "A container must write manifest.json last; see how to bring your own container.",
)  # fmt: skip
LOST: Final = Rule(
    _F.LOST, _B.INFRASTRUCTURE, True,
    "ECS no longer knows the task, and it left no manifest.",
    "The job is tried again by itself; if it happens often, look at the log group for the task's last lines.",
    cause_id="task_missing", code_ran=CodeRan.MAYBE,
)  # fmt: skip
NEVER_RAN: Final = Rule(
    _F.NEVER_RAN, _B.INFRASTRUCTURE, True,
    "ECS no longer knows the task, and no code of it ran: it left no start marker.",
    "Nothing to do: the job is launched again by itself.",
    code_ran=CodeRan.NO,
)  # fmt: skip
FILES_MISSING: Final = Rule(
    _F.FILES_MISSING, _B.REPORT, True,
    "The manifest says that the report was made, but its files do not lie in S3 as it says.",
    "See who writes to or deletes from the job's prefix; a container must write its manifest after its files.",
)  # fmt: skip
NO_EXIT_CODE: Final = Rule(
    _F.LOST, _B.INFRASTRUCTURE, True,
    "The container began to run, and ECS does not know how it ended.",
    "The job is tried again by itself; if it happens often, look at the log group for the task's last lines.",
    cause_id="no_exit_code",
)  # fmt: skip
CRASHED: Final = Rule(
    _F.CRASHED, _B.REPORT, True,
    "The container ended in a way that the contract does not know.",
    "Read the log tail: a crash of the interpreter, a wrong command or a killed process.",
)  # fmt: skip

CANCELLED: Final = Rule(
    _F.STOPPED, _B.NOBODY, False,
    "The job was cancelled, and its task was stopped.",
    "If it was a mistake, retry_report asks for the same report again.",
    code_ran=CodeRan.MAYBE,
)  # fmt: skip
START_LATE: Final = Rule(
    _F.START_DEADLINE, _B.INFRASTRUCTURE, True,
    "No container of the task ran within 15 minutes of its launch; it was stopped.",
    "Look at the size of the image, the subnets' way to its registry, and the capacity of the region.",
    code_ran=CodeRan.NO, start_up=True,
)  # fmt: skip
REFUSED: Final = Rule(
    _F.LAUNCH_REFUSED, _B.INFRASTRUCTURE, False,
    "ECS refused to launch the task.",
    "Correct the launch settings (cluster, task definition, subnets, roles, size), then ask again.",
    code_ran=CodeRan.NO,
)  # fmt: skip
NOT_UNDERSTOOD: Final = Rule(
    _F.LAUNCH_REFUSED, _B.INFRASTRUCTURE, False,
    "The report's definition says what this executor does not know.",
    "Upgrade the executor to the version that defined the report, then make the job again with retry_report; or define "
    "the report without what is named here.",
    cause_id="definition_not_understood", code_ran=CodeRan.NO,
)  # fmt: skip
NO_ROOM: Final = Rule(
    _F.CAPACITY, _B.NOBODY, True,
    "ECS refused to launch the task.",
    "Nothing to do: it is tried again by itself.",
    code_ran=CodeRan.NO,
)  # fmt: skip
OUR_STOPS: Final = {
    StopCause.CANCELLED: CANCELLED,
    StopCause.DEADLINE: BY_EXIT[ExitCode.DEADLINE],
    StopCause.START_DEADLINE: START_LATE,
}


_FAMILIES: Final = {
    _F.REPORT_ERROR: Family.APP_EXIT,
    _F.BAD_PARAMETERS: Family.APP_CONFIG_MISSING,
    _F.QUERY_FAILED: Family.SNOWFLAKE_SQL_ERROR,
    _F.SNOWFLAKE_UNREACHABLE: Family.SNOWFLAKE_UNREACHABLE,
    _F.S3_UNWRITABLE: Family.S3_DENIED,
    _F.NO_MANIFEST: Family.APP_EXIT,
    _F.CRASHED: Family.APP_EXIT,
    _F.STOPPED: Family.STOPPED_BY_USER,
    _F.CAPACITY: Family.CAPACITY,
}
_FAULTS: Final = {_B.REPORT: Fault.REPORT, _B.INFRASTRUCTURE: Fault.CLOUD, _B.NOBODY: Fault.NOBODY}


def causes() -> tuple[Cause, ...]:
    """What rows say when no text says more, as causes: most are called as their class in small letters."""
    told = (*BY_EXIT.values(), START, MEMORY, NO_MANIFEST, LOST, NEVER_RAN, FILES_MISSING, NO_EXIT_CODE, CRASHED)
    return tuple(_cause(rule) for rule in (*told, START_LATE, REFUSED, NOT_UNDERSTOOD, NO_ROOM))


def _cause(rule: Rule) -> Cause:
    return Cause(
        cause_id=rule.cause_id or rule.failure_class.lower(),
        family=_FAMILIES.get(rule.failure_class, Family.UNKNOWN),
        fault=_FAULTS[rule.blame],
        retry=Retry.WITH_CHANGE if rule.with_change else Retry.YES if rule.retry_helps else Retry.NO,
        code_ran=rule.code_ran,
        failure_class=rule.failure_class,
        summary=rule.diagnosis,
        remedy=rule.remedy,
    )
