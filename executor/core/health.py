"""Whether the executor is well, from how late its loops are.

A loop rests for as long as it said and is expected back after that. Being back is a sign of life, and so is every
answer that it gets of the world while a round lasts: a round that launches for an hour is at work, not stuck. An
outage does not make a loop late, because a loop that waits for one to pass comes round to look.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SLOW_S: Final = 60.0
"""Later than this, something is not as it should be: no call to AWS or Snowflake may take so long."""
DEAD_S: Final = 300.0
"""Later than this, a loop will not come back by itself; a new process takes over from the rows."""


class Health(StrEnum):
    """How the loops are."""

    WELL = "well"
    SLOW = "slow"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The health of all loops together, and which of them are to blame, the latest first."""

    health: Health
    late: tuple[str, ...] = ()


def judge(late_s: Mapping[str, float]) -> Verdict:
    """The health of loops by how many seconds they are overdue.

    Args:
        late_s: by the name of the loop; 0 for one that is at rest, or that gave a sign of life just now.
    """
    slow = sorted((name for name, late in late_s.items() if late > SLOW_S), key=lambda name: -late_s[name])
    if not slow:
        return Verdict(Health.WELL)
    return Verdict(Health.DEAD if late_s[slow[0]] > DEAD_S else Health.SLOW, tuple(slow))
