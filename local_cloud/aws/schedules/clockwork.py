"""What is due is done: one thread over all schedules, and a clock that can be put forward.

After a gap, be it that the machine slept or that the clock was put forward, each schedule acts once, for the last of
its times that passed, in the order of these times: so things are as they would be, without the crowd in between.
"""

import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from local_cloud.aws.clock import Clock
from local_cloud.aws.schedules.expressions import Timing

LONGEST_WAIT_S: Final = 5.0
"""The machine's clock may be set, and a machine may sleep; so it is looked at now and then."""
KEPT_DEEDS: Final = 100
_INSTANT: Final = timedelta(microseconds=1)

Act = Callable[[datetime], str]


@dataclass(slots=True)
class Entry:
    """One schedule.

    Attributes:
        timing: when it is due.
        act: does it, given the moment at which it was due; answers in words.
        anchor: from when intervals count.
        looked: what was due until then has been done, or shall not be.
        begins: it does not act before.
        ends: it does not act later.
    """

    timing: Timing
    act: Act
    anchor: datetime
    looked: datetime
    begins: datetime | None = None
    ends: datetime | None = None

    def next_due(self) -> datetime | None:
        """When it acts next; None when it does no more."""
        return self._after(max(self.looked, self.begins - _INSTANT) if self.begins else self.looked)

    def last_due(self, until: datetime) -> datetime | None:
        """The last time that passed unused, or None."""
        found, due = None, self.next_due()
        while due and due <= until:
            found, due = due, self._after(due)
        return found

    def _after(self, moment: datetime) -> datetime | None:
        due = self.timing.next_after(moment, self.anchor)
        return None if due and self.ends and due > self.ends else due


class Clockwork(threading.Thread):
    """All schedules, by their ARN.

    Args:
        clock: the present moment.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(name="clockwork", daemon=True)
        self._clock = clock
        self._ahead = timedelta(0)
        self._entries: dict[str, Entry] = {}
        self._deeds: deque[dict[str, str]] = deque(maxlen=KEPT_DEEDS)
        self._lock = threading.RLock()
        self._wake = threading.Event()

    def now(self) -> datetime:
        """The present moment of schedules, which runs ahead of everybody's when it was put forward."""
        return self._clock() + self._ahead

    def put(self, arn: str, entry: Entry) -> None:
        """Let a schedule act from now on, in the place of one with this ARN."""
        entry.next_due()  # what cannot be worked out is whoever's who puts it, and not everybody's later
        with self._lock:
            self._entries[arn] = entry
        self._wake.set()

    def entry(self, arn: str) -> Entry | None:
        """Find a schedule that still acts."""
        with self._lock:
            return self._entries.get(arn)

    def remove(self, arn: str) -> None:
        """Let a schedule act no more; one that is not there does not."""
        with self._lock:
            self._entries.pop(arn, None)

    def forget(self) -> None:
        """Forget all schedules, and go by everybody's clock."""
        with self._lock:
            self._entries.clear()
            self._deeds.clear()
            self._ahead = timedelta(0)

    def put_forward(self, to: datetime) -> list[dict[str, str]]:
        """Put the clock forward to a moment and do what is due by then; answers with what was done.

        Raises:
            ValueError: the moment has passed.
        """
        with self._lock:
            return self.put_forward_by(to - self.now())

    def put_forward_by(self, ahead: timedelta) -> list[dict[str, str]]:
        """Put the clock forward and do what is due by then; answers with what was done.

        Raises:
            ValueError: it would go back.
        """
        with self._lock:
            if ahead < timedelta(0):
                raise ValueError(f"it is {_written(self.now())} already; the clock goes forward only")
            self._ahead += ahead
            return self.look()

    def look(self) -> list[dict[str, str]]:
        """Do what is due; answers with what was done."""
        with self._lock:
            now = self.now()
            due = [(at, arn) for arn, entry in self._entries.items() if (at := entry.last_due(now))]
            done = [self._do(arn, at, now) for at, arn in sorted(due)]
            for arn in [arn for arn, entry in self._entries.items() if entry.next_due() is None]:
                del self._entries[arn]
            self._deeds.extend(done)
        return done

    def document(self) -> dict[str, Any]:
        """What time it is for schedules, what comes next, and what was done last."""
        with self._lock:
            coming = [(at, arn) for arn, entry in self._entries.items() if (at := entry.next_due())]
            return {
                "now": _written(self.now()),
                "ahead_s": round(self._ahead.total_seconds()),
                "next": [{"at": _written(at), "schedule": arn} for at, arn in sorted(coming)],
                "done": list(self._deeds),
            }

    def run(self) -> None:
        """Look whenever something is due, for ever."""
        while True:
            self._wake.wait(self._pause_s())
            self._wake.clear()
            try:
                self.look()
            except Exception:  # noqa: BLE001 - the other schedules go on
                traceback.print_exc()

    def _do(self, arn: str, at: datetime, now: datetime) -> dict[str, str]:
        entry = self._entries.get(arn)
        if entry is None:  # what was done before it took it away
            return {"at": _written(at), "schedule": arn, "did": "nothing: it is gone"}
        entry.looked = now
        try:
            did = entry.act(at)
        except Exception as error:  # noqa: BLE001 - one schedule's trouble is not the others'
            traceback.print_exc()
            did = f"failed: {error}"
        return {"at": _written(at), "schedule": arn, "did": did}

    def _pause_s(self) -> float | None:
        with self._lock:
            coming = [at for entry in self._entries.values() if (at := entry.next_due())]
            if not coming:
                return None
            return max(0.0, min(LONGEST_WAIT_S, (min(coming) - self.now()).total_seconds()))


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
