"""The ways in which a template can turn out, where its conditions hang on what only the account knows.

A parameter without a default, or a pseudo parameter such as the region, decides conditions. Each text that a condition
compares it with is one way, and any other value is one more; so no branch of an ``Fn::If`` is left out unseen, and no
two conditions are taken to hold together that cannot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from doctor.health_checks.checks import UNKNOWN_TEXT
from doctor.health_checks.cloudformation import Resolver

_MOST: Final = 24  # further ways are left out: each is a resolution of the whole template


@dataclass(frozen=True)
class Way:
    """One way in which a template can turn out; ``when`` tells it apart, and is empty where there is only one."""

    when: str
    resolver: Resolver


def ways(template: dict[str, Any], parameters: dict[str, str] | None = None) -> list[Way]:
    """Every way, the first that of the first branches."""
    return _ways(template, parameters or {}, frozenset())


def ways_and_whole(template: dict[str, Any], parameters: dict[str, str] | None = None) -> list[Way]:
    """Every way; and once more with each parameter given whose default is empty, which often switches a part on."""
    given = parameters or {}
    empty = {
        name
        for name, body in (template.get("Parameters") or {}).items()
        if isinstance(body, dict) and body.get("Default") == "" and name not in given
    }
    return _ways(template, given, frozenset()) + (_ways(template, given, frozenset(empty)) if empty else [])


def _ways(template: dict[str, Any], given: dict[str, str], always: frozenset[str]) -> list[Way]:
    conditions = template.get("Conditions") or {}
    compared: dict[str, list[str]] = {}
    plain = Resolver(template, given, others=always)
    for name, text in _compared(conditions, plain):
        if (
            name not in always
            and UNKNOWN_TEXT in str(plain.value({"Ref": name}))
            and text not in compared.setdefault(name, [])
        ):
            compared[name].append(text)
    choices = [[(name, text) for text in _values(template, name, texts)] for name, texts in compared.items()]
    found = [_way(given, chosen, always) for chosen in product(*choices)][:_MOST]
    return [each for way in found for each in _assumed(template, way)][:_MOST]


@dataclass(frozen=True)
class _Chosen:
    values: dict[str, str]
    others: frozenset[str]
    when: tuple[str, ...]


def _way(given: dict[str, str], chosen: tuple[tuple[str, str | None], ...], always: frozenset[str]) -> _Chosen:
    values = {name: text for name, text in chosen if text is not None}
    others = always | {name for name, text in chosen if text is None}
    when = (f"{name} is {text!r}" if text is not None else f"{name} is none of those named" for name, text in chosen)
    return _Chosen(given | values, others, tuple(when))


def _values(template: dict[str, Any], name: str, texts: list[str]) -> list[str | None]:
    body = (template.get("Parameters") or {}).get(name)
    allowed = body.get("AllowedValues") if isinstance(body, dict) else None
    return [*texts, *([None] if not allowed or {str(one) for one in allowed} - set(texts) else [])]


def _compared(data: Any, resolver: Resolver) -> Iterator[tuple[str, str]]:
    """Each parameter with each text that it is compared with."""
    if isinstance(data, list):
        for item in data:
            yield from _compared(item, resolver)
    if not isinstance(data, dict):
        return
    sides = data.get("Fn::Equals")
    if isinstance(sides, list) and len(sides) == 2:
        for side, against in (sides, sides[::-1]):
            text = str(resolver.value(against))
            if isinstance(side, dict) and isinstance(side.get("Ref"), str) and UNKNOWN_TEXT not in text:
                yield side["Ref"], text
    for inner in data.values():
        yield from _compared(inner, resolver)


def _assumed(template: dict[str, Any], chosen: _Chosen) -> list[Way]:
    """What is still open, as a comparison of two imports, is taken for true and for false."""
    resolver = Resolver(template, chosen.values, others=chosen.others)
    conditions = template.get("Conditions") or {}
    open_ = [name for name in conditions if resolver.condition(name) is None and "Condition" not in conditions[name]]
    found: list[Way] = []
    for truths in product((True, False), repeat=min(len(open_), 4)):
        assumed = dict(zip(open_, truths, strict=False))
        when = [*chosen.when, *(f"the condition {name} is {str(value).lower()}" for name, value in assumed.items())]
        found.append(Way(" and ".join(when), Resolver(template, chosen.values, others=chosen.others, assumed=assumed)))
    return found
