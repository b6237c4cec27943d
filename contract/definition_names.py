"""Names within a definition that must fit: parameters and binds, queries and the sections that show them.

These are looked at in the document as it was written, so that one wrong value does not hide what is wrong elsewhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract.binding import MOMENT, binds
from contract.meant import nearest
from contract.refusal import Problem, shown


def problems(given: Mapping[str, Any], root: str) -> Iterator[Problem]:
    """Everything in a definition that names what is not there, or is there and not named."""
    parameters = given.get("parameters")
    known = set(parameters) if isinstance(parameters, Mapping) else set[str]()
    yield from _binds(given, root, known)
    yield from _unused(given, root, known)
    for key in ("required", "ranges"):
        for place, name in _named(given, key):
            if name not in known:
                yield Problem(f"{root}.{place}", f"{shown(name)} is no parameter; {nearest(name, known)}")
    yield from _undated(given, root)
    yield from _queries(given, root)


def query_texts(given: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Position and text of the queries that have one."""
    return [(at, query["sql"]) for at, query in _items(given, "queries") if isinstance(query.get("sql"), str)]


def _items(given: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
    found = given.get(key)
    return [(at, item) for at, item in enumerate(_sequence(found)) if isinstance(item, Mapping)]


def _sequence(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _named(given: Mapping[str, Any], key: str) -> Iterator[tuple[str, str]]:
    """Place and name of what ``required`` or ``ranges`` say."""
    for at, item in enumerate(_sequence(given.get(key))):
        if isinstance(item, str):
            yield f"{key}[{at}]", item
        for end, name in enumerate(_sequence(item)):
            if isinstance(name, str):
                yield f"{key}[{at}][{end}]", name


def _binds(given: Mapping[str, Any], root: str, known: set[str]) -> Iterator[Problem]:
    for at, sql in query_texts(given):
        for name in dict.fromkeys(binds(sql)):
            if name not in known and name != MOMENT:  # which the runner binds itself
                yield Problem(f"{root}.queries[{at}].sql", f":{name} is no parameter; {nearest(name, known)}")


def _unused(given: Mapping[str, Any], root: str, known: set[str]) -> Iterator[Problem]:
    if given.get("task_definition") is not None or not _sequence(given.get("queries")):
        return  # a container of one's own gets all parameters in its order; and no queries are a problem of their own
    used = {name for _, sql in query_texts(given) for name in binds(sql)}
    for name in sorted(str(name) for name in known - used):
        yield Problem(f"{root}.parameters.{name}", f"is not used: no query binds :{name}; bind it, or leave it out")


def _undated(given: Mapping[str, Any], root: str) -> Iterator[Problem]:
    parameters = given.get("parameters")
    for place, name in _named(given, "ranges"):
        spec = parameters.get(name) if isinstance(parameters, Mapping) else None
        if isinstance(spec, Mapping) and spec.get("format") != "date":
            yield Problem(f"{root}.{place}", f"{name} is no date, and a range goes from date to date")


def _queries(given: Mapping[str, Any], root: str) -> Iterator[Problem]:
    if given.get("queries") in (None, [], ()) and given.get("task_definition") is None:
        yield Problem(
            f"{root}.queries", "is empty; give at least one, or name a container of your own: task_definition"
        )
    names: list[str] = []
    for at, query in _items(given, "queries"):
        name = query.get("name")
        if isinstance(name, str):
            if name in names:
                yield Problem(f"{root}.queries[{at}].name", f"{shown(name)} is taken; every query has its own name")
            names.append(name)
    for at, section in _items(given, "sections"):
        name = section.get("query")
        if isinstance(name, str) and name not in names:
            yield Problem(f"{root}.sections[{at}].query", f"{shown(name)} is no query; {nearest(name, names)}")
