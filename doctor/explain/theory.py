"""A theory of what went wrong, and what the evidence says of it."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What the evidence says of a theory."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    NOT_TESTABLE = "not testable"


class Certainty(StrEnum):
    """How far a supported theory explains what was seen."""

    CERTAIN = "certain"
    """It alone is enough to bring about what was seen."""
    LIKELY = "likely"
    """It is a fault, and brings about what was seen unless something unknown prevents it."""
    POSSIBLE = "possible"
    """It would explain what was seen; that it is there is not shown."""
    NONE = "none"


@dataclass(frozen=True)
class Change:
    """What to change: the lines as they are, and as they should be."""

    where: str
    old: tuple[str, ...]
    new: tuple[str, ...]
    needs: str = ""


@dataclass(frozen=True)
class Theory:
    """One theory.

    Attributes:
        id: A stable name.
        title: The theory in a few words.
        verdict: What the evidence says.
        certainty: How far it explains what was seen; ``none`` unless it is supported.
        cause_id: The cause in the catalogue, or the stable name of what is wrong; empty unless supported.
        evidence: What speaks for it, or, of a refuted one, what refutes it.
        against: What speaks against it.
        settles: The one command that would settle it; empty when it is settled.
        changes: What to change if it is the cause.
        remedy: The same in words.
    """

    id: str
    title: str
    verdict: Verdict
    certainty: Certainty = Certainty.NONE
    cause_id: str = ""
    evidence: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    settles: str = ""
    changes: tuple[Change, ...] = ()
    remedy: str = ""


def refuted(theory_id: str, title: str, *evidence: str) -> Theory:
    """A theory that the evidence refutes."""
    return Theory(theory_id, title, Verdict.REFUTED, evidence=evidence)


def open_(theory_id: str, title: str, *evidence: str, settles: str, against: tuple[str, ...] = ()) -> Theory:
    """A theory of which the evidence says nothing."""
    return Theory(theory_id, title, Verdict.NOT_TESTABLE, evidence=evidence, settles=settles, against=against)
