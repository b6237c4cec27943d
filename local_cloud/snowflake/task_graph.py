"""Which tasks may follow which: what Snowflake refuses of a graph when a task is made, altered or resumed.

The numbers 091400 and 091421 and their texts are from the field; those of the others are from memory.
"""

from typing import Any

from sqlglot import exp, parse_one

from local_cloud.snowflake.errors import COMPILATION, failure, missing, not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader, comma_separated
from local_cloud.snowflake.task_runs import KIND

Task = dict[str, Any]


def refuse_plan(session: Session, place: Place, options: dict[str, str]) -> None:
    """Refuse options that make no place in a graph.

    Raises:
        ProgrammingError: 091400 for a schedule together with predecessors, 091401 for a task after itself or after
            one that comes after it, 002003 for an unknown predecessor, 091421 while the root is started, 000002 for
            FINALIZE and for predecessors of another schema.
    """
    if "FINALIZE" in options:
        raise not_supported("FINALIZE")
    before = _named(session, place, options.get("AFTER", ""))
    if before and "SCHEDULE" in options:
        text = f"Task {place[2]} cannot have both a schedule and a predecessor."
        raise failure(91400, "0A000", text)
    for other in before:
        if other == place[2] or place[2] in _ancestors(session, place, other):
            raise failure(91401, "0A000", f"Task {place[2]} cannot come after itself: {other} is in its own past.")
        if session.server.catalog.get(KIND, place[:2], other) is None:
            raise missing("task", ".".join((*place[:2], other)))
        refuse_while_started(session, place, (other,))


def refuse_condition(condition: str | None) -> None:
    """Refuse a WHEN that reads; Snowflake looks at it without a warehouse, before anybody's privileges count.

    Raises:
        ProgrammingError: 000002 for a subquery, 001003 for what is no condition.
    """
    if condition is None:
        return
    tree = parse_one(f"SELECT ({condition})", read="snowflake")
    if list(tree.find_all(exp.Query)) != [tree] or tree.find(exp.Table):
        raise not_supported("WHEN with a query; let the task's statement decide whether there is something to do")


def refuse_while_started(session: Session, place: Place, before: tuple[str, ...]) -> None:
    """Nothing of a graph changes while its root is started; `before` are the predecessors of what is to change.

    Raises:
        ProgrammingError: 091421.
    """
    for name in _roots(session, place, before):
        root = session.server.catalog.get(KIND, place[:2], name)
        if root and root["state"] == "started":
            full = ".".join((*place[:2], name))
            text = f"Unable to update graph with root task {full} since that root task is not suspended."
            raise failure(91421, "22000", text)


def refuse_resuming(task: Task) -> None:
    """Refuse to resume what nothing would ever start.

    Raises:
        ProgrammingError: 091402 for a task without schedule and predecessors.
    """
    if not task["options"].get("SCHEDULE") and not task["options"].get("AFTER"):
        text = f"{COMPILATION}Task {task['name']} cannot be resumed: it has neither a schedule nor a predecessor."
        raise failure(91402, "0A000", text)


def names_before(task: Task | None) -> tuple[str, ...]:
    """The names of a task's predecessors."""
    after = task["options"].get("AFTER", "") if task else ""
    return tuple(Reader(text).name()[-1] for text in comma_separated(after))


def _named(session: Session, place: Place, after: str) -> list[str]:
    places = [resolve(session, Reader(text).name()) for text in comma_separated(after)]
    if any(other[:2] != place[:2] for other in places):
        raise not_supported("AFTER a task of another schema")
    return [other[2] for other in places]


def _ancestors(session: Session, place: Place, name: str) -> set[str]:
    """Everything that comes before the task of this name."""
    found, left = set[str](), [name]
    while left:
        new = set(names_before(session.server.catalog.get(KIND, place[:2], left.pop()))) - found
        found |= new
        left += new
    return found


def _roots(session: Session, place: Place, before: tuple[str, ...]) -> list[str]:
    """The roots above tasks; of none the task's own name."""
    tops = set[str]()
    for name in before or (place[2],):
        above = {name} | _ancestors(session, place, name)
        tops |= {n for n in above if not names_before(session.server.catalog.get(KIND, place[:2], n))}
    return sorted(tops)
