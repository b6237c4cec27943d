"""A comparison as people and programs read it."""

from collections.abc import Iterator
from dataclasses import asdict
from itertools import groupby
from typing import Any

from doctor.compare.compare import CAUSES, Compared, Comparison, Difference


def lines(compared: Compared) -> list[str]:
    """What differs, the summary last."""
    found = [line for each in compared.comparisons for line in _lines(each)]
    found += [f"only in the first: {name}" for name in compared.only_old]
    found += [f"only in the second: {name}" for name in compared.only_new]
    count = sum(len(each.differences) for each in compared.comparisons)
    summary = f"{count} difference{'' if count == 1 else 's'} in {len(compared.comparisons)} compared"
    return [*found, "nothing differs but account and region, if those" if compared.same else summary]


def as_data(compared: Compared) -> dict[str, Any]:
    """A comparison as JSON holds it."""
    return {
        "same": compared.same,
        "only_old": list(compared.only_old),
        "only_new": list(compared.only_new),
        "compared": [
            {
                "name": each.name,
                "places": list(each.places) if each.places else None,
                "differences": [asdict(one) | {"can_cause": CAUSES[one.group]} for one in each.differences],
            }
            for each in compared.comparisons
        ],
    }


def _lines(comparison: Comparison) -> Iterator[str]:
    if not comparison.differences and comparison.places is None:
        return
    yield comparison.name
    if comparison.places:
        old, new = comparison.places
        yield f"  account and region: {old} → {new}; what only follows them is left out"
    for group, inner in groupby(comparison.differences, key=lambda one: one.group):
        yield f"  {group}: {CAUSES[group]}"
        for one in inner:
            yield from _pair(one)
    yield ""


def _pair(one: Difference) -> Iterator[str]:
    yield f"    {one.path}"
    if one.old == one.new:
        yield f"      = {one.old}   (stays, though account or region changed)"
        return
    if one.old is not None:
        yield f"      - {one.old!r}" if not one.old.strip() else f"      - {one.old}"
    if one.new is not None:
        yield f"      + {one.new!r}" if not one.new.strip() else f"      + {one.new}"
