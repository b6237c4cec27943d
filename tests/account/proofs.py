"""The list of what was never run against the real thing: `proofs.tsv`, one line each."""

import csv
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("proofs.tsv")


@dataclass(frozen=True, slots=True)
class Proof:
    """Something that only a real account can prove; by a step of the script, by hand, or by both."""

    what: str
    where: str
    differs: str
    step: str
    by_hand: str


def read(text: str) -> list[Proof]:
    """The lines of the list.

    Raises:
        ValueError: a line has too few or too many cells, or neither a step nor a way by hand.
    """
    found = []
    for number, row in enumerate(csv.reader(text.splitlines()[1:], delimiter="\t", quoting=csv.QUOTE_NONE), start=2):
        if len(row) != 5:
            raise ValueError(f"line {number} has {len(row)} cells, not 5")
        found.append(Proof(*row))
        if not (found[-1].step or found[-1].by_hand):
            raise ValueError(f"line {number} says neither a step nor what to do by hand")
    return found
