"""AWS's token buckets for ECS in the large Regions, from the guides on request throttling of ECS and Fargate."""

import time
from collections.abc import Callable
from typing import Final

RUN_TASK: Final = "RunTask calls of Fargate"
LAUNCHES: Final = "task launches of Fargate"
MODIFY: Final = "cluster resource modify"
READ: Final = "cluster resource read"
RATES: Final = {RUN_TASK: (20.0, 20.0), LAUNCHES: (100.0, 20.0), MODIFY: (100.0, 40.0), READ: (100.0, 20.0)}
"""Burst, and tokens per second."""
OF_CALL: Final = {
    "RunTask": (MODIFY, RUN_TASK, LAUNCHES),
    "StopTask": (MODIFY,),
    "DescribeTasks": (READ,),
    "ListTasks": (READ,),
}


def quota_s(jobs: int) -> float:
    """The seconds in which the quota lets so many tasks be launched, from full buckets on."""
    burst, per_s = RATES[RUN_TASK]
    return max(0.0, (jobs - burst) / per_s)


class Buckets:
    """All buckets of one account."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, unlimited: bool = False) -> None:
        """Full ones; ``clock`` gives seconds that only grow, ``unlimited`` ones never run dry."""
        self._clock, self._unlimited = clock, unlimited
        self._levels = {name: burst for name, (burst, _) in RATES.items()}
        self._at_s = clock()

    def take(self, call: str) -> bool:
        """A token of each bucket that the call needs, or none of any."""
        now_s = self._clock()
        for name, (burst, per_s) in RATES.items():
            self._levels[name] = min(burst, self._levels[name] + (now_s - self._at_s) * per_s)
        self._at_s = now_s
        needed = OF_CALL.get(call, ())
        if not self._unlimited and any(self._levels[name] < 1 for name in needed):
            return False
        for name in needed:
            self._levels[name] -= 1
        return True
