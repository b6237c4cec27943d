"""The rates at which AWS lets itself be asked, as token buckets.

Sources: the pages on request throttling of the ECS and Fargate guides, and that on Fargate's quotas. Buckets are
per account and Region, and the operations of one group share theirs. RunTask has a bucket of Fargate's besides, and
each task launched takes from the bucket of its capacity provider, which is smaller in the younger Regions.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.world import Place


@dataclass(frozen=True, slots=True)
class Rate:
    """What a bucket holds and how many tokens come back to it per second."""

    burst: float
    per_s: float


MODIFY = Rate(100, 40)
READ = Rate(100, 20)
SERVICE_READ = Rate(100, 20)
FARGATE_RUN_TASK = Rate(20, 20)
LAUNCHES = Rate(100, 20)
LAUNCHES_ELSEWHERE = Rate(25, 5)
REGIONS_WITH_MORE_LAUNCHES = frozenset(
    {
        "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-northeast-1", "ap-northeast-2", "ap-south-1",
        "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2",
        "eu-west-3", "sa-east-1",
    }
)  # fmt: skip

REQUESTS: dict[str, tuple[tuple[str, Rate], ...]] = {
    "RunTask": (("cluster-resource-modify", MODIFY), ("fargate-run-task", FARGATE_RUN_TASK)),
    "StopTask": (("cluster-resource-modify", MODIFY),),
    "DescribeTasks": (("cluster-resource-read", READ),),
    "ListTasks": (("cluster-resource-read", READ),),
    "DescribeServices": (("service-read", SERVICE_READ),),
    "ListServices": (("service-read", SERVICE_READ),),
}


class Throttle:
    """All buckets; safe to use from several threads.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._levels: dict[tuple[Place, str], tuple[float, float]] = {}

    def ask(self, operation: str, place: Place) -> None:
        """Take a request's tokens, all of them or none.

        Raises:
            RefusedError: ThrottlingException, when one of its buckets is empty.
        """
        self._take([(name, rate, 1) for name, rate in REQUESTS.get(operation, ())], place)

    def launch(self, providers: Sequence[str | None], place: Place) -> None:
        """Take the tokens of one task on each of these capacity providers; the launch type FARGATE counts as FARGATE.

        Raises:
            RefusedError: ThrottlingException, when there are not enough.
        """
        rate = LAUNCHES if place.region in REGIONS_WITH_MORE_LAUNCHES else LAUNCHES_ELSEWHERE
        counts = Counter(provider or "FARGATE" for provider in providers)
        self._take([(f"launches-{provider}", rate, count) for provider, count in counts.items()], place)

    def _take(self, wanted: list[tuple[str, Rate, int]], place: Place) -> None:
        now = self._clock()
        with self._lock:
            levels = {name: self._level(place, name, rate, now) for name, rate, _ in wanted}
            if any(levels[name] < tokens for name, _, tokens in wanted):
                raise RefusedError("ThrottlingException", "Rate exceeded")
            for name, _, tokens in wanted:
                self._levels[place, name] = levels[name] - tokens, now

    def _level(self, place: Place, name: str, rate: Rate, now: float) -> float:
        level, then = self._levels.get((place, name), (rate.burst, now))
        return min(rate.burst, level + (now - then) * rate.per_s)


class NoThrottle(Throttle):
    """Lets everything through."""

    def _take(self, wanted: list[tuple[str, Rate, int]], place: Place) -> None:
        """Take nothing."""
