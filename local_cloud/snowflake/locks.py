"""Table locks as Snowflake takes them: UPDATE, DELETE and MERGE of one table wait for each other."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable

from local_cloud.snowflake.errors import failure

# Seen in the field and not in the documentation: the 21st statement waiting for one lock is aborted.
MAX_WAITERS = 20
_PAUSE_S = 0.05  # how soon a cancelled statement stops to wait


class TableLocks:
    """Locks held per owner (a session) until it commits or rolls back."""

    def __init__(self, ask_about: Callable[[str], None] = lambda _owner: None, *, look_s: float = 5.0) -> None:
        """Start with nothing locked; `ask_about` hears every `look_s` seconds whom a statement waits for."""
        self._ask_about = ask_about
        self._look_s = look_s
        self._changed = threading.Condition()
        self._owners: dict[str, str] = {}
        self._waiting: dict[str, int] = defaultdict(int)
        self._wanted: dict[str, str] = {}  # owner -> the table that it waits for

    def take(self, table: str, owner: str, timeout_s: float, refuse_if_stopped: Callable[[], object] = bool) -> None:
        """Hold `table` for `owner`, waiting while another holds it; `refuse_if_stopped` may end the wait.

        Raises:
            ProgrammingError: 000625 when 20 statements wait already, `timeout_s` (LOCK_TIMEOUT) is over, or the
                holder waits for `owner` in turn.
        """
        with self._changed:
            if self._owners.get(table, owner) != owner:
                self._wanted[owner] = table
                try:
                    self._wait(table, owner, timeout_s, refuse_if_stopped)
                finally:
                    del self._wanted[owner]
            self._owners[table] = owner

    def _wait(self, table: str, owner: str, timeout_s: float, refuse_if_stopped: Callable[[], object]) -> None:
        holder = self._owners[table]
        prefix = f"Statement of session {holder} has locked table '{table}' and this lock has not yet been released. "
        if self._waiting[table] >= MAX_WAITERS:
            text = f"{prefix}Your statement was aborted because the number of waiters for this lock exceeds the "
            raise failure(625, "57014", f"{text}{MAX_WAITERS} statements limit.")
        if self._closes_a_circle(table, owner):
            text = f"{prefix}Your statement was aborted because both would wait for each other for ever (deadlock)."
            raise failure(625, "57014", text)
        self._waiting[table] += 1
        asked_s = time.monotonic()
        deadline_s = asked_s + timeout_s
        try:
            while self._owners.get(table, owner) != owner:
                left_s = deadline_s - time.monotonic()
                if left_s <= 0:
                    text = f"{prefix}Your statement was aborted because LOCK_TIMEOUT ({timeout_s:g} s) is over."
                    raise failure(625, "57014", text)
                self._changed.wait(min(left_s, _PAUSE_S))
                refuse_if_stopped()
                if table in self._owners and time.monotonic() - asked_s >= self._look_s:
                    asked_s = time.monotonic()
                    self._ask_about(self._owners[table])
        finally:
            self._waiting[table] -= 1

    def _closes_a_circle(self, table: str, owner: str) -> bool:
        holder = self._owners.get(table)
        while holder is not None and holder != owner:
            holder = self._owners.get(self._wanted.get(holder, ""))
        return holder == owner

    def release(self, owner: str) -> None:
        """Give back everything that `owner` holds."""
        with self._changed:
            held = [table for table, holder in self._owners.items() if holder == owner]
            for table in held:
                del self._owners[table]
            if held:
                self._changed.notify_all()
