"""Table locks as Snowflake takes them: UPDATE, DELETE and MERGE of one table wait for each other, first come first."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from snowflake.connector.errors import ProgrammingError

from local_cloud.snowflake.errors import failure

# Seen in the field and not in the documentation: the 21st statement waiting for one lock is aborted.
MAX_WAITERS: Final = 20
TOO_MANY: Final = f"the number of waiters for this lock exceeds the {MAX_WAITERS} statements limit"
_DEADLOCK: Final = "both would wait for each other for ever (deadlock)"
_PAUSE_S: Final = 0.05  # how soon a cancelled statement stops to wait


@dataclass(frozen=True)
class Asking:
    """The statement that asks for a lock, as refusals of others tell it."""

    query_id: str = ""
    transaction_id: int = 0


@dataclass(frozen=True)
class _Waiter:
    owner: str
    asking: Asking
    timeout_s: float
    refuse_if_stopped: Callable[[], object]


def refused(table: str, holder: Asking, query_id: str, why: str) -> ProgrammingError:
    """The refusal of a statement that does not get its lock (000625); the text is the field's."""
    text = (
        f"Statement '{holder.query_id}' has locked table '{table.rpartition('.')[2]}' in transaction "
        f"{holder.transaction_id} and this lock has not yet been released. Your statement '{query_id}' was aborted "
        f"because {why}."
    )
    return failure(625, "57014", text)


class TableLocks:
    """Locks held per owner (a session) until it commits or rolls back."""

    def __init__(self, ask_about: Callable[[str], None] = lambda _owner: None, *, look_s: float = 5.0) -> None:
        """Start with nothing locked; `ask_about` hears every `look_s` seconds whom a statement waits for."""
        self._ask_about = ask_about
        self._look_s = look_s
        self._changed = threading.Condition()
        self._owners: dict[str, str] = {}
        self._told: dict[str, Asking] = {}  # table -> the statement that locked it
        self._lines: dict[str, list[_Waiter]] = defaultdict(list)  # table -> who waits, the first to come first
        self._wanted: dict[str, str] = {}  # owner -> the table that it waits for

    def take(
        self,
        table: str,
        owner: str,
        timeout_s: float,
        refuse_if_stopped: Callable[[], object] = bool,
        asking: Asking = Asking(),
    ) -> None:
        """Hold `table` for `owner`, waiting behind those who came before; `refuse_if_stopped` may end the wait.

        Raises:
            ProgrammingError: 000625 when 20 statements wait already, `timeout_s` (LOCK_TIMEOUT) is over, or the
                holder waits for `owner` in turn.
        """
        with self._changed:
            if self._owners.get(table) == owner:
                return
            if table in self._owners or self._lines[table]:
                self._stand_in_line(table, _Waiter(owner, asking, timeout_s, refuse_if_stopped))
            self._owners[table], self._told[table] = owner, asking

    def _stand_in_line(self, table: str, waiter: _Waiter) -> None:
        line = self._lines[table]
        if len(line) >= MAX_WAITERS:
            raise self._refused(table, waiter, TOO_MANY)
        if self._closes_a_circle(table, waiter.owner):
            raise self._refused(table, waiter, _DEADLOCK)
        self._wanted[waiter.owner] = table
        line.append(waiter)
        try:
            self._wait(table, waiter)
        finally:
            line.remove(waiter)
            del self._wanted[waiter.owner]
            self._changed.notify_all()  # who left without the lock stood before others

    def _wait(self, table: str, waiter: _Waiter) -> None:
        asked_s = time.monotonic()
        deadline_s = asked_s + waiter.timeout_s
        while table in self._owners or self._lines[table][0] is not waiter:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise self._refused(table, waiter, f"LOCK_TIMEOUT ({waiter.timeout_s:g} s) is over")
            self._changed.wait(min(left_s, _PAUSE_S))
            waiter.refuse_if_stopped()
            if table in self._owners and time.monotonic() - asked_s >= self._look_s:
                asked_s = time.monotonic()
                self._ask_about(self._owners[table])

    def _refused(self, table: str, waiter: _Waiter, why: str) -> ProgrammingError:
        holder = self._told.get(table) or self._lines[table][0].asking
        return refused(table, holder, waiter.asking.query_id, why)

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
                del self._owners[table], self._told[table]
            if held:
                self._changed.notify_all()
