"""What the evidence does not hold, and what to use where the usual tool is denied."""

import re
from typing import Final

from doctor.explain import commands
from doctor.explain.facts import Facts

_EXEC: Final = re.compile(r"(ecs exec|execute-command|executecommand)", re.IGNORECASE)


def missing(facts: Facts) -> tuple[str, ...]:
    """What would be worth having, with how to get it."""
    found = list(facts.subject.whole.absent)
    if not facts.subject.definition:
        found.append(f"the task definition: {commands.definition(facts)}")
    if not facts.subject.tasks:
        found.append("stopped tasks: ECS forgets them after an hour; an EventBridge rule into a queue keeps them")
    if not facts.subject.logs:
        found.append(f"logs of the containers{_why_no_logs(facts)}")
    if facts.subject.built is None and any(verdict.can_ever_pass not in (True, False) for verdict in facts.verdicts):
        found.append("the Dockerfile, or the base image's name: it settles what the health check can find in the image")
    return tuple(found)


def _why_no_logs(facts: Facts) -> str:
    group = facts.log_group()
    groups = facts.subject.whole.log_groups
    if not group:
        return ": no container has a logConfiguration, so none were kept" if facts.subject.definition else ""
    if groups is not None and group not in groups:
        kept = "make it apart from the stack, or with DeletionPolicy Retain, so that a rollback leaves it"
        return f": log group {group} was not there; {kept}"
    return f": {commands.tail(facts)}"


def instead(facts: Facts) -> tuple[str, ...]:
    """Other ways to look into a task when ECS Exec is off or denied."""
    denied = any(_EXEC.search(text) for text in facts.subject.whole.notes.values())
    off = facts.subject.service is not None and not facts.subject.service.get("enableExecuteCommand")
    if not (denied or off):
        return ()
    return (
        "ECS Exec is off for these tasks or denied; the command above looks from outside, on any machine with Docker",
        "or once on Fargate, with the answer in the log: "
        + commands.run_once(facts, "command -v ps; xargs -0 echo < /proc/1/cmdline; env | cut -d= -f1"),
    )
