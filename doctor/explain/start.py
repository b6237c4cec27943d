"""The theories of what happens before the service could answer: the start itself, a crash, a wrong command."""

from collections import Counter
from typing import Final

from doctor.explain import commands, known
from doctor.explain.facts import Facts
from doctor.explain.theory import Certainty, Theory, Verdict, open_, refuted

_NOT_FOUND: Final = frozenset({126, 127})


def start(facts: Facts) -> Theory:
    """Image, secrets, log group, network interface, capacity: what ECS itself needs to start a task."""
    name, title = "start", "ECS cannot start the tasks (image, secrets, logs, network, capacity)"
    failed = facts.never_started
    if failed:
        last = failed[-1]
        cause = known.of_stop(last.said, last.arn)
        says = f"{len(failed)} of {len(facts.subject.tasks)} tasks never started; the last: “{last.said[:500]}”"
        if cause is None:
            return Theory(
                name, title, Verdict.SUPPORTED, Certainty.LIKELY, "unknown", (says,),
                remedy="The catalogue does not know this text; read it as it came.",
            )  # fmt: skip
        return Theory(
            name, title, Verdict.SUPPORTED, Certainty.CERTAIN, cause.cause_id, (says, cause.summary),
            remedy=cause.remedy,
        )  # fmt: skip
    if facts.started:
        count = len(facts.started)
        return refuted(
            name, title, f"all {count} tasks started: image pulled, secrets read, log driver and network ready"
        )
    if facts.unhealthy or any("reached a steady state" in event.text for event in facts.subject.events):
        return refuted(name, title, "tasks were judged by a health check, which only running ones are")
    return open_(name, title, "no task is in the evidence", settles=commands.stopped_tasks(facts))


def crash(facts: Facts) -> Theory:
    """The service ends by itself with an error."""
    name, title = "crash", "The service crashes on start"
    if facts.crashed:
        codes = Counter(str(container.exit_code) for _, container in facts.crashed)
        task, container = facts.crashed[-1]
        life = f" after {task.life_s:.0f} s" if task.life_s is not None else ""
        counted = ", ".join(f"exit code {code} ({times} times)" for code, times in codes.items())
        says = f"containers ended by themselves with {counted}; the last, {container.name}{life}"
        if facts.told:
            cause, line = facts.told
            return Theory(
                name, title, Verdict.SUPPORTED, Certainty.CERTAIN, cause.cause_id,
                (says, f"the log says: {line.text.strip()[:300]}", cause.summary), remedy=cause.remedy,
            )  # fmt: skip
        of_code = known.of_stop(task.said) if "essential" not in task.reason.lower() else None
        of_code = of_code or known.of_exit(container.exit_code or 1)
        return Theory(
            name, title, Verdict.SUPPORTED, Certainty.LIKELY, of_code.cause_id if of_code else "app_error",
            (says, *([of_code.summary] if of_code else [])),
            settles=commands.tail(facts), remedy=of_code.remedy if of_code else "Read the end of its log.",
        )  # fmt: skip
    if facts.alive_when_ended:
        return refuted(name, title, _alive(facts))
    if facts.was_healthy:
        return refuted(name, title, f"task {facts.was_healthy[0].id} was HEALTHY")
    if facts.unhealthy:
        says = "ECS ended the tasks for their health check, not because a container had exited"
        return refuted(name, title, says)
    return open_(name, title, "no stopped task is in the evidence", settles=commands.stopped_tasks(facts))


def command(facts: Facts) -> Theory:
    """The container's command or working directory does not exist."""
    name, title = "command", "The command or the working directory is wrong"
    wrong = [pair for pair in facts.crashed if pair[1].exit_code in _NOT_FOUND]
    if wrong:
        cause = known.of_exit(wrong[-1][1].exit_code or 127)
        return Theory(
            name, title, Verdict.SUPPORTED, Certainty.CERTAIN, cause.cause_id if cause else "command_not_found",
            (f"{len(wrong)} containers ended with exit code {wrong[-1][1].exit_code}: not found, or not executable",),
            remedy=cause.remedy if cause else "Compare command and entry point with what the image holds.",
        )  # fmt: skip
    if facts.alive_when_ended:
        return refuted(name, title, f"such a container ends at once with 126, 127 or 2; {_alive(facts)}")
    if facts.was_healthy:
        return refuted(name, title, f"task {facts.was_healthy[0].id} was HEALTHY")
    if facts.crashed:
        codes = {container.exit_code for _, container in facts.crashed}
        return refuted(
            name, title, f"such a container ends with 126 or 127, these ended with {sorted(map(str, codes))}"
        )
    return open_(name, title, "no exit code is in the evidence", settles=commands.stopped_tasks(facts))


def memory(facts: Facts) -> Theory:
    """The container needs more memory than it has."""
    name, title = "memory", "Out of memory"
    found = [task for task in facts.subject.stopped if "outofmemory" in task.said.lower().replace(" ", "")]
    if found:
        cause = known.of_stop(found[-1].said)
        return Theory(
            name, title, Verdict.SUPPORTED, Certainty.CERTAIN, cause.cause_id if cause else "oom",
            (f"{len(found)} tasks: “{found[-1].said[:300]}”",),
            remedy="Give the task the next size of memory, or let it hold less at a time.",
        )  # fmt: skip
    if facts.subject.stopped:
        return refuted(
            name, title, f"none of {len(facts.subject.stopped)} stop reasons says OutOfMemory, which ECS does"
        )
    return open_(name, title, "no stopped task is in the evidence", settles=commands.stopped_tasks(facts))


def _alive(facts: Facts) -> str:
    tasks = facts.alive_when_ended
    lives = [task.life_s for task in tasks if task.life_s is not None]
    codes = sorted({str(c.exit_code) for task in tasks for c in task.containers if c.exit_code is not None})
    ran = f", {min(lives):.0f} to {max(lives):.0f} s after its start" if lives else ""
    ended = f" (exit code {' or '.join(codes)})" if codes else ""
    which = (
        f"in all {len(tasks)} tasks ended for their health" if len(tasks) > 1 else "in the task ended for its health"
    )
    return f"{which} the container was still running when ECS ended it{ran}{ended}"
