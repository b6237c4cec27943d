# long: the rules are one table, and stand beside the one function that reads them
"""From the evidence of an ended attempt to a verdict: what it was, whose fault, and what to do.

The order of evidence: the stop code (which AWS keeps stable), the exit code of the *named* container (a missing
one is never a success), the manifest, and only then texts, which AWS changes at will, and the last lines of the log.
What the container says of itself by an exit code of the contract is not second-guessed by texts, but for memory:
a container that is killed for it cannot say so.
"""

from dataclasses import dataclass, replace
from typing import Final

from contract.manifest import Manifest
from contract.outcome import Blame, CodeRan, ExitCode, FailureClass, Verdict, cut
from executor.core.causes import EMPTY, Catalogue, Cause, Retry, Scope
from executor.core.stopping import StopCause, cause_in
from executor.core.tasks import TaskView


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of an ended attempt; ``task`` is None when ECS forgot it."""

    container: str
    task: TaskView | None
    manifest: Manifest | None
    log_tail: str | None = None
    trouble: str | None = None
    """Why evidence could not be read, if so."""
    code_ran: bool | None = None
    """Whether the start marker is there, if that was asked."""
    wrong_files: tuple[str, ...] = ()
    """What is wrong with the files that the manifest names."""
    cost_usd: float | None = None
    """What the task cost, where its price is known."""

    @property
    def exit_code(self) -> int | None:
        """The exit code of the report's own container."""
        found = self.task.container(self.container) if self.task else None
        return found.exit_code if found else None

    @property
    def text(self) -> str:
        """Every reason that ECS gave, one per line."""
        if self.task is None:
            return ""
        found = self.task.container(self.container)
        return "\n".join(text for text in (self.task.stopped_reason, found.reason if found else None) if text)


def succeeded(evidence: Evidence) -> bool:
    """Whether the attempt did its work: a manifest of success, and every file as it says.

    How the container ended after it had written the manifest changes nothing: what is finished is not done again.
    """
    return claims_success(evidence.manifest) and not evidence.wrong_files


def claims_success(manifest: Manifest | None) -> bool:
    """Whether the container says that its files are there."""
    return manifest is not None and manifest.status == "succeeded"


@dataclass(frozen=True, slots=True)
class _Rule:
    failure_class: FailureClass
    blame: Blame
    retry_helps: bool
    diagnosis: str
    remedy: str
    cause_id: str | None = None
    with_change: bool = False
    code_ran: CodeRan = CodeRan.YES
    start_up: bool = False


_F, _B = FailureClass, Blame

_BY_EXIT: Final[dict[int, _Rule]] = {
    ExitCode.REPORT_ERROR: _Rule(
        _F.REPORT_ERROR, _B.REPORT, True,
        "The report's own code failed.",
        "Read the error and the log tail on this row; the fault is in the report, not in the cloud.",
    ),
    ExitCode.BAD_PARAMETERS: _Rule(
        _F.BAD_PARAMETERS, _B.REPORT, False,
        "The container could not use its parameters.",
        "Compare the job's params with the report's definition; ask again with values it takes.",
    ),
    ExitCode.QUERY_FAILED: _Rule(
        _F.QUERY_FAILED, _B.REPORT, False,
        "Snowflake refused or failed a query of the report.",
        "Run the query named in the error with the job's params; correct the report's definition or the data it reads.",
    ),
    ExitCode.SNOWFLAKE_UNREACHABLE: _Rule(
        _F.SNOWFLAKE_UNREACHABLE, _B.INFRASTRUCTURE, True,
        "The container could not sign in to or reach Snowflake.",
        "Check the account identifier, the runner's user and secret, and the way out of its subnets (443).",
    ),
    ExitCode.S3_UNWRITABLE: _Rule(
        _F.S3_UNWRITABLE, _B.INFRASTRUCTURE, True,
        "The container could not write its files to S3.",
        "Check that the bucket exists and that the runner's task role may put objects below reports/.",
    ),
    ExitCode.DEADLINE: _Rule(
        _F.DEADLINE, _B.REPORT, True,
        "The report took longer than its timeout.",
        "Raise timeout_s in the report's definition or its options, or make the query faster.",
    ),
    ExitCode.STOPPED: _Rule(
        _F.STOPPED, _B.INFRASTRUCTURE, True,
        "The task was told to stop before it was done.",
        "Look at the stop reason; if a person stopped it, ask for the report again.",
    ),
}  # fmt: skip

_SPOT: Final = _Rule(
    _F.SPOT_INTERRUPTION, _B.INFRASTRUCTURE, True,
    "Fargate Spot took the capacity back.",
    "Nothing to do: the job is tried again by itself.",
    code_ran=CodeRan.MAYBE,
)  # fmt: skip
_START: Final = _Rule(
    _F.START_FAILED, _B.INFRASTRUCTURE, True,
    "ECS could not start the task; no code ran.",
    "Read the stop reason: image, secret, log group, network or size of the task definition.",
    code_ran=CodeRan.NO, start_up=True,
)  # fmt: skip
_MEMORY: Final = _Rule(
    _F.OUT_OF_MEMORY, _B.REPORT, False,
    "The container used more memory than the task has.",
    "The job is tried again with more memory while its attempts last. Give the report more: options.cpu and "
    "options.memory, or resources in its definition.",
    cause_id="oom", with_change=True,
)  # fmt: skip
_NO_MANIFEST: Final = _Rule(
    _F.NO_MANIFEST, _B.REPORT, True,
    "The container ended with exit code 0 but left no manifest of this job that can be read.",
    "A container must write manifest.json last; see how to bring your own container.",
)  # fmt: skip
_LOST: Final = _Rule(
    _F.LOST, _B.INFRASTRUCTURE, True,
    "ECS no longer knows the task, and it left no manifest.",
    "The job is tried again by itself; if it happens often, look at the log group for the task's last lines.",
    cause_id="task_missing", code_ran=CodeRan.MAYBE,
)  # fmt: skip
_NEVER_RAN: Final = _Rule(
    _F.NEVER_RAN, _B.INFRASTRUCTURE, True,
    "ECS no longer knows the task, and no code of it ran: it left no start marker.",
    "Nothing to do: the job is launched again by itself.",
    code_ran=CodeRan.NO,
)  # fmt: skip
_FILES_MISSING: Final = _Rule(
    _F.FILES_MISSING, _B.REPORT, True,
    "The manifest says that the report was made, but its files do not lie in S3 as it says.",
    "See who writes to or deletes from the job's prefix; a container must write its manifest after its files.",
)  # fmt: skip
_NO_EXIT_CODE: Final = _Rule(
    _F.LOST, _B.INFRASTRUCTURE, True,
    "The container began to run, and ECS does not know how it ended.",
    "The job is tried again by itself; if it happens often, look at the log group for the task's last lines.",
    cause_id="no_exit_code",
)  # fmt: skip
_CRASHED: Final = _Rule(
    _F.CRASHED, _B.REPORT, True,
    "The container ended in a way that the contract does not know.",
    "Read the log tail: a crash of the interpreter, a wrong command or a killed process.",
)  # fmt: skip

_CANCELLED: Final = _Rule(
    _F.STOPPED, _B.NOBODY, False,
    "The job was cancelled, and its task was stopped.",
    "If it was a mistake, retry_report asks for the same report again.",
    code_ran=CodeRan.MAYBE,
)  # fmt: skip
_START_LATE: Final = _Rule(
    _F.START_DEADLINE, _B.INFRASTRUCTURE, True,
    "No container of the task ran within 15 minutes of its launch; it was stopped.",
    "Look at the size of the image, the subnets' way to its registry, and the capacity of the region.",
    code_ran=CodeRan.NO, start_up=True,
)  # fmt: skip
_OUR_STOPS: Final = {
    StopCause.CANCELLED: _CANCELLED,
    StopCause.DEADLINE: _BY_EXIT[ExitCode.DEADLINE],
    StopCause.START_DEADLINE: _START_LATE,
}

_GENERAL: Final = {"essential_container_exited", "failed_to_start_unknown"}
"""Causes that only say that there was a failure; anything else says more."""
_MEMORY_IDS: Final = {"oom"}
MAX_SAID_BYTES: Final = 1_000


def judge(evidence: Evidence, catalogue: Catalogue = EMPTY) -> Verdict:
    """The verdict on an attempt that did not succeed.

    Args:
        evidence: what is known of it.
        catalogue: known texts; what it does not know is judged by stop code and exit code, and quoted.
    """
    rule = _FILES_MISSING if claims_success(evidence.manifest) else _rule(evidence, catalogue)
    rule = _known_better(rule, evidence.manifest)
    code = evidence.exit_code
    said = cut("; ".join(evidence.text.splitlines()), MAX_SAID_BYTES)
    suffix = f" (exit code {code})" if code is not None else ""
    return Verdict(
        failure_class=rule.failure_class,
        cause_id=rule.cause_id or rule.failure_class.lower(),
        blame=rule.blame,
        retry_helps=rule.retry_helps,
        with_change=rule.with_change,
        code_ran=rule.code_ran,
        start_up=rule.start_up,
        diagnosis=f"{rule.diagnosis}{suffix}{' ECS says: ' + said if said else ''}"
        f"{' ' + evidence.trouble if evidence.trouble else ''}"
        f"{' ' + _first_of(evidence.wrong_files) if evidence.wrong_files else ''}",
        remedy=rule.remedy,
    )


def _known_better(rule: _Rule, manifest: Manifest | None) -> _Rule:
    # What the container says to do is worth more than what its exit code means in general, and nothing beside a cause.
    failure = manifest.failure if manifest else None
    if failure is None or rule not in _BY_EXIT.values():
        return rule
    remedy = cut(" ".join((failure.remedy or "").split()), MAX_SAID_BYTES) or rule.remedy
    helps = rule.retry_helps if failure.retry_helps is None else failure.retry_helps
    return replace(rule, remedy=remedy, retry_helps=helps)


def _rule(evidence: Evidence, catalogue: Catalogue) -> _Rule:
    task, code = evidence.task, evidence.exit_code
    if task is None:
        return _of_forgotten(evidence)
    if (cause := cause_in(task.stopped_reason)) is not None:
        return _OUR_STOPS[cause]
    if task.stop_code == "SpotInterruption":
        return _SPOT
    said = catalogue.find(Scope.STOPPED, evidence.text)
    if task.stop_code == "TaskFailedToStart" or (code is None and task.started_at is None):
        return _of(said, _START) if said else _START
    if (said and said.cause_id in _MEMORY_IDS) or "OutOfMemory" in evidence.text:
        return _MEMORY
    if code == ExitCode.DONE:
        return _NO_MANIFEST if evidence.manifest is None else _BY_EXIT.get(evidence.manifest.exit_code, _NO_MANIFEST)
    if code in _BY_EXIT and code != ExitCode.STOPPED:
        return _BY_EXIT[code]
    return _by_texts(evidence, catalogue, None if said is None or said.cause_id in _GENERAL else said)


def _by_texts(evidence: Evidence, catalogue: Catalogue, said: Cause | None) -> _Rule:
    # The container did not speak the contract's language: somebody stopped it, its host was lost, or it crashed.
    task, code = evidence.task, evidence.exit_code
    stopped_by = catalogue.find(Scope.STOP_CODE, task.stop_code) if task else None
    if task and task.stop_code == "UserInitiated" and code is not None:
        return _of(stopped_by, _BY_EXIT[ExitCode.STOPPED])  # the reason is free text: whoever stopped it wrote it
    if said is not None:
        return _of(said, _NO_EXIT_CODE if code is None else _CRASHED)
    if code is None:
        return _NO_EXIT_CODE
    if code == ExitCode.STOPPED:
        special = None if stopped_by is None or stopped_by.cause_id in _GENERAL else stopped_by
        return _of(special or catalogue.find(Scope.EXIT, f"exit={code}"), _BY_EXIT[code])
    in_log = catalogue.find(Scope.LOG, evidence.log_tail)
    if in_log is not None and in_log.cause_id in _MEMORY_IDS:
        return _MEMORY
    return _of(in_log or catalogue.find(Scope.EXIT, f"exit={code}"), _CRASHED)


def _of(cause: Cause | None, otherwise: _Rule) -> _Rule:
    """The rule that a cause amounts to; where it does not say, the place at which it was met does."""
    if cause is None:
        return otherwise
    return replace(
        otherwise,
        failure_class=cause.failure_class or otherwise.failure_class,
        blame=cause.blame,
        retry_helps=cause.retry is Retry.YES,
        diagnosis=cause.summary,
        remedy=cause.remedy,
        cause_id=cause.cause_id,
        with_change=cause.retry is Retry.WITH_CHANGE,
        code_ran=cause.code_ran,
        start_up=cause.start_up,
    )


def _of_forgotten(evidence: Evidence) -> _Rule:
    if evidence.manifest is not None:
        return _BY_EXIT.get(evidence.manifest.exit_code, _CRASHED)
    return _NEVER_RAN if evidence.code_ran is False else _LOST


def _first_of(wrong: tuple[str, ...]) -> str:
    more = f"; {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return f"{'; '.join(wrong[:3])}{more}."
