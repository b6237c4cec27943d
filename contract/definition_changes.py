"""What another definition of a report type changes, in one line for each thing: who defines it anew may not mean all.

A definition replaces the one before it as a whole. Whoever leaves a key out takes it away: the cadence of a built-in
report, for example, by which the calendar asked for it every morning.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from contract.refusal import shown

MAX_TOLD: Final = 40
"""How many changes an answer lists."""

_SHORT_CHARS: Final = 40
_ABSENT: Final = object()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Everything in which two definitions differ, by its path.

    Args:
        before: the definition in use so far, as canonical JSON says it.
        after: the one that replaces it, likewise.

    Returns:
        Sentences like ``cadence: 'daily' before, not given now``; of more than 40, the first and how many are left.
    """
    found = list(_differences("", before, after))
    left = len(found) - MAX_TOLD
    return found if left <= 0 else [*found[:MAX_TOLD], f"and {left} more"]


def _differences(path: str, before: Any, after: Any) -> Iterator[str]:
    if before == after:
        return
    old, new = _by_name(before), _by_name(after)
    if old is not None and new is not None:
        for name in sorted(old.keys() | new.keys()):
            inner = f"{path}.{name}" if path else name
            yield from _differences(inner, old.get(name, _ABSENT), new.get(name, _ABSENT))
        if isinstance(before, list) and sorted(old) == sorted(new) and list(old) != list(new):
            yield f"{path}: in another order"
    elif _is_short(before) and _is_short(after):
        yield f"{path}: {_told(before)} before, {_told(after)} now"
    elif before is _ABSENT or after is _ABSENT:
        yield f"{path}: {'added' if before is _ABSENT else 'taken away'}"
    else:
        yield f"{path}: changed"


def _by_name(value: Any) -> Mapping[str, Any] | None:
    """An object as it is, a list of named things by their names; None for anything else."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "name" in one for one in value):
        return {str(one["name"]): one for one in value}
    return None


def _is_short(value: Any) -> bool:
    return value is _ABSENT or (not isinstance(value, Mapping) and len(repr(value)) <= _SHORT_CHARS)


def _told(value: Any) -> str:
    return "not given" if value is _ABSENT else shown(value)
