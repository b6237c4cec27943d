"""Orders of trouble, checked when they come in and struck off when they have struck.

An order names an operation (`op`: an API's operation, `task` or `event`), a `kind` of trouble and how many
`times` it strikes. `match` narrows it to requests, tasks or events whose text has that piece in it.
"""

import json
import math
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from http import HTTPStatus
from typing import Any

from local_cloud.aws.faults.names import why_not
from local_cloud.fault_log import log_strike

REQUEST_KINDS = frozenset({"throttle", "error_500", "denied", "error", "slow", "reply_lost"})
LAUNCH_KINDS = frozenset({"capacity", "vcpu_quota", "ec2_throttle"})
TASK_KINDS = frozenset(
    {
        "oom", "spot", "pull", "secrets", "eni", "hang", "exit", "vanish", "slow_start", "ignores_sigterm",
    }
)  # fmt: skip
EVENT_KINDS = frozenset({"duplicate", "disorder", "lost"})
_SORTS = {int: "a whole number", float: "a number", bool: "true or false", str: "a text"}
_OF_ALL = frozenset({"op", "kind", "times", "match"})
TAKES: Mapping[str, tuple[str, ...]] = {
    "throttle": ("text",),
    "error_500": ("text",),
    "denied": ("text",),
    "error": ("error", "text", "code"),
    "slow": ("seconds",),
    "capacity": ("text", "code"),
    "vcpu_quota": ("text", "code"),
    "ec2_throttle": ("text",),
    "pull": ("text",),
    "secrets": ("text",),
    "eni": ("text",),
    "slow_start": ("seconds",),
    "oom": ("after_s", "text", "running"),
    "spot": ("after_s", "text", "running"),
    "hang": ("after_s", "running"),
    "vanish": ("after_s", "running"),
    "exit": ("code", "after_s"),
}
"""Which fields mean something to a kind, besides those that every order has; a kind that is not here takes none."""
RUNNING_KINDS = frozenset(kind for kind, taken in TAKES.items() if "running" in taken)
ERROR_STATUSES = frozenset(int(status) for status in HTTPStatus if status >= HTTPStatus.BAD_REQUEST)


@dataclass(frozen=True, slots=True)
class Fault:
    """One order of trouble.

    Attributes:
        op: name of an API's operation such as `RunTask`, or `task`, or `event`.
        kind: what goes wrong.
        times: how often it still strikes.
        match: a piece of text that the request, task or event must have in it; empty for all.
        seconds: how long, for `slow` and `slow_start`.
        after_s: how long a task runs before it is struck, for `oom`, `spot`, `hang`, `exit`, `vanish`.
        code: exit code, for `exit`; HTTP status, for `error`, 400 unless it is one.
        error: the code of the answer, such as `BlockedException`, for `error`.
        text: other words than the usual ones, for what ends in a message.
        running: whether a task that runs already is struck too, and first; for `oom`, `spot`, `hang`, `vanish`.
    """

    op: str
    kind: str
    times: int = 1
    match: str = ""
    seconds: float = 1.0
    after_s: float = 0.0
    code: int = 1
    text: str = ""
    running: bool = False
    error: str = ""


class FaultOrderError(ValueError):
    """An order cannot be carried out; the text says which part and what would be right."""


class FaultBook:
    """The orders that have not struck yet, in the order in which they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: list[Fault] = []

    def __bool__(self) -> bool:
        """Whether any order is open."""
        return bool(self._open)

    def add(self, document: Any) -> None:
        """Take a JSON list of orders, or one; all of them or none.

        Raises:
            FaultOrderError: when one of them cannot be carried out.
        """
        orders = [parse(item) for item in (document if isinstance(document, list) else [document])]
        with self._lock:
            self._open.extend(orders)

    def take(self, op: str, text: str, kinds: Collection[str], *, running: bool = False) -> Fault | None:
        """Answer with the first order that fits and count it down; None when nothing shall go wrong.

        Args:
            op: the operation, `task` or `event`.
            text: where an order's `match` is looked for.
            kinds: the kinds of trouble that can happen here.
            running: whether only orders count that are for what runs already.
        """
        with self._lock:
            for position, fault in enumerate(self._open):
                fits = fault.op == op and fault.kind in kinds and fault.match in text
                if fits and (fault.running or not running):
                    self._count_down(position, fault)
                    log_strike(fault.op, fault.kind, left=fault.times - 1, struck=text)
                    return fault
        return None

    def left(self) -> list[dict[str, Any]]:
        """Answer with what is left, in the words of the orders."""
        with self._lock:
            return [asdict(fault) for fault in self._open]

    def clear(self) -> None:
        """Forget all orders."""
        with self._lock:
            self._open.clear()

    def _count_down(self, position: int, fault: Fault) -> None:
        if fault.times > 1:
            self._open[position] = Fault(**{**asdict(fault), "times": fault.times - 1})
        else:
            del self._open[position]


def parse(document: Any) -> Fault:
    """Read one order.

    Raises:
        FaultOrderError: when it cannot be carried out.
    """
    if not isinstance(document, Mapping):
        raise FaultOrderError('an order is an object such as {"op": "RunTask", "kind": "throttle"}')
    types = {item.name: item.type for item in fields(Fault)}
    if unknown := set(document) - set(types):
        raise FaultOrderError(f"{_listed(unknown)}: unknown; an order has {_listed(types)}")
    values = {name: _typed(name, types[name], value) for name, value in document.items()}
    if missing := [name for name in ("op", "kind") if not values.get(name)]:
        raise FaultOrderError(f"an order needs {' and '.join(missing)}")
    fault = Fault(**values)
    _refuse_what_is_not_taken(fault, set(document))
    _refuse_nonsense(fault)
    return fault


def _refuse_what_is_not_taken(fault: Fault, given: set[str]) -> None:
    if fault.kind not in kinds_of(fault.op):
        raise FaultOrderError(f"{fault.op} has no kind {fault.kind}; it has {_listed(kinds_of(fault.op))}")
    taken = TAKES.get(fault.kind, ())
    if too_much := given - _OF_ALL - set(taken):
        more = f"besides times and match it takes {', '.join(taken)}" if taken else "it takes times and match only"
        raise FaultOrderError(f"{fault.kind} takes no {' and no '.join(sorted(too_much))}; {more}")


def _refuse_nonsense(fault: Fault) -> None:
    if (fault.kind == "error") != bool(fault.error):
        raise FaultOrderError("error needs the code of the answer in the field error, such as BlockedException")
    if fault.error and fault.code not in {1, *ERROR_STATUSES}:
        raise FaultOrderError(f"with error, code is the HTTP status of an error such as 400 or 503, not {fault.code}")
    if fault.times < 1:
        raise FaultOrderError(f"times is 1 or more, not {fault.times}")
    for name in ("seconds", "after_s"):
        if not 0 <= (seconds := getattr(fault, name)) < math.inf:
            raise FaultOrderError(f"{name} is a time in seconds, 0 or more, not {seconds:g}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def kinds_of(op: str) -> frozenset[str]:
    """Answer with the kinds of trouble that an operation can have.

    Raises:
        FaultOrderError: when there is no such operation, or it cannot be struck.
    """
    if op in {"task", "event"}:
        return TASK_KINDS if op == "task" else EVENT_KINDS
    if reason := why_not(op):
        raise FaultOrderError(reason)
    return REQUEST_KINDS | LAUNCH_KINDS if op == "RunTask" else REQUEST_KINDS


def _typed(name: str, wanted: Any, value: Any) -> Any:
    accepted = (int, float) if wanted is float else wanted
    if not isinstance(value, accepted) or (isinstance(value, bool) and wanted is not bool):
        raise FaultOrderError(f"{name} is {_SORTS[wanted]}, not {json.dumps(value)}")
    return value
