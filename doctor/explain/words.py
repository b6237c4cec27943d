"""A report as Markdown that can be sent on, and as data."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from doctor.explain.explain import Report
from doctor.explain.theory import Change, Theory, Verdict


def markdown(reports: Sequence[Report], unread: Iterable[str] = ()) -> str:
    """The reports on one or more subjects; with several, a summary goes before."""
    lines: list[str] = []
    if len(reports) > 1:
        settled = sum(report.settled for report in reports)
        lines += [f"# {len(reports)} services: {settled} settled, {len(reports) - settled} not", ""]
        lines += [f"- **{report.subject}**: {report.says}" for report in reports] + [""]
    for report in reports:
        lines += _report(report)
    if names := list(unread):
        lines += [f"Not read, because nothing known was found in them: {', '.join(names)}", ""]
    return "\n".join(lines).rstrip() + "\n"


def as_data(report: Report) -> dict[str, Any]:
    """A report as JSON holds it."""
    data = asdict(report)
    data["timeline"] = [{"at": at, "what": what} for at, what in report.timeline]
    for theory in data["theories"]:
        theory["changes"] = [_with_diff(change) for change in theory["changes"]]
    data["changes"] = [_with_diff(asdict(change)) for change in report.changes]
    data["ruled_out"] = [theory.id for theory in report.theories if theory.verdict is Verdict.REFUTED]
    return data


def _with_diff(change: dict[str, Any]) -> dict[str, Any]:
    return change | {"diff": [f"- {line}" for line in change["old"]] + [f"+ {line}" for line in change["new"]]}


def _report(report: Report) -> Iterator[str]:
    yield from (f"# {report.subject}", "", f"**{report.says}**", "")
    if report.cause_id:
        state = "settled" if report.settled else "not settled"
        yield from (f"Cause: `{report.cause_id}` ({report.certainty.value}, {state})", "")
    yield from _list("What was seen", report.seen)
    yield from _theories(report.theories)
    yield from _changes(report)
    if report.settles:
        yield from ("## The command that settles it", "", "```sh", report.settles, "```", "")
    yield from _list("Without ECS Exec", report.instead)
    yield from _list("What the evidence does not hold", report.missing)
    yield from _list("Time line (UTC)", [f"{at} {what}" for at, what in report.timeline])


def _list(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield from (f"## {title}", "", *(f"- {item}" for item in items), "")


def _theories(theories: Sequence[Theory]) -> Iterator[str]:
    yield from ("## Theories, the first suspect first", "")
    for number, theory in enumerate(theories, 1):
        sure = f", {theory.certainty.value}" if theory.verdict is Verdict.SUPPORTED else ""
        yield f"{number}. {theory.title}: **{theory.verdict.value}{sure}**"
        yield from (f"   - {says}" for says in theory.evidence if says)
        yield from (f"   - against it: {says}" for says in theory.against)
        if theory.settles and theory.verdict is not Verdict.REFUTED:
            yield f"   - would settle it: `{theory.settles}`"
    yield ""


def _changes(report: Report) -> Iterator[str]:
    if not (report.changes or report.remedy):
        return
    title = "What to change" if report.settled else "What to change, if the first suspect is right"
    yield from (f"## {title}", "")
    if report.remedy:
        yield from (report.remedy, "")
    for change in report.changes:
        yield from _change(change)


def _change(change: Change) -> Iterator[str]:
    yield from (f"{change.where}:", "", "```diff")
    yield from (f"- {line}" for line in change.old)
    yield from (f"+ {line}" for line in change.new)
    yield from ("```", "")
    if change.needs:
        yield from (f"For this, {change.needs}.", "")
