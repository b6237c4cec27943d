"""What a check of files is, and how all of them are tried on what was read."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from doctor.checks.frame import Fault, Result, Severity, State
from doctor.evidence.masking import masked_text
from doctor.offline.documents import Documents


@dataclass(frozen=True)
class FileCheck:
    """One way in which tasks fail, as far as files tell; beside :class:`doctor.checks.frame.Check`, which asks.

    Attributes:
        id: Its stable name.
        question: What it asks, in a sentence that is true when all is well.
        severity: What a fault means, unless the fault says otherwise.
        needs: The fields of :class:`doctor.offline.documents.Documents` of which it needs one.
        theory: Why it matters.
        look: What is wrong.
    """

    id: str
    question: str
    severity: Severity
    needs: tuple[str, ...]
    theory: str
    look: Callable[[Documents], Iterable[Fault]]


def tried(checks: Sequence[FileCheck], documents: Documents) -> list[Result]:
    """The results, in the order of the checks."""
    return [_tried(check, documents) for check in checks]


def _tried(check: FileCheck, documents: Documents) -> Result:
    began = time.perf_counter()
    # No setting is wrong where the list is empty; nobody looked where there is none.
    if not any(getattr(documents, need) or (need == "settings" and documents.settings == []) for need in check.needs):
        return Result(check.id, check.question, State.NOT_ASKED, (), "no file tells of it", 0.0)
    try:
        faults = tuple(dict.fromkeys(map(_masked, check.look(documents))))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        says = f"the files hold what is not understood: {type(error).__name__}: {masked_text(str(error))}"
        return Result(check.id, check.question, State.COULD_NOT_LOOK, (), says, time.perf_counter() - began)
    grave = any((fault.severity or check.severity) is Severity.ERROR for fault in faults)
    state = State.WELL if not faults else State.FAILED if grave else State.WARNED
    return Result(check.id, check.question, state, faults, "", time.perf_counter() - began)


def _masked(fault: Fault) -> Fault:
    """The fault without what looks like a secret: the files are as people wrote them, commands and all."""
    return replace(fault, says=masked_text(fault.says), remedy=masked_text(fault.remedy))
