"""Verdicts on health checks as people read them: what each can do, what is wrong, and the change as a diff."""

import json
from collections.abc import Iterator, Sequence

from doctor.health_checks.verdicts import Verdict


def lines_of(verdicts: Sequence[Verdict]) -> list[str]:
    """The report on some checks, its summary last."""
    lines = [line for verdict in verdicts for line in _lines(verdict)]
    return [*lines, _summary(verdicts)]


def _lines(verdict: Verdict) -> Iterator[str]:
    check = verdict.check
    yield f"{check.service} / {check.container}: {_sentence(verdict)}"
    yield f"  image     {verdict.image}"
    yield f"  measures  {verdict.measures}"
    for fault in verdict.faults:
        yield f"  fault     {fault.id}: {fault.says}"
    for note in verdict.notes:
        yield f"  note      {note.id}: {note.says}"
    if verdict.better is not None:
        if check.command:
            yield f"  - {json.dumps(list(check.command), ensure_ascii=False)}"
        yield f"  + {json.dumps(verdict.better.health_check['command'], ensure_ascii=False)}"
        timing = {key: value for key, value in verdict.better.health_check.items() if key != "command"}
        yield "    " + ", ".join(f"{key} {value}{'' if key == 'retries' else ' s'}" for key, value in timing.items())
        if verdict.better.needs:
            yield f"    for this, {verdict.better.needs}"
    yield ""


def _sentence(verdict: Verdict) -> str:
    if verdict.can_ever_pass is False:
        return "can never pass" if verdict.can_ever_fail else "is never run"
    if not verdict.can_ever_fail:
        return "can never fail"
    return "can pass and can fail" if verdict.can_ever_pass is True else "may or may not ever pass, see below"


def _summary(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return "no container has a health check: ECS watches only whether its main process runs"
    never = sum(verdict.can_ever_pass is False for verdict in verdicts)
    blind = sum(verdict.can_ever_pass is not False and not verdict.can_ever_fail for verdict in verdicts)
    bad = sum(verdict.bad for verdict in verdicts)
    checks = f"{len(verdicts)} health check{'s' if len(verdicts) > 1 else ''}"
    if not bad:
        return f"{checks}: nothing wrong"
    return f"{checks}: {bad} with faults, of which {never} can never pass and {blind} can never fail"
