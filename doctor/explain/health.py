"""The theory that the health check itself is at fault: it can never pass, whatever the service does."""

import json
from typing import Final

from doctor.explain import commands
from doctor.explain.facts import Facts
from doctor.explain.theory import Certainty, Change, Theory, Verdict, open_, refuted
from doctor.health_checks.verdicts import Verdict as Judged

ID: Final = "health_check"
TITLE: Final = "The health check's command is at fault"
_DOUBTFUL: Final = frozenset({"program_doubtful", "program_unknown"})


def health_check(facts: Facts) -> Theory:
    """Whether the command can pass at all, against what ECS did with the tasks."""
    if not facts.subject.definition:
        if facts.spared:
            return refuted(ID, TITLE, "ECS ended no task for a failed health check")
        says = "the task definition is not in the evidence"
        return open_(ID, TITLE, facts.cycle.says, says, settles=commands.definition(facts))
    if facts.was_healthy:
        task = facts.was_healthy[0]
        return refuted(ID, TITLE, f"the same command passed: ECS found task {task.id} HEALTHY")
    if not facts.verdicts:
        return refuted(ID, TITLE, "no container of the task definition has a health check")
    worst = facts.verdicts[0]
    if worst.can_ever_pass is False:
        return _never(facts, worst)
    if facts.spared:
        return refuted(ID, TITLE, "ECS ended no task for a failed health check")
    return _depends(facts, worst) if worst.can_ever_pass is not True else _truthful(worst)


def _never(facts: Facts, worst: Judged) -> Theory:
    against: tuple[str, ...] = ()
    if facts.same_images:
        says = (
            f"noted: “{facts.same_images}”. With this check the same image cannot have been healthy there: either its"
            " task definition had another check or none, or it was another image; `reporting compare` on both task"
            " definitions shows which"
        )
        against = (says,)
    return Theory(
        ID, TITLE, Verdict.SUPPORTED, Certainty.CERTAIN, "container_health_failed",
        evidence=(f"the check `{_shown(worst)}` can never pass in {worst.image}", *_says(worst), *_numbers(facts)),
        against=against,
        changes=_changes(facts),
        remedy="Replace the health check by one that this image can run and that measures the service; the service"
        " need not change but for what the new check asks.",
    )  # fmt: skip


def _depends(facts: Facts, worst: Judged) -> Theory:
    against = (f"noted: “{facts.same_images}”",) if facts.same_images else ()
    hangs = "can ever pass hangs on what is in the image, which the evidence does not hold"
    return Theory(
        ID, TITLE, Verdict.SUPPORTED, Certainty.POSSIBLE, "container_health_failed",
        evidence=(f"whether the check `{_shown(worst)}` {hangs}", *_says(worst), *_numbers(facts)),
        against=against,
        settles=_settles(facts, worst),
        changes=_changes(facts),
        remedy="If the command is missing in the image, or finds nothing there, replace the health check.",
    )  # fmt: skip


def _truthful(worst: Judged) -> Theory:
    return refuted(
        ID, TITLE,
        f"the check `{_shown(worst)}` can pass in {worst.image} when the service works; it measures {worst.measures}",
        *_says(worst),
    )  # fmt: skip


def _shown(verdict: Judged) -> str:
    command = verdict.check.command or ()
    return " ".join(command[1:]) if command[:1] in {("CMD-SHELL",), ("CMD",)} else json.dumps(list(command))


def _says(verdict: Judged) -> tuple[str, ...]:
    return tuple(f"{fault.id}: {fault.says}" for fault in verdict.faults)


def _numbers(facts: Facts) -> tuple[str, ...]:
    """The life of the tasks against the patience that the check gives them."""
    found: tuple[str, ...] = (facts.cycle.says,) if facts.cycle.says else ()
    lives = facts.cycle.lives_s
    check = facts.verdicts[0].check
    patience_s = (check.start_period_s or 0) + check.retries * check.interval_s
    if lives and lives[-1] <= patience_s + 3 * check.interval_s + check.timeout_s * check.retries:
        sum_ = f"start period {check.start_period_s or 0} s + {check.retries} retries x {check.interval_s} s"
        lived = f"the tasks lived {lives[0]:.0f} to {lives[-1]:.0f} s, so not one check passed"
        found += (f"{sum_} = {patience_s} s: {lived}",)
    return found


def _changes(facts: Facts) -> tuple[Change, ...]:
    changes: list[Change] = []
    for verdict in facts.verdicts:
        if verdict.better is not None:
            timing = {key: value for key, value in verdict.better.health_check.items() if key != "command"}
            changes.append(
                Change(
                    f"{facts.subject.name}, container {verdict.check.container}: healthCheck",
                    (f'"command": {json.dumps(list(verdict.check.command or ()), ensure_ascii=False)}',),
                    (
                        f'"command": {json.dumps(verdict.better.health_check["command"], ensure_ascii=False)}',
                        *(f'"{key}": {value}' for key, value in timing.items()),
                    ),
                    verdict.better.needs,
                )
            )
    return tuple(changes)


def _settles(facts: Facts, worst: Judged) -> str:
    """Tells which of the check's programs the image has, and what it starts, which the pattern has to match."""
    doubts = [fault.says for fault in (*worst.faults, *worst.notes) if fault.id in _DOUBTFUL]
    programs = [says.split("`")[1] for says in doubts if says.count("`") >= 2] or ["sh"]
    looks = "; ".join(f"command -v {name} || echo {name} is missing" for name in dict.fromkeys(programs))
    image = worst.check.image if worst.check.image and "\ufffd" not in worst.check.image else facts.image
    shown = "'{{json .Config.Entrypoint}} {{json .Config.Cmd}}'"
    return f"docker run --rm --entrypoint sh {image} -c '{looks}' && docker image inspect --format {shown} {image}"
