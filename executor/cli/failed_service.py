"""Why an executor's service did not come up, by the theories of ``reporting explain``; the evidence is kept."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from doctor.evidence.subjects import Subject, subjects
from doctor.explain.explain import Report, explain
from doctor.explain.theory import Theory, Verdict
from executor.cli.collecting import Collector
from executor.deploy.failed import Failed

FOLDER: Final = Path("build/deployments")
"""Where evidence is kept, below the project's folder."""
_EVENTS: Final = 3
_TASKS: Final = 2
_LINES: Final = 5
_CHARS: Final = 300


def told(aws: Callable[[str], Any], failed: Failed, root: Path) -> list[str]:
    """What ECS, the logs and the theories tell of it, one line each; empty when nothing is known.

    Args:
        aws: gives clients by a service's name.
        failed: which service, and since when.
        root: the project's folder, in which the evidence is kept.
    """
    collector = Collector(aws)
    collector.deployment(failed.cluster, failed.service, failed.since)
    found = subjects(collector.evidence())
    if not found:
        return []
    report = explain(found[0])
    return [*_cause(report), *_said(found[0]), *_kept(collector, failed, root)]


def _cause(report: Report) -> Iterator[str]:
    if report.well:
        return
    yield f"why: {report.says}"
    if report.cause_id:
        state = "settled" if report.settled else "not settled"
        yield f"cause: {report.cause_id} ({report.certainty.value}, {state})"
    yield from (f"evidence: {line}" for line in _first(report).evidence[1:] if line)
    if report.remedy:
        yield f"what to do: {report.remedy}"
    if report.settles:
        yield f"what would settle it: {report.settles}"
    if out := [theory.title for theory in report.theories if theory.verdict is Verdict.REFUTED]:
        yield f"ruled out: {'; '.join(out)}"


def _first(report: Report) -> Theory:
    return report.theories[0]


def _said(subject: Subject) -> Iterator[str]:
    for event in reversed(subject.events[-_EVENTS:]):
        yield f"service: {event.text}"
    for task in reversed(subject.stopped[-_TASKS:]):
        codes = [one.exit_code for one in task.containers if one.exit_code is not None]
        yield f"task {task.id}: {task.reason or 'stopped'}{f', exit code {codes[0]}' if codes else ''}"
        lines = [line.text for log in subject.logs if task.id in log.name for line in log.lines]
        yield from (f"  {line[:_CHARS]}" for line in lines[-_LINES:])


def _kept(collector: Collector, failed: Failed, root: Path) -> Iterator[str]:
    path = root / FOLDER / f"{failed.service}-{failed.since:%Y%m%dT%H%M%SZ}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(collector.answers, indent=2, default=str, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        yield f"the evidence could not be kept: {path}: {error.strerror}"
        return
    shown = path.relative_to(root)
    yield f"all of it, secrets masked: {shown}; the whole report: reporting explain bundle {shown}"
