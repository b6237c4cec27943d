"""Results as a table, as Markdown, as data, and as JUnit XML for pipelines."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from html import escape
from typing import Any, Final

from doctor.checks.frame import Result, State

_ORDER: Final = (State.FAILED, State.WARNED, State.COULD_NOT_LOOK, State.WELL, State.NOT_ASKED)


def summary(results: Sequence[Result]) -> str:
    """One line."""
    counted = Counter(result.state for result in results)
    return ", ".join(f"{counted[state]} {state.value}" for state in _ORDER if counted[state]) or "nothing to check"


def table(results: Sequence[Result]) -> str:
    """For people: what is wrong first, the summary last."""
    lines: list[str] = []
    width = max((len(result.id) for result in results), default=0)
    for result in sorted(results, key=lambda one: _ORDER.index(one.state)):
        says = f": {result.says}" if result.says else ""
        lines.append(f"{result.state.value:14} {result.id:{width}}  {result.question}{says}")
        for fault in result.faults:
            lines += [f"{'':14} {'':{width}}  - {fault.says}", f"{'':14} {'':{width}}    do: {fault.remedy}"]
    return "\n".join([*lines, summary(results)])


def markdown(results: Sequence[Result]) -> str:
    """To send on."""
    lines = [f"# reporting doctor: {summary(results)}", "", "| check | state | what it says |", "|---|---|---|"]
    for result in sorted(results, key=lambda one: _ORDER.index(one.state)):
        says = (
            "<br>".join(f"{fault.says} → {fault.remedy}" for fault in result.faults) or result.says or result.question
        )
        lines.append(f"| `{result.id}` | {result.state.value} | {says.replace('|', '&#124;')} |")
    return "\n".join(lines)


def as_data(results: Sequence[Result]) -> dict[str, Any]:
    """For programs."""
    found = [asdict(result) | {"state": result.state.value} for result in results]
    return {"summary": summary(results), "checks": found}


def junit(results: Sequence[Result]) -> str:
    """For pipelines: what could not be looked at counts as skipped."""
    counted = Counter(result.state for result in results)
    skipped = counted[State.COULD_NOT_LOOK] + counted[State.NOT_ASKED]
    head = f'<testsuite name="reporting doctor" tests="{len(results)}" failures="{counted[State.FAILED]}"'
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'{head} skipped="{skipped}">']
    for result in results:
        lines.append(f'  <testcase classname="doctor" name="{escape(result.id)}" time="{result.seconds:.3f}">')
        said = "\n".join(f"{fault.says}\n{fault.remedy}" for fault in result.faults) or result.says
        if result.state is State.FAILED:
            lines.append(f'    <failure message="{escape(result.question)}">{escape(said)}</failure>')
        elif result.state in {State.COULD_NOT_LOOK, State.NOT_ASKED}:
            lines.append(f'    <skipped message="{escape(said)}"/>')
        elif said:
            lines.append(f"    <system-out>{escape(said)}</system-out>")
        lines.append("  </testcase>")
    return "\n".join([*lines, "</testsuite>"])


FORMATS: Final[dict[str, Callable[[Sequence[Result]], str]]] = {"table": table, "markdown": markdown, "junit": junit}
