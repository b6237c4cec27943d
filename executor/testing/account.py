"""An AWS account as ECS keeps to it: how often RunTask and StopTask may be called, and how many tasks may run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from executor.core.launch_answers import Errored, Refused

THROTTLED: Final = Errored("ThrottlingException", "Rate exceeded", 400)
NO_QUOTA: Final = Refused("You\u2019ve reached the limit on the number of vCPUs you can run concurrently")


@dataclass(slots=True)
class Account:
    """The token bucket of RunTask and StopTask: 20 at once, 20 more in each second (ECS developer guide, "Throttling").

    Attributes:
        now: the clock of AWS.
        per_s: calls granted in a second.
        burst: calls granted at once.
        max_tasks: how many tasks the quota of vCPUs has room for; None for any number.
        throttled: how many calls were refused for coming too often.
        refused: how many launches were refused for want of quota.
    """

    now: Callable[[], datetime]
    per_s: float = 20.0
    burst: float = 20.0
    max_tasks: int | None = None
    throttled: int = field(default=0, init=False)
    refused: int = field(default=0, init=False)
    _left: float = field(default=0.0, init=False)
    _at: datetime | None = field(default=None, init=False)

    def call(self) -> Errored | None:
        """One call of RunTask or StopTask: None when it is let through."""
        now = self.now()
        passed = now - self._at if self._at is not None else timedelta(days=1)
        self._at = now
        self._left = min(self.burst, self._left + passed.total_seconds() * self.per_s)
        # Virtual seconds are sums of fractions; a hair's breadth is not a call too many.
        if self._left < 1 - 1e-6:
            self.throttled += 1
            return THROTTLED
        self._left -= 1
        return None

    def place(self, running: int) -> Refused | None:
        """Room for one more task beside those that run: None when there is."""
        if self.max_tasks is None or running < self.max_tasks:
            return None
        self.refused += 1
        return NO_QUOTA
