"""The theories about logs: each container writes one that can be read, into a group that keeps it for some time."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.awslogs import wrong_options
from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Definition, Documents, known, number, options, text
from doctor.offline.frame import FileCheck

_DRIVERS: Final = ("awslogs", "splunk", "awsfirelens")
_NEEDED: Final = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")
_DAYS: Final = frozenset({
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
})  # fmt: skip


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        for entry in definition.containers:
            configuration = entry.get("logConfiguration")
            if isinstance(configuration, dict):
                yield from _of_driver(definition, entry, configuration)
            elif configuration is None and str(entry.get("essential", True)).lower() != "false":
                says = f"{definition.at(entry)}: keeps no log"
                yield Fault(says, "Set logConfiguration: awslogs with group, region and stream prefix.")


def _of_driver(definition: Definition, entry: dict[str, Any], configuration: dict[str, Any]) -> Iterator[Fault]:
    where, driver = definition.at(entry), text(configuration.get("logDriver"))
    if not known(driver):
        return
    if driver not in _DRIVERS and definition.on_fargate:
        yield Fault(f"{where}: log driver {driver or '(none)'} is not for Fargate", f"Take {', '.join(_DRIVERS)}.")
    elif driver == "awsfirelens" and not any(other.get("firelensConfiguration") for other in definition.containers):
        says = f"{where}: logs through FireLens, but no container of the task has a firelensConfiguration"
        yield Fault(says, "Add the router as a container, or take awslogs.")
    elif driver == "awslogs":
        yield from _of_awslogs(definition, entry)


def _of_awslogs(definition: Definition, entry: dict[str, Any]) -> Iterator[Fault]:
    where, given = definition.at(entry), options(entry)
    missing = [name for name in _NEEDED if not given.get(name)]
    if missing and (given or known(entry.get("logConfiguration"))):
        yield Fault(f"{where}: awslogs without {', '.join(missing)}", "Fargate wants all three.")
    region = given.get("awslogs-region", "")
    arn = text(definition.data.get("taskDefinitionArn")).split(":")
    if len(arn) > 5 and region and known(region) and region != arn[3]:
        says = f"{where}: logs go to {region}, the task runs in {arn[3]}"
        yield Fault(says, "Write them where the task runs.", Severity.WARNING)
    told = {name: value if known(value) else "" for name, value in given.items() if known(name)}
    yield from wrong_options(where, told)


def _groups(documents: Documents) -> Iterator[Fault]:
    for where, group in documents.log_groups:
        kind, days = text(group.get("logGroupClass") or "STANDARD"), group.get("retentionInDays")
        if known(kind) and kind != "STANDARD":
            says = f"{where}: class {kind}, of which single streams cannot be read, nor the end of a log"
            yield Fault(says, "Take STANDARD; the class cannot be changed later.")
        if days is None:
            yield Fault(f"{where}: keeps everything for ever", "Set retentionInDays.", Severity.WARNING)
        elif known(days) and number(days) not in _DAYS:
            yield Fault(f"{where}: retentionInDays {days} is none that CloudWatch takes", "Take 30 or 90, say.")


LOGS: Final = FileCheck(
    "log_configuration",
    "Every essential container has a log driver that Fargate takes, with all that it needs",
    Severity.ERROR,
    ("definitions",),
    "Without a log nobody sees why a task ended; a wrong option keeps it from starting.",
    _look,
)
LOG_GROUPS: Final = FileCheck(
    "log_groups",
    "Every log group is of the standard class and forgets after some time",
    Severity.ERROR,
    ("log_groups",),
    "The class with rare access offers no reading of single streams and cannot be changed; logs that are kept for ever"
    " cost for ever.",
    _groups,
)
