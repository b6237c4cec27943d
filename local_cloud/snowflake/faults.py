"""Ordered trouble: a list of faults, each used up by the statements or logins it strikes."""

import json
import math
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Final

from local_cloud.fault_log import log_strike
from local_cloud.snowflake.sql_text import head

LOGIN: Final = "LOGIN"
KINDS: Final = frozenset(
    (
        "lock_waiters",
        "timeout",
        "session_gone",
        "unavailable",
        "network_policy",
        "reply_lost",
        "slow",
        "stale_read",
    )
)
OF_REQUESTS: Final = frozenset(("session_gone", "unavailable", "network_policy", "reply_lost"))  # a task sends none
OPS: Final = frozenset(
    (
        "*", LOGIN, "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "COPY", "CALL", "EXECUTE", "BEGIN",
        "START", "COMMIT", "ROLLBACK", "CREATE", "ALTER", "DROP", "UNDROP", "COMMENT", "GRANT", "REVOKE", "USE", "SET",
        "UNSET", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "PUT", "GET", "LIST", "LS", "REMOVE", "RM",
    )
)  # fmt: skip
_READS: Final = frozenset(("SELECT", "*"))
_SESSION_CODES: Final = frozenset((390111, 390112, 390114))
_OF_ALL: Final = frozenset(("op", "kind", "times", "match"))
TAKES: Final[Mapping[str, str]] = {
    "timeout": "seconds",
    "slow": "seconds",
    "session_gone": "code",
    "unavailable": "status",
    "reply_lost": "answers",
}
"""The field that means something to a kind, besides those that every order has; other kinds take none."""
_FIELDS: Final = frozenset(("op", "kind", "times", "match", "seconds", "code", "status", "answers"))


@dataclass
class Fault:
    """One order of trouble.

    `op` is a statement class (its first word; `*` for every statement) or LOGIN; `match` a regular expression over
    the statement's text, at LOGIN over the user's name. `times` is how often it still strikes. `seconds` is what
    `slow` waits and what the text of `timeout` names; `code` which session error `session_gone` gives; `status` the
    HTTP status of `unavailable`; `answers` how many answers to one statement `reply_lost` loses (0: all of them).
    """

    op: str
    kind: str
    times: int = 1
    match: str = ""
    seconds: float = 1.0
    code: int = 390111
    status: int = 503
    answers: int = 0
    stale: Any = field(default=None, repr=False, compare=False)

    @property
    def has_ended(self) -> bool:
        """Whether it can strike no more before its `times` are used up, as a moment that was lost."""
        return self.stale is not None and bool(self.stale.has_ended)

    def strikes(self, op: str, text: str) -> bool:
        """Whether this fault is meant for a statement (or login) of this class and text."""
        if self.op != op and not (self.op == "*" and op != LOGIN):
            return False
        return re.search(self.match, text, re.IGNORECASE | re.DOTALL) is not None

    def as_json(self) -> dict[str, Any]:
        """What GET shows of it."""
        return {name: getattr(self, name) for name in sorted(_FIELDS)}


def read_fault(order: Any) -> Fault:
    """A fault as it was posted.

    Raises:
        ValueError: it names no kind, or has a field or value that means nothing.
    """
    if not isinstance(order, Mapping) or order.get("kind") not in KINDS:
        named = order.get("kind") if isinstance(order, Mapping) else None
        what = f"kind {named} is unknown" if named else "an order is an object with a kind"
        raise ValueError(f"{what}; kind is one of {', '.join(sorted(KINDS))}")
    if unknown := set(order) - _FIELDS:
        raise ValueError(f"{', '.join(sorted(unknown))}: unknown; a fault has {', '.join(sorted(_FIELDS))}")
    kind = str(order["kind"])
    _refuse_what_is_not_taken(kind, set(order))
    fault = Fault(
        op=str(order.get("op") or (LOGIN if kind == "network_policy" else "*")).upper(),
        kind=kind,
        times=int(_number(order, "times", 1)),
        match=str(order.get("match", "")),
        seconds=_number(order, "seconds", 1.0),
        code=int(_number(order, "code", 390111)),
        status=int(_number(order, "status", 503)),
        answers=int(_number(order, "answers", 0)),
    )
    _refuse_nonsense(fault)
    return fault


def _number(order: Mapping[str, Any], name: str, usual: float) -> float:
    value = order.get(name, usual)
    try:
        return type(usual)(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} is a number, not {json.dumps(value)}") from None


def _refuse_what_is_not_taken(kind: str, given: set[str]) -> None:
    taken = TAKES.get(kind)
    if too_much := given - _OF_ALL - {taken}:
        more = f"besides op, times and match it takes {taken}" if taken else "it takes op, times and match only"
        raise ValueError(f"{kind} takes no {' and no '.join(sorted(too_much))}; {more}")


def _refuse_nonsense(fault: Fault) -> None:
    if fault.op not in OPS:
        near = get_close_matches(fault.op, OPS, 3) or sorted(OPS)
        raise ValueError(f"op: no statement begins with {fault.op}; did you mean {', '.join(near)}?")
    try:
        re.compile(fault.match)
    except re.error as error:
        raise ValueError(f"match: {fault.match!r} is no regular expression ({error})") from None
    if fault.times < 1:
        raise ValueError(f"times is at least 1, not {fault.times}")
    if not 0 <= fault.seconds < math.inf:
        raise ValueError(f"seconds is a time in seconds, 0 or more, not {fault.seconds:g}")
    if fault.answers < 0:
        raise ValueError(f"answers is 0 or more, not {fault.answers}")
    if fault.kind == "network_policy" and fault.op != LOGIN:
        raise ValueError("network_policy strikes LOGIN")
    if fault.op == LOGIN and fault.kind not in {"network_policy", "unavailable", "slow"}:
        raise ValueError("LOGIN can meet network_policy, unavailable and slow")
    if fault.kind == "stale_read" and fault.op not in _READS:
        raise ValueError("stale_read strikes SELECT")
    if fault.kind == "session_gone" and fault.code not in _SESSION_CODES:
        raise ValueError(f"session_gone knows the codes {', '.join(map(str, sorted(_SESSION_CODES)))}")


def statement_class(sql: str) -> str:
    """The class of a statement: its first word; a query that begins with WITH or a bracket is a SELECT."""
    word = head(sql, 1)
    return "SELECT" if word in {"WITH", "("} else word


class Faults:
    """The faults that are left, in the order in which they were posted."""

    def __init__(self) -> None:
        """Nothing is ordered."""
        self._guard = threading.Lock()
        self._left: list[Fault] = []

    def add(self, orders: list[Fault]) -> None:
        """Order more."""
        with self._guard:
            self._left += orders

    def left(self) -> list[Fault]:
        """What has not been used up."""
        with self._guard:
            return [fault for fault in self._left if not fault.has_ended]

    def clear(self) -> list[Fault]:
        """Forget all; answers with what was left."""
        with self._guard:
            gone, self._left = self._left, []
        return gone

    def take(self, op: str, text: str, without: frozenset[str] = frozenset()) -> Fault | None:
        """The first fault that strikes and is not of the kinds in `without`; one time less of it is left then."""
        if not self._left:
            return None
        with self._guard:
            for fault in self._left:
                if fault.kind in without or fault.has_ended:
                    continue
                if (fault.kind != "stale_read" or op == "SELECT") and fault.strikes(op, text):
                    fault.times -= 1
                    if fault.times == 0:
                        self._left.remove(fault)
                    log_strike(op, fault.kind, left=fault.times, struck=text)
                    return fault
        return None
