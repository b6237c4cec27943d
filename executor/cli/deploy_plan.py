"""A plan of a deployment in words."""

from collections.abc import Iterable, Iterator

from executor.deploy.plan import Change, Plan


def lines_of(plan: Plan) -> list[str]:
    """The plan, one line for each kind of thing."""
    head = "nothing to do but to say the grants again" if plan.nothing_new else "what will be done"
    return [f"Plan for {plan.where}: {head}", *(f"  {line}" for line in _parts(plan))]


def _parts(plan: Plan) -> Iterator[str]:
    if plan.new_objects:
        yield f"new objects: {', '.join(plan.new_objects)}"
    state = "new" if plan.code_is_new else "there already"
    yield f"procedures' code: {plan.code} ({state}); Python {plan.runtime} with {', '.join(plan.packages)}"
    for kind in ("migration", "view", "procedure", "task"):
        found = [change for change in plan.changes if change.kind == kind]
        if kind == "migration":
            for change in found:
                # One that was applied before is said again only where something that migrations make is lost.
                again = "" if change.is_new else ", what is lost of it"
                yield f"migration {change.script}: {change.name}{again}"
        elif found:
            yield f"{kind}s: {'; '.join(_news(found))}"
    if plan.tasks_to_start:
        yield f"tasks that will start: {', '.join(plan.tasks_to_start)}"
    if plan.reports:
        yield f"built-in reports: {', '.join(plan.reports)}"
    yield from plan.bells
    if plan.not_known:
        yield plan.not_known
    yield f"grants: {len(plan.grants)}, said again each time (--json lists them)"


def _news(changes: Iterable[Change]) -> Iterator[str]:
    there = list(changes)
    for word, is_new in (("new", True), ("changed", False)):
        names = [change.name for change in there if change.is_new is is_new]
        if names:
            yield f"{word} {', '.join(names)}"
