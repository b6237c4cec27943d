"""The theory that a health check cannot pass, cannot fail, or looks at something else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.health_checks.checks import of_task_definition
from doctor.health_checks.judge import judge
from doctor.offline.documents import Definition, Documents
from doctor.offline.frame import FileCheck


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        if definition.containers:
            yield from _of(documents, definition)


def _of(documents: Documents, definition: Definition) -> Iterator[Fault]:
    by_name = {str(entry.get("name")): entry for entry in definition.containers}
    names = definition.stack.parameters if definition.stack else frozenset()
    for check in of_task_definition(definition.data):
        built = documents.built(definition, by_name.get(check.container, {}))
        verdict = judge(replace(check, template_names=names), built)
        for fault in verdict.faults if verdict else ():
            better = verdict.better.health_check["command"] if verdict and verdict.better else []
            grave = Severity.ERROR if verdict and verdict.can_ever_pass is False else Severity.WARNING
            remedy = f"Take {better}." if better else "reporting doctor health-check tells more."
            yield Fault(f"{definition.where}, container {check.container}: {fault.says}", remedy, grave)


HEALTH_CHECKS: Final = FileCheck(
    "health_checks",
    "Every health check can pass, can fail, and looks at its own container",
    Severity.ERROR,
    ("definitions",),
    "A check that cannot pass has ECS replace healthy tasks for ever; reporting doctor health-check tells more.",
    _look,
)
