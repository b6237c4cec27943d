"""First suspicions: a thing that is known and, in the same line, what is said of it, in whatever words.

Programs and the people who wrap them say one failure in a hundred ways: ``log group /ecs/app does not exist``, ``no
such log group``, ``could not find the log group``. A pattern for each would never end. So where no known text is found,
each line is asked for a thing together with one of a few things that can be said of it. What is found so is never more
than possible: the words say what, not why.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from executor.core.causes import Catalogue, CatalogueError, Cause, Certainty, Confidence, Scope, Text, compiled, table
from executor.core.needles import may_match, needles

_LINES: Final = 100
"""Lines at the end of a text that are asked."""
_LONG: Final = 2_000
"""Characters of a line that are asked: a longer one is no sentence."""
_SENTENCE: Final = 240
"""Characters of a line that is one sentence: in it the two may stand anywhere, even the one within the other."""
_BEFORE, _AFTER = 100, 300
"""Characters around the thing, in a longer line, in which something is said of it."""


@dataclass(frozen=True, slots=True)
class Suspicion(Text):
    """A thing, as a text's pattern, with what must be said of it, and what must not be in the same line."""

    said: re.Pattern[str] = re.compile("")
    unless: re.Pattern[str] | None = None

    def matches(self, said: str, lowered: str) -> bool:
        """Whether a line tells of the thing what is known of it; ``lowered`` is the same in small letters."""
        if not may_match(self.needles, lowered) or self.pattern.search(said) is None:
            return False
        if self.unless and self.unless.search(said):
            return False
        if len(said) <= _SENTENCE:
            return self.said.search(said) is not None
        things = self.pattern.finditer(said)
        return any(self.said.search(said, max(0, one.start() - _BEFORE), one.end() + _AFTER) for one in things)


def read(suspicions: str, said: str, causes: Mapping[str, Cause]) -> Iterator[Suspicion]:
    """The suspicions of two tables of tab-separated values, each with a header line.

    Args:
        suspicions: thing, said (one of the second table's), unless (empty for never), cause_id, source, example.
        said: what can be said of a thing, by its name and as a pattern.
        causes: by their ids.

    Raises:
        CatalogueError: naming the line that cannot be read.
    """
    words = {row["said"]: row["regex"] for _, row in table(said)}
    for line, row in table(suspicions):
        try:
            yield Suspicion(
                scope=Scope.SUSPICION,
                pattern=compiled(row["thing"]),
                cause=causes[row["cause_id"]],
                certainty=Certainty.POSSIBLE,
                confidence=Confidence.FIELD,
                source=row["source"],
                example=row["example"],
                needles=needles(row["thing"]),
                said=compiled(words[row["said"]]),
                unless=compiled(row["unless"]) if row["unless"] else None,
            )
        except (KeyError, re.error) as error:
            raise CatalogueError(f"suspicions, line {line}: {error}") from error


def suspected(catalogue: Catalogue, texts: Iterable[str]) -> Text | None:
    """What the last line that tells of a known thing may mean, in the first reading of a text that has one.

    Args:
        catalogue: what is known.
        texts: the text, in whichever readings.
    """
    lines = (line[:_LONG] for text in texts for line in reversed(text.split("\n")[-_LINES:]))
    return next((found for line in lines if (found := catalogue.match(Scope.SUSPICION, line))), None)
