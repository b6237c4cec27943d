"""The last word on each report type: running or paused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from contract.commands import ALL_TYPES, CommandKind
from executor.testing.memory_queue import Ordered


@dataclass(frozen=True, slots=True)
class Pause:
    """A row of ``TYPE_STATE``: who paused or resumed a type last, and when."""

    request_id: str
    at: datetime
    paused: bool
    ordered_by: str


def last_words(noted: Mapping[str, Pause], orders: Iterable[Ordered]) -> dict[str, Pause]:
    """What is true of each type, whether the executor has noted it yet or not."""
    words = dict(noted)
    for order in orders:
        if order.kind not in {CommandKind.PAUSE, CommandKind.RESUME} or order.target is None:
            continue
        word = Pause(order.request_id, order.at, order.kind is CommandKind.PAUSE, order.ordered_by)
        known = words.get(order.target)
        if known is None or (known.at, known.request_id) <= (word.at, word.request_id):
            words[order.target] = word
    return words


def is_paused(report_type: str, words: Mapping[str, Pause]) -> bool:
    """Whether no job of the type is claimed: the younger of what was said of it and of all types."""
    own, every = words.get(report_type), words.get(ALL_TYPES)
    if own is None or every is None:
        word = own or every
        return word is not None and word.paused
    return own.paused if own.at >= every.at else every.paused
