"""Known causes of failure: what AWS, ECS and the container say, and what that means.

The words of AWS are not a contract: they change without notice, are cut short, and come with straight or curly
apostrophes. So the catalogue is data, it only refines what stop code and exit code have decided already, and a text
that it does not know is kept as it came. Within a scope the first text that matches wins; the general ones stand last.
A search through hundreds of patterns would cost milliseconds, so each is tried only where a word that it needs occurs.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from contract.outcome import Blame, CodeRan, FailureClass
from executor.core.families import Family
from executor.core.needles import may_match, needles


class Scope(StrEnum):
    """Where a text was said."""

    RUNTASK_EXCEPTION = "runtask_exception"
    RUNTASK_FAILURE = "runtask_failure"
    DESCRIBE_FAILURE = "describe_failure"
    STOPPED = "stopped"
    EXIT = "exit"
    STOP_CODE = "stop_code"
    SERVICE_EVENT = "service_event"
    NETWORK = "network"
    """Of names, proxies and certificates, whoever says it."""
    SNOWFLAKE = "snowflake"
    API = "api"
    """An answer of AWS to some call, in the words of its SDKs."""
    LOG = "log"
    SUSPICION = "suspicion"
    """Of nobody in particular: tried where nothing else is found."""


class Retry(StrEnum):
    """Whether the same thing again may end better."""

    YES = "yes"
    NO = "no"
    WITH_CHANGE = "with-change"


class Fault(StrEnum):
    """Where the fault lies: the report itself, how this installation is deployed, the cloud, or with nobody."""

    REPORT = "report"
    DEPLOYMENT = "deployment"
    CLOUD = "cloud"
    NOBODY = "nobody"


class Certainty(StrEnum):
    """How much a text says: this and nothing else, most often this, a first suspicion, or nothing."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How a text became known: documentation, the source of what says it, users' reports, or memory only."""

    DOCUMENTED = "doc"
    AGENT = "agent"
    CODE = "code"
    FIELD = "field"
    MEMORY = "memory"


_BLAME: Final = {
    Fault.REPORT: Blame.REPORT,
    Fault.DEPLOYMENT: Blame.INFRASTRUCTURE,
    Fault.CLOUD: Blame.INFRASTRUCTURE,
    Fault.NOBODY: Blame.NOBODY,
}


class CatalogueError(ValueError):
    """The catalogue's data cannot be read; the message names the line."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause; ``failure_class`` is None where the place at which it was met decides."""

    cause_id: str
    family: Family
    fault: Fault
    retry: Retry
    code_ran: CodeRan
    failure_class: FailureClass | None
    summary: str
    remedy: str

    @property
    def blame(self) -> Blame:
        """Whose budget it uses."""
        return _BLAME[self.fault]

    @property
    def start_up(self) -> bool:
        """Whether the deployment keeps code from running, so that every other job meets the same."""
        return self.fault is Fault.DEPLOYMENT and self.code_ran is CodeRan.NO


@dataclass(frozen=True, slots=True)
class Text:
    """One text, as a pattern, with where it is known from and an example that it must match."""

    scope: Scope
    pattern: re.Pattern[str]
    cause: Cause
    certainty: Certainty
    confidence: Confidence
    source: str
    example: str
    needles: tuple[str, ...] = ()
    """Words in small letters one of which stands in everything that matches; none where there are no such words."""

    def matches(self, said: str, lowered: str) -> bool:
        """Whether it is in what was said; ``lowered`` is the same in small letters."""
        return may_match(self.needles, lowered) and self.pattern.search(said) is not None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every known text, in order, and every cause."""

    texts: tuple[Text, ...] = ()
    causes: tuple[Cause, ...] = ()
    _by_scope: Mapping[Scope, list[Text]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the texts by where they are said."""
        by_scope: dict[Scope, list[Text]] = defaultdict(list)
        for text in self.texts:
            by_scope[text.scope].append(text)
        object.__setattr__(self, "_by_scope", dict(by_scope))

    def find(self, scope: Scope, said: str | None) -> Cause | None:
        """The cause of what was said, or None for an unknown text."""
        found = self.match(scope, said)
        return found.cause if found else None

    def match(self, scope: Scope, *readings: str | None) -> Text | None:
        """The first text of a scope that is in what was said, in whichever reading of it."""
        said = [(reading, reading.lower()) for reading in readings if reading]
        for text in self._by_scope.get(scope, ()):
            for reading, lowered in said:
                if text.matches(reading, lowered):
                    return text
        return None

    def with_causes(self, more: Iterable[Cause]) -> "Catalogue":
        """The same with causes that no text leads to."""
        causes = {one.cause_id: one for one in (*more, *self.causes)}
        return Catalogue(self.texts, tuple(causes.values()))

    def with_texts(self, more: Iterable[Text]) -> "Catalogue":
        """The same with texts that stand behind these."""
        return Catalogue((*self.texts, *more), self.causes)

    def with_own(self, own: Sequence[Text]) -> "Catalogue":
        """The same with texts of one's own and their causes, which go before these."""
        causes = {text.cause.cause_id: text.cause for text in own} | {one.cause_id: one for one in self.causes}
        return Catalogue((*own, *self.texts), tuple(causes.values()))


EMPTY: Final = Catalogue()
"""A catalogue that knows nothing: stop code and exit code decide alone."""


def read(causes: str, texts: str) -> Catalogue:
    """The catalogue from its two tables of tab-separated values, each with a header line.

    Args:
        causes: cause_id, family, fault, retry, code_ran, failure_class (``-`` for none), summary, remedy.
        texts: scope, regex, cause_id, certainty, confidence, source, example; the order matters.

    Raises:
        CatalogueError: naming the line that cannot be read.
    """
    known: dict[str, Cause] = {}
    for line, row in table(causes):
        cause = _cause(line, row)
        if cause.cause_id in known:
            raise CatalogueError(f"causes, line {line}: {cause.cause_id} stands there twice")
        known[cause.cause_id] = cause
    return Catalogue(tuple(_text(line, row, known) for line, row in table(texts)), tuple(known.values()))


def compiled(regex: str) -> re.Pattern[str]:
    """A pattern as the catalogue means it: capitals do not matter, and a dot is any character."""
    return re.compile(regex, re.IGNORECASE | re.DOTALL)


def table(rows: str) -> Iterable[tuple[int, dict[str, str]]]:
    """The rows of a table of tab-separated values with a header line, each with the number of its line."""
    reader = csv.DictReader(rows.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return enumerate(reader, start=2)


def _cause(line: int, row: dict[str, str]) -> Cause:
    try:
        return Cause(
            cause_id=row["cause_id"],
            family=Family(row["family"]),
            fault=Fault(row["fault"]),
            retry=Retry(row["retry"]),
            code_ran=CodeRan(row["code_ran"]),
            failure_class=None if row["failure_class"] == "-" else FailureClass(row["failure_class"]),
            summary=row["summary"],
            remedy=row["remedy"],
        )
    except (KeyError, ValueError) as error:
        raise CatalogueError(f"causes, line {line}: {error}") from error


def _text(line: int, row: dict[str, str], causes: Mapping[str, Cause]) -> Text:
    try:
        return Text(
            scope=Scope(row["scope"]),
            pattern=compiled(row["regex"]),
            cause=causes[row["cause_id"]],
            certainty=Certainty(row["certainty"]),
            confidence=Confidence(row["confidence"]),
            source=row["source"],
            example=row["example"],
            needles=needles(row["regex"]),
        )
    except (KeyError, ValueError, re.error) as error:
        raise CatalogueError(f"texts, line {line}: {error}") from error
