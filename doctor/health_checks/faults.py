"""What can be wrong with a health check: each fault's sentence and theory, from ``faults.tsv``."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong.

    Attributes:
        id: A stable name.
        says: One sentence about this check.
    """

    id: str
    says: str


@dataclass(frozen=True)
class Kind:
    """What all faults of an id share: ``weight`` is ``fault``, or ``note`` for what is only worth knowing."""

    id: str
    weight: str
    says: str
    theory: str


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its id, in the order in which they are told."""
    text = files(__package__).joinpath("faults.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["id"]: Kind(**row) for row in rows}


def told(kind: str, *, about: str, more: str, image: str) -> Fault:
    """A fault of a kind, with its sentence filled in."""
    return Fault(kind, kinds()[kind].says.format(about=about, more=more, image=image))
