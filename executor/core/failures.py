"""From the evidence of an ended attempt to a verdict: what it was, whose fault, and what to do.

The order of evidence: the stop code (which AWS keeps stable), the exit code of the *named* container (a missing
one is never a success), the manifest, and only then texts, which AWS changes at will, and the last lines of the log.
What the container says of itself by an exit code of the contract is not second-guessed by texts, but for memory:
a container that is killed for it cannot say so.
"""

from dataclasses import dataclass, replace
from typing import Final

from contract.manifest import Manifest
from contract.outcome import ExitCode, Verdict, cut
from executor.core import rules
from executor.core.causes import EMPTY, Catalogue, Cause, Retry, Scope
from executor.core.classify import cause_told
from executor.core.regions import told_apart
from executor.core.stopping import cause_in
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
    rule = rules.FILES_MISSING if claims_success(evidence.manifest) else _rule(evidence, catalogue)
    rule = _known_better(_named(rule, evidence.manifest, catalogue), evidence.manifest)
    code = evidence.exit_code
    said = cut("; ".join(_news(evidence.text.splitlines(), code)), MAX_SAID_BYTES)
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


_EXITED: Final = "essential container in task exited"


def _news(lines: list[str], code: int | None) -> list[str]:
    """What ECS says and nobody has said yet: of a pull it says the same of task and container, of an exit nothing."""
    plain = [" ".join(line.split()).rstrip(".").lower() for line in lines]
    return [
        line
        for at, (line, words) in enumerate(zip(lines, plain, strict=True))
        if words
        and not (code is not None and words == _EXITED)
        and words not in plain[:at]
        and not any(words != other and words in other for other in plain)
    ]


_SAID_IN: Final = {
    ExitCode.QUERY_FAILED: "snowflake",
    ExitCode.SNOWFLAKE_UNREACHABLE: "snowflake",
    ExitCode.S3_UNWRITABLE: "api",
}
"""Whose words the message is in with which a container ended."""


def _named(rule: rules.Rule, manifest: Manifest | None, catalogue: Catalogue) -> rules.Rule:
    # The exit code decides class, budget and retry; the message says which of its many causes it was.
    where = _SAID_IN.get(ExitCode(manifest.exit_code)) if manifest and manifest.exit_code in _SAID_IN else None
    if manifest is None or manifest.failure is None or where is None or rule is not rules.BY_EXIT[manifest.exit_code]:
        return rule
    cause = cause_told(catalogue, manifest.failure.message, where)
    if cause is None:
        return rule
    says = f"{rule.diagnosis} {cause.summary}"
    return replace(rule, cause_id=cause.cause_id, diagnosis=says, remedy=cause.remedy, by_exit=True)


def _known_better(rule: rules.Rule, manifest: Manifest | None) -> rules.Rule:
    # What the container says to do is worth more than what its exit code means in general, and nothing beside a cause.
    failure = manifest.failure if manifest else None
    if failure is None or not (rule.by_exit or rule in rules.BY_EXIT.values()):
        return rule
    remedy = cut(" ".join((failure.remedy or "").split()), MAX_SAID_BYTES) or rule.remedy
    helps = rule.retry_helps if failure.retry_helps is None else failure.retry_helps
    return replace(rule, remedy=remedy, retry_helps=helps)


def _rule(evidence: Evidence, catalogue: Catalogue) -> rules.Rule:
    task, code = evidence.task, evidence.exit_code
    if task is None:
        return _of_forgotten(evidence)
    if (cause := cause_in(task.stopped_reason)) is not None:
        return rules.OUR_STOPS[cause]
    if task.stop_code == "SpotInterruption":
        return rules.SPOT
    said = told_apart(catalogue, catalogue.find(Scope.STOPPED, evidence.text), evidence.text, task.arn)
    if task.stop_code == "TaskFailedToStart" or (code is None and task.started_at is None):
        return _of(said, rules.START) if said else rules.START
    if (said and said.cause_id in _MEMORY_IDS) or "OutOfMemory" in evidence.text:
        return rules.MEMORY
    if code == ExitCode.DONE:
        return (
            rules.NO_MANIFEST
            if evidence.manifest is None
            else rules.BY_EXIT.get(evidence.manifest.exit_code, rules.NO_MANIFEST)
        )
    if code in rules.BY_EXIT and code != ExitCode.STOPPED:
        return rules.BY_EXIT[code]
    return _by_texts(evidence, catalogue, None if said is None or said.cause_id in _GENERAL else said)


def _by_texts(evidence: Evidence, catalogue: Catalogue, said: Cause | None) -> rules.Rule:
    # The container did not speak the contract's language: somebody stopped it, its host was lost, or it crashed.
    task, code = evidence.task, evidence.exit_code
    stopped_by = catalogue.find(Scope.STOP_CODE, task.stop_code) if task else None
    if task and task.stop_code == "UserInitiated" and code is not None:
        return _of(stopped_by, rules.BY_EXIT[ExitCode.STOPPED])  # the reason is free text: whoever stopped it wrote it
    if said is not None:
        return _of(said, rules.NO_EXIT_CODE if code is None else rules.CRASHED)
    if code is None:
        return rules.NO_EXIT_CODE
    if code == ExitCode.STOPPED:
        special = None if stopped_by is None or stopped_by.cause_id in _GENERAL else stopped_by
        return _of(special or catalogue.find(Scope.EXIT, f"exit={code}"), rules.BY_EXIT[code])
    in_log = cause_told(catalogue, evidence.log_tail, "log")
    if in_log is not None and in_log.cause_id in _MEMORY_IDS:
        return rules.MEMORY
    return _of(in_log or catalogue.find(Scope.EXIT, f"exit={code}"), rules.CRASHED)


def _of(cause: Cause | None, otherwise: rules.Rule) -> rules.Rule:
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


def _of_forgotten(evidence: Evidence) -> rules.Rule:
    if evidence.manifest is not None:
        return rules.BY_EXIT.get(evidence.manifest.exit_code, rules.CRASHED)
    return rules.NEVER_RAN if evidence.code_ran is False else rules.LOST


def _first_of(wrong: tuple[str, ...]) -> str:
    more = f"; {len(wrong) - 3} more" if len(wrong) > 3 else ""
    return f"{'; '.join(wrong[:3])}{more}."
