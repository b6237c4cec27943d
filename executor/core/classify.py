"""Which known cause a captured text tells of, whoever said it.

A text that ECS is known to have said is looked up among what ECS says. Where nobody knows who said it, it must sound
like one of them: the short patterns that are enough inside a stop reason are tried only on what carries a mark of a
stop reason. What is only a first suspicion is answered as such, and what is not known stays unknown: a wrong cause
costs more than none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from typing import Final

from executor.core.causes import Catalogue, Cause, Certainty, Retry, Scope, Text
from executor.core.families import Family
from executor.core.marks import MARKS, exits, foreign, marked
from executor.core.snowflake_codes import numbered
from executor.core.spoken import Ear, Said, heard
from executor.core.suspicions import suspected
from executor.core.traces import last_lines, readings, windows, without_frames

NOT_KNOWN: Final = "unknown"
REMEDY: Final = (
    "Read the text as it came: the catalogue does not know it. A text of your own can be added to it in a file."
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a text was found to mean; ``cause`` is None for an unknown one."""

    cause: Cause | None = None
    certainty: Certainty = Certainty.UNKNOWN

    @property
    def cause_id(self) -> str:
        """The cause's stable name."""
        return self.cause.cause_id if self.cause else NOT_KNOWN

    @property
    def family(self) -> Family:
        """The family that the cause belongs to."""
        return self.cause.family if self.cause else Family.UNKNOWN

    @property
    def retry_helps(self) -> Retry:
        """Whether the same again may end better; of what is not known nothing says so."""
        return self.cause.retry if self.cause else Retry.NO

    @property
    def remedy(self) -> str:
        """What to do."""
        return self.cause.remedy if self.cause else REMEDY


_RANK: Final = {Certainty.CERTAIN: 3, Certainty.LIKELY: 2, Certainty.POSSIBLE: 1, Certainty.UNKNOWN: 0}
_SURE: Final = {Certainty.CERTAIN, Certainty.LIKELY}
_LOWER: Final = {Certainty.CERTAIN: Certainty.LIKELY, Certainty.LIKELY: Certainty.POSSIBLE}
_NO_CAUSE: Final = {"success_exit", "steady", "runtask_failure_unknown", "see_stopped_rows"}
"""Rows that tell of no failure, or only that there was one."""
_AROUND: Final = {
    "snowflake_unreachable",
    "snowflake_refused",
    "snowflake_down",
    "aws_unreachable",
    "uncaught_exception",
}
"""What a library says around the failure of another: the errors before it in a trace say more."""
_ENDED: Final = {"essential_container_exited", "app_error", "usage_error", "exit_255", "app_exit_code"}
"""Rows that only say that a program ended; any other answer says more."""

_SIGNALS: Final = {"sigkill", "sigabrt", "sigterm", "sigint", "sigsegv", "sigill", "signal_other"}
_WEAK: Final = _AROUND | _ENDED | _SIGNALS
"""How an end is told that had its cause before."""
_STOP_CODES: Final = {None, Scope.LOG, Scope.STOPPED, Scope.SERVICE_EVENT}
"""Where a stop code may stand among other words."""
_LOGS: Final = {None, Scope.LOG}

_LOW: Final = re.compile(r"INFO|DEBUG|TRACE|NOTICE|VERBOSE|SUCCESS|level|lvl|severity", re.IGNORECASE)
"""What a text has whose lines may have been left out for their level."""
_BEFORE_START: Final = re.compile(r"ResourceInitializationError|CannotPull\w*Error|credentials - err: ")
_HELPER: Final = re.compile(r": exit status \d+\b")
_BOTO: Final = re.compile(r"An error occurred \((\w[\w.]*)\) when calling the \w+ operation[^:]*: ?", re.IGNORECASE)
_CODE: Final = re.compile(r"\b[A-Z]\w*(?:Exception|Throttling|RequestLimitExceeded|Denied)\b(?=:)")


def classify(catalogue: Catalogue, text: str, where: str | None = None) -> Answer:
    """The answer for one text.

    Args:
        catalogue: what is known.
        text: as it was captured, of one line or many.
        where: where it was said, if that is known: ``stoppedReason``, ``log``, ``snowflake``, ``api``, ``exit``, …
    """
    best, said = Answer(), heard(text, where)
    for found, certainty in _answers(catalogue, said):
        if _says_more(found, certainty, best):
            best = Answer(found.cause, certainty)
        if certainty in _SURE and best.cause_id not in _ENDED:
            return best
    told_why = best.family is not Family.UNKNOWN and best.cause_id not in _WEAK
    if told_why or (best.certainty in _SURE and best.cause_id not in _ENDED):
        return best
    suspicion = _suspicion(catalogue, said, text, where)
    return suspicion if suspicion and suspicion.family is not best.family else best


def _suspicion(catalogue: Catalogue, heard_: list[Said], text: str, where: str | None) -> Answer | None:
    for said in heard_:
        plain = without_frames(said.text)
        found = suspected(catalogue, (plain,) if windows(plain) else readings(plain))
        if found and not (found.cause.family.startswith("snowflake") and foreign(Scope.SNOWFLAKE, said.text)):
            return Answer(found.cause, found.certainty)
    return _murmured(catalogue, heard_, text, where)


def _murmured(catalogue: Catalogue, heard_: list[Said], text: str, where: str | None) -> Answer | None:
    # The less a line sounds like a failure, the surer its words must be.
    if heard_ and _LOW.search(text) is None:
        return None
    for ear, enough in ((Ear.SHARP, set(Certainty)), (Ear.SHARPEST, {Certainty.CERTAIN})):
        murmured = heard(text, where, ear)
        if [one.text for one in murmured] == [one.text for one in heard_]:
            continue
        for found, _ in _answers(catalogue, murmured):
            if found.certainty in enough:
                return Answer(found.cause, Certainty.POSSIBLE)
    return None


def _says_more(found: Text, certainty: Certainty, best: Answer) -> bool:
    ended = found.cause.cause_id in _ENDED
    if best.cause is None or ended == (best.cause_id in _ENDED):
        return _RANK[certainty] > _RANK[best.certainty]
    return not ended


def cause_told(catalogue: Catalogue, text: str | None, where: str) -> Cause | None:
    """The cause that a program's own words tell of, if they tell one; exit codes in them do not count.

    Args:
        catalogue: what is known.
        text: the last lines of a log, or an error's message.
        where: where it was said.
    """
    answers = _answers(catalogue, heard(text, where)) if text else ()
    return next((found.cause for found, sure in answers if sure in _SURE and found.scope is not Scope.EXIT), None)


def _answers(catalogue: Catalogue, heard_: list[Said]) -> Iterator[tuple[Text, Certainty]]:
    for said in heard_:
        for found in _in_log(catalogue, said) if said.scope in _LOGS else _found(catalogue, said):
            left_out = _NO_CAUSE | _AROUND if said.inner else _NO_CAUSE
            # Only the end of a log counts: what else the program did before has nothing to do with its failure.
            if found.cause.cause_id not in left_out and not foreign(found.scope, last_lines(said.text)):
                yield found, _lowered(found.certainty, said.doubts)


def _lowered(certainty: Certainty, times: int) -> Certainty:
    for _ in range(times):
        certainty = _LOWER.get(certainty, certainty)
    return certainty


def _in_log(catalogue: Catalogue, said: Said) -> Iterator[Text]:
    # Lines of a log that have nothing to do with each other must not make one sentence; the last that says why counts.
    pieces = windows(said.text)
    if not pieces:
        yield from _found(catalogue, said)
        return
    weak: list[Text] = []
    in_pieces = ([*_found(catalogue, replace(said, text=piece))] for piece in pieces)
    for found, before in pairwise(chain(in_pieces, [[]])):
        news = [one for one in found if one not in before]
        strong = [one for one in news if one.cause.cause_id not in _WEAK and one.certainty in _SURE]
        weak += [one for one in news if one not in strong]
        yield from strong
    yield from weak


def _found(catalogue: Catalogue, said: Said) -> Iterator[Text]:
    texts = readings(said.text)
    if said.scope not in {None, Scope.LOG}:
        for words in _words(said.scope, texts):
            if (found := catalogue.match(said.scope, *words, _numbered(said.scope, words))) is not None:
                yield found
    before_start = _BEFORE_START.search(said.text) is not None
    for scope in MARKS:
        if scope is Scope.LOG and before_start:
            break  # no program has said a word yet
        if (
            (scope is Scope.LOG or scope is not said.scope)
            and marked(scope, texts)
            and (found := catalogue.match(scope, *(told := _told(scope, said, texts)), _numbered(scope, told)))
        ):
            yield found
        if scope is Scope.API:
            yield from _as_runtask_says(catalogue, texts) if said.scope is not Scope.RUNTASK_EXCEPTION else ()
    if said.scope in _STOP_CODES and (found := catalogue.match(Scope.STOP_CODE, said.text)):
        yield found
    yield from _ended(catalogue, said) if said.scope is not Scope.EXIT else ()


def _told(scope: Scope, said: Said, texts: tuple[str, ...]) -> tuple[str, ...]:
    # Files and functions of Snowflake's clients have names like `ocsp_snowflake` and `lock_timeout`.
    return readings(without_frames(said.text)) if scope is Scope.SNOWFLAKE else texts


def _ended(catalogue: Catalogue, said: Said) -> Iterator[Text]:
    # A helper of ECS or Docker that failed has an exit status, too, which is not the container's.
    told = _HELPER.sub("", said.text) if marked(Scope.STOPPED, (said.text,)) else said.text
    for code in exits(told, known=False):
        if (found := catalogue.match(Scope.EXIT, code)) is not None:
            yield found


def _numbered(scope: Scope, texts: tuple[str, ...]) -> str | None:
    return numbered(texts[-1]) if scope is Scope.SNOWFLAKE else None


def _words(scope: Scope, texts: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What was said as the texts of that scope are written."""
    if scope is Scope.EXIT:
        yield from ((code,) for code in exits(texts[0], known=True))
    if scope is Scope.RUNTASK_EXCEPTION:
        yield tuple(_BOTO.sub(lambda found: f"{found[1]}: ", text) for text in texts)
    yield texts


def _as_runtask_says(catalogue: Catalogue, texts: tuple[str, ...]) -> Iterator[Text]:
    # Other calls fail in the same words; of the general ones, what RunTask means by them says nothing there.
    for plain in (_BOTO.sub(lambda found: f"{found[1]}: ", text) for text in texts):
        for start in (0, *(code.start() for code in _CODE.finditer(plain))):
            found = catalogue.match(Scope.RUNTASK_EXCEPTION, plain[start:])
            if found is not None and found.certainty is not Certainty.POSSIBLE:
                yield found
